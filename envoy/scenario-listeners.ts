/** The listeners of a scenario: chains behind internal listeners, as a waypoint's, and an outer listener for each caller. */
import type { PreparedRequest, PreparedScenario } from "../host-tests/scenario/expand.ts";
import type { RouteDescription, RouteMatch } from "../host-tests/scenario/format.ts";
import { routesOf } from "../host-tests/scenario/routes.ts";
import { CHAIN } from "../host-tests/scenario/runner-common.ts";
import { milliseconds } from "../host-tests/scenario/time.ts";
import {
  type Caller,
  type Cluster,
  fileAccessLog,
  type FiltersByPlace,
  httpChain,
  internalCluster,
  internalListener,
  type Listener,
  type Message,
  outerListener,
  type Route,
} from "./config/index.ts";
import { defined } from "./config/types.ts";

/** Which filters run: ours, or Envoy's own on the same requests. */
export type Side = "main" | "judge";

/** Name of the outer listener for the caller of a request: for `EnvoyProcess.port`. */
export function outerName(side: Side, request: PreparedRequest): string {
  const { principal = "", localPrincipal = "", destination, source } = request;
  return [side, principal, localPrincipal, destination, source].join(" ");
}

/** What a side adds to the configuration. */
export interface SideParts {
  listeners: Listener[];
  cluster: Cluster;
}

/** The listeners of a side, and the cluster between them. */
export function sideOf(side: Side, places: FiltersByPlace, scenario: PreparedScenario, accessLog: string): SideParts {
  const { steps } = scenario;
  const filterStates = [...new Set(steps.flatMap(({ expect }) => Object.keys(expect.filterState ?? {})))];
  const routes = routesOf(scenario).map(toRoute);
  const chain = httpChain({ name: CHAIN, places, routes, accessLog: [fileAccessLog(accessLog, filterStates)] });
  const internal = `${side}_internal`;
  const callers = new Map(steps.map(({ request }) => [outerName(side, request), callerOf(request)]));
  const outer = [...callers].map(([name, caller]) => outerListener(name, internal, caller));
  return { listeners: [...outer, internalListener(internal, [chain])], cluster: internalCluster(internal) };
}

function callerOf({ principal, localPrincipal, destination, source }: PreparedRequest): Caller {
  return { destination, source, ...defined({ principal, localPrincipal }) };
}

function toRoute({ name = "default", match = {}, timeout = "0s", ...target }: RouteDescription): Route {
  const route = { ...toTarget(target), timeout: `${milliseconds(timeout) / 1_000}s` };
  return { name, match: toMatch(match), decorator: { operation: name }, route };
}

function toMatch({ prefix = "/", path, headers = {} }: RouteMatch): Message {
  return { ...(path === undefined ? { prefix } : { path }), headers: Object.entries(headers).map(toHeaderMatch) };
}

function toHeaderMatch([name, value]: [string, string | null]): Message {
  if (value === null) return { name, present_match: true, invert_match: true };
  return { name, string_match: { exact: value } };
}

function toTarget({ upstream, clusterHeader, weights = {}, weightHeader }: RouteDescription): Message {
  if (upstream !== undefined) return { cluster: upstream };
  if (clusterHeader !== undefined) return { cluster_header: clusterHeader };
  const clusters = Object.entries(weights).map(([name, weight]) => ({ name, weight }));
  return { weighted_clusters: { clusters, ...(weightHeader !== undefined && { header_name: weightHeader }) } };
}
