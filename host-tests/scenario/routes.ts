/** What the routes of a scenario mean: one reading for both hosts. */
import type { PreparedScenario } from "./expand.ts";
import type { RouteDescription, Scenario, UpstreamDescription } from "./format.ts";

/** What is behind the proxy of a scenario that names nothing. */
const DEFAULT_UPSTREAM = "upstream";

/** The upstreams, the first of which gets what has no routes. Throws an Error when two have the same name. */
export function upstreamsOf({ upstreams = [DEFAULT_UPSTREAM] }: Pick<Scenario, "upstreams">): UpstreamDescription[] {
  const described = upstreams.map((upstream) => (typeof upstream === "string" ? { name: upstream } : upstream));
  const names = described.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`there are two upstreams ${repeated}`);
  return described;
}

/** The routes of a prepared scenario. Throws an Error when one leads to no upstream. */
export function routesOf(scenario: Pick<PreparedScenario, "upstreams" | "routes">): readonly RouteDescription[] {
  const upstreams = scenario.upstreams.map(({ name }) => name);
  const routes = scenario.routes ?? [{ upstream: upstreams[0] ?? DEFAULT_UPSTREAM }];
  for (const { upstream, weights = {} } of routes) {
    for (const name of upstream === undefined ? Object.keys(weights) : [upstream]) {
      if (!upstreams.includes(name)) throw new Error(`a route leads to ${name}; there are: ${upstreams.join(", ")}`);
    }
  }
  return routes;
}
