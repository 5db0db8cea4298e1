/** Metrics: what counting costs, alone and behind the filters that decide. */
import { serviceRoute } from "./answers.ts";
import { authenticating, BARE, HEADER_RUST, NATIVE } from "./case.ts";
import type { AbsentCase, BenchCase, Check, Counters } from "./case.ts";
import { native, wasm, type JwkSet } from "./filters.ts";
import { pathsOf, pipelineRequests, pipelineSections } from "./pipeline.ts";
import { CLIENT, laneRoutes } from "./rules.ts";
import { headerRust, type RustFilter } from "./rust.ts";
import type { TokenFactory } from "./tokens.ts";

const FEW = 10;
const MANY = 1000;

/** What counts requests, by the form of their labels. */
export const BUILTIN_COUNTER = "cache\\.shop/cart\\..*waypost_requests_rq_200$";
const TAGGED_COUNTER = "destination_service_name=\\.=cart;.*response_code=\\.=200;.*waypost_requests_total$";

const MANY_PATHS = pathsOf(MANY);

/** All get the same requests, so that one bare Envoy is below all of them. */
export function metricsCases(factory: TokenFactory, rust: RustFilter): (BenchCase | AbsentCase)[] {
  const tokens = factory.make("RS256");
  const jwks = factory.jwks("RS256");
  const { checks: decisions, ...requests } = pipelineRequests(tokens);
  const shared = {
    ...requests,
    routes: [serviceRoute()],
    principal: `spiffe://${CLIENT}`,
    measuresMemory: false,
    rivals: [HEADER_RUST, NATIVE],
    checks: [{ status: 200 }],
  };
  return [
    { name: BARE, title: "bare Envoy", filters: {}, ...shared },
    headerRust(rust, shared),
    {
      name: NATIVE,
      title: "native jwt_authn",
      filters: { JWT_AUTHN: [native(jwks)] },
      ...shared,
      checks: authenticating(tokens),
    },
    ...aloneCases(shared),
    ...pipelineCases(jwks, { ...shared, routes: laneRoutes(serviceRoute) }, decisions),
  ];
}

type Shared = Omit<BenchCase, "name" | "title" | "filters">;

function aloneCases(shared: Shared): BenchCase[] {
  const one = (name: string, configuration: object) => ({
    name,
    filters: { AUTHN: [wasm(name, "l7-metrics", JSON.stringify(configuration))] },
    ...shared,
    checks: [{ status: 200, counts: BUILTIN_COUNTER }],
  });
  return [
    { title: "l7-metrics, nothing configured", ...one("l7-metrics", {}), measuresMemory: true },
    { title: "10 operations, and the lane", ...one("l7-metrics-operations-10", withOperations(pathsOf(FEW), "few")) },
    { title: "1000 operations, one of them", ...one("l7-metrics-operations-1000", withOperations(MANY_PATHS, "one")) },
    {
      title: "1000 operations, all of them in turn",
      ...one("l7-metrics-series-1000", withOperations(MANY_PATHS, "many")),
      paths: MANY_PATHS,
      leaves: seriesOf(MANY, "many"),
      measuresMemory: true,
    },
    {
      title: "labels TAGGED, Istio's 25",
      ...one("l7-metrics-tagged", { labels: "TAGGED" }),
      checks: [{ status: 200, counts: TAGGED_COUNTER }],
    },
  ];
}

/** @param decisions what must be refused */
function pipelineCases(jwks: JwkSet, shared: Shared, decisions: readonly Check[]): BenchCase[] {
  const one = (name: string, more: object, passes: Check) => ({
    name,
    filters: { AUTHN: [wasm(name, "waypoint", JSON.stringify({ ...pipelineSections(jwks), ...more }))] },
    ...shared,
    checks: [passes, ...decisions],
  });
  const counted = { status: 200, counts: BUILTIN_COUNTER };
  return [
    { title: "jwtAuth, authz, headerRouter in one context", ...one("pipeline", {}, { status: 200 }) },
    { title: "the same and l7Metrics", ...one("pipeline-metrics", { l7Metrics: {} }, counted) },
    {
      title: "the same, 1000 operations in turn",
      ...one("pipeline-metrics-1000", { l7Metrics: withOperations(MANY_PATHS, "pipeline") }, counted),
      paths: MANY_PATHS,
      leaves: seriesOf(MANY, "pipeline"),
    },
  ];
}

/**
 * An operation for each path, the one that is asked for most at the end. Their names begin with `group`, because metrics are
 * those of the whole Envoy.
 */
function withOperations(paths: readonly string[], group: string): object {
  return {
    operations: paths.toReversed().map((path, index) => ({
      name: `${group}_${index}`,
      match: [{ method: { exact: "GET" }, uri: { exact: path } }],
    })),
    dimensions: { lane: { lane: {} } },
    // Room for those of all cases: a proxy's series are counted together, whichever plugin they come from.
    maxSeries: 4 * MANY,
  };
}

function seriesOf(count: number, group: string): Counters {
  return { named: `tag\\.${group}_\\d+;\\..*waypost_requests_rq_200$`, count };
}
