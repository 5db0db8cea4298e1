/** Routes of a scenario in the Node host. */
import type { HeaderMap, RouteInit } from "../host/index.ts";
import type { RouteDescription, RouteMatch } from "./format.ts";
import { milliseconds } from "./time.ts";

/**
 * A route as the Node host takes it.
 *
 * @param below  gives a random whole number below a limit
 */
export function toRoute(route: RouteDescription, below: (limit: number) => number): RouteInit {
  const { name = "default", match = {}, upstream, clusterHeader, weights = {}, weightHeader, timeout = "0s" } = route;
  const weighted = (headers: HeaderMap) => {
    const entries = Object.entries(weights);
    const sum = entries.reduce((total, [, weight]) => total + weight, 0);
    let point = pointOf(weightHeader === undefined ? undefined : headers.first(weightHeader), sum) ?? below(sum);
    return entries.find(([, weight]) => (point -= weight) < 0)?.[0];
  };
  const byHeaders = clusterHeader === undefined ? weighted : (headers: HeaderMap) => headers.first(clusterHeader);
  return {
    name,
    match: (headers) => matches(match, headers),
    cluster: upstream ?? byHeaders,
    timeout: milliseconds(timeout),
  };
}

/** A header's number, modulo the sum of weights; `undefined`: it is none. */
function pointOf(text: string | undefined, sum: number): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n
    ? Number(BigInt(text) % BigInt(sum))
    : undefined;
}

function matches({ prefix = "", path, headers: wanted = {} }: RouteMatch, headers: HeaderMap): boolean {
  const target = (headers.first(":path") ?? "").replace(/[?#].*$/s, "");
  if (!target.startsWith(prefix) || (path !== undefined && target !== path)) return false;
  return Object.entries(wanted).every(([name, value]) => {
    const values = headers.all(name);
    return value === null ? values.length === 0 : values.includes(value);
  });
}
