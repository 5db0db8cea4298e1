/** A request's query, cookies and claims are read once, however many conditions look at them. */
import { describe, expect, it } from "vitest";
import { RouterHost, type RouterRequest } from "./router-host.ts";

const CONDITIONS = 1000;

/** Were everything read again for each condition, the time would be nearly `CONDITIONS` times that of one. */
const MOST_TIMES = 30;

const SAMPLES = 9;

/** About what Envoy lets through as headers. */
const LENGTH = 58_000;

function filled(text: string): string {
  return text.repeat(LENGTH / text.length);
}

function numbered(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** Milliseconds that a request takes in the middle of several. No route matches. */
function time(match: (index: number) => object, count: number, request: RouterRequest): number {
  const routes = Array.from({ length: count }, (_, index) => ({ name: `r${index}`, match: [match(index)] }));
  const router = new RouterHost({ routes });
  expect(router.route(request)).toBeUndefined();
  const times = Array.from({ length: SAMPLES }, () => {
    const start = performance.now();
    router.request(request);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] as number;
}

const NONE = { exact: "none" };
const MANY_CLAIMS = JSON.stringify(Object.fromEntries(numbered(2000, "a").map((name) => [name, { b: "c" }])));
const GROUPS = numbered(9000, "g");

describe(`${CONDITIONS} conditions take hardly longer than one`, () => {
  it.each<[string, (index: number) => object, RouterRequest]>([
    ["parameters, of which each is empty", () => ({ queryParams: { x: NONE } }), { path: `/?${filled("&")}` }],
    ["parameters", (index) => ({ queryParams: { [`x${index}`]: NONE } }), { path: `/?${filled("a=b&")}` }],
    [
      "values of a parameter",
      (index) => ({ queryParams: { a: { exact: `${index}` } } }),
      { path: `/?${filled("a=b&")}` },
    ],
    ["cookies", (index) => ({ cookies: { [`x${index}`]: NONE } }), { headers: [["cookie", filled("a=b;")]] }],
    ["claims", (index) => ({ claims: { [`x${index}`]: NONE } }), { publishedClaims: MANY_CLAIMS }],
    ["claims in claims", (index) => ({ claims: { [`a${index}.b`]: NONE } }), { publishedClaims: MANY_CLAIMS }],
    [
      "items of a list",
      (index) => ({ claims: { groups: { in: [`x${index}`, "y"] } } }),
      { publishedClaims: JSON.stringify({ groups: GROUPS }) },
    ],
    [
      "words",
      (index) => ({ claims: { scope: { exact: `x${index}` } } }),
      { publishedClaims: JSON.stringify({ scope: GROUPS.join(" ") }) },
    ],
  ])("%s", (_, match, request) => {
    expect(time(match, CONDITIONS, request) / time(match, 1, request)).toBeLessThan(MOST_TIMES);
  });
});

it("conditions that compare each item of a list take no memory for each", () => {
  const routes = numbered(CONDITIONS, "r").map((name) => ({ name, match: [{ claims: { groups: { prefix: name } } }] }));
  const router = new RouterHost({ routes });
  const request = { publishedClaims: JSON.stringify({ groups: GROUPS }) };
  router.request(request);
  // With eight bytes for each of nine million comparisons there would be more than that.
  expect(router.filter.memoryBytes()).toBeLessThan(64 * 1024 * 1024);
});
