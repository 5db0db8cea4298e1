/** What the routes of a scenario mean: one reading for both hosts. */
import type { RouteDescription, Scenario } from "./format.ts";

/** What is behind the proxy of a scenario that names nothing. */
const DEFAULT_UPSTREAM = "upstream";

/** Names of the upstreams, the first of which gets what has no routes. */
export function upstreamsOf({ upstreams = [DEFAULT_UPSTREAM] }: Scenario): readonly string[] {
  return upstreams;
}

/** The routes of a scenario. Throws an Error when one leads to no upstream. */
export function routesOf(scenario: Scenario): readonly RouteDescription[] {
  const upstreams = upstreamsOf(scenario);
  const routes = scenario.routes ?? [{ upstream: upstreams[0] ?? DEFAULT_UPSTREAM }];
  for (const { upstream, weights = {} } of routes) {
    for (const name of upstream === undefined ? Object.keys(weights) : [upstream]) {
      if (!upstreams.includes(name)) throw new Error(`a route leads to ${name}; there are: ${upstreams.join(", ")}`);
    }
  }
  return routes;
}
