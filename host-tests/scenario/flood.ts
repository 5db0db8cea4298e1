/** A flood of requests no two of which are alike, for l7-metrics: what clients send must not become metrics without end. */

/** Series that l7-metrics may have, and how many times more combinations of labels the flood has: no fewer than that. */
export const MAX_SERIES = 50;

export const FLOOD_CODES = [200, 201, 301, 404, 500];

/** Labels from all that clients can choose, with and without a list of values. */
export const FLOOD_CONFIGURATION = {
  labels: "TAGGED",
  maxSeries: MAX_SERIES,
  operations: [
    { name: "get_user", match: [{ method: { exact: "GET" }, uri: { template: "/users/{id}" } }] },
    { name: "orders", match: [{ uri: { prefix: "/orders/" } }] },
  ],
  dimensions: {
    tenant: { header: "x-tenant" },
    tier: { header: "x-tier", values: ["gold", "silver"] },
    user: { claim: "sub" },
  },
};

/** Each series has the counter of requests and histograms of duration and of the size of request and response. */
const METRICS_OF_SERIES = 4;

/** Requests in flight, and what overflowed. */
const METRICS_OF_PROXY = 2;

/** All metrics that there may be: those of the series, and of what overflowed those of each response code (0: none). */
export const MOST_METRICS = (MAX_SERIES + FLOOD_CODES.length + 1) * METRICS_OF_SERIES + METRICS_OF_PROXY;

export interface FloodRequest {
  method: string;
  path: string;
  headers: [string, string][];
  /** SPIFFE id of the caller. */
  principal: string;
  /** The verified token's claim `sub`. */
  user: string;
  /** What the upstream answers. */
  code: number;
}

/** The request with that number: the same one for the same number. */
export function floodRequest(number: number): FloodRequest {
  const random = randomFrom(number);
  const text = (longest: number) =>
    Array.from({ length: random(longest) }, () => CHARACTERS[random(CHARACTERS.length)]);
  return {
    method: random(4) === 0 ? "POST" : "GET",
    path: `${["/users/", "/orders/", "/"][random(3)] ?? ""}${random(1e9)}${encodeURI(text(40).join(""))}`,
    headers: [
      ["x-tenant", `${random(1e9)}${text(100).join("")}`],
      ["x-tier", ["gold", "silver", "lead"][random(3)] ?? ""],
      [`x-${random(1e9)}`, text(200).join("")],
    ],
    principal: `spiffe://cluster.local/ns/shop-${random(1e6)}/sa/${random(1e6)}`,
    user: `user-${random(1e9)}`,
    code: FLOOD_CODES[random(FLOOD_CODES.length)] ?? 200,
  };
}

/** Among them all that has a meaning in the names of metrics, or in what Prometheus reads. */
const CHARACTERS = 'abcXYZ019.;=_-/:,"\\{}()%~ ';

/** Numbers below a limit, from a seed: mulberry32. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
