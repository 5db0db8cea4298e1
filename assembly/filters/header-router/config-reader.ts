import { checkEntryName } from "../../matching/entry-name";
import { readHeaderName } from "../../matching/header-name";
import { HttpMatch } from "../../matching/http-match/http-match";
import { readHttpMatches } from "../../matching/http-match/http-match-reader";
import { KeptBytes } from "../../matching/kept-bytes";
import { RefusedField } from "../../matching/refused-field";
import { RequestFacts } from "../../matching/request-facts";
import { ConfigObject } from "../../sdk";
import { RouterConfig } from "./config";
import { readAnswer } from "./answer-reader";
import { readHeaders } from "./header-operations-reader";
import { Lane } from "./lane";
import { RouterMetrics } from "./metrics";
import { readRewrite } from "./rewrite-reader";
import { Route } from "./route";
import { RouterScope } from "./router-scope";
import { readSplit } from "./split-reader";

const MAX_ROUTES = 10_000;

const DEFAULT_LANE_HEADER = "x-waypost-lane";

/** Fields of VirtualService's HTTPRoute that only Envoy's own routes can have. */
const DESTINATIONS =
  "destinations are those of the HTTPRoute or VirtualService of the service: set a header here that it matches on";
const STAYS = "it stays in the HTTPRoute or VirtualService of the service";
const REFUSED: RefusedField[] = [
  new RefusedField("route", DESTINATIONS),
  new RefusedField("delegate", DESTINATIONS),
  new RefusedField("timeout", STAYS),
  new RefusedField("retries", STAYS),
  new RefusedField("fault", STAYS),
  new RefusedField("mirror", STAYS),
  new RefusedField("mirrors", STAYS),
  new RefusedField("mirrorPercent", STAYS),
  new RefusedField("mirrorPercentage", STAYS),
  new RefusedField("corsPolicy", STAYS),
];

/** Reads the configuration of header-router. Where it has a problem, that is noted in `root`, and it must not be used. */
export function readConfig(root: ConfigObject, facts: RequestFacts): RouterConfig {
  const scope = new RouterScope(facts, new KeptBytes());
  const config = new RouterConfig(scope, new RouterMetrics());
  config.laneSlot = facts.headers.add(
    root.has("laneHeader") ? readHeaderName(root, "laneHeader") : DEFAULT_LANE_HEADER,
  );
  const routes = root.objects("routes", MAX_ROUTES);
  if (routes.length == 0) root.problem("routes", "at least one route is needed");
  const names: Set<string> = new Set();
  for (let i = 0; i < routes.length; i++) readRoute(unchecked(routes[i]), names, config);
  config.matches.build();
  return config;
}

function readRoute(object: ConfigObject, names: Set<string>, config: RouterConfig): void {
  const scope = config.scope;
  const name = readName(object, names);
  scope.beginRoute(name);
  RefusedField.check(object, REFUSED);
  const matches = readMatches(object, scope);
  const split = readSplit(object, scope);
  const lanes: Lane[] = split === null ? [] : split.lanes;
  const route = new Route(config.routes.length, scope.kept.keep(name), config.metrics.forRoute(name, lanes));
  route.split = split;
  route.headers = readHeaders(object, scope);
  route.rewrite = readRewrite(object, scope);
  readAnswer(object, route, scope);
  config.routes.push(route);
  for (let i = 0; i < matches.length; i++) config.matches.add(unchecked(matches[i]), route.index);
}

function readName(object: ConfigObject, names: Set<string>): string {
  const name = object.requiredString("name");
  if (names.has(name)) object.problem("name", "another route has this name");
  names.add(name);
  checkEntryName(object, name);
  return name;
}

/** Without any, the route is for every request. */
function readMatches(object: ConfigObject, scope: RouterScope): HttpMatch[] {
  const matches = readHttpMatches(object, scope);
  if (matches.length == 0) matches.push(new HttpMatch());
  for (let i = 0; i < matches.length; i++) scope.addUri(unchecked(matches[i]).uri);
  return matches;
}
