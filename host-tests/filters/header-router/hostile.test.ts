/** Random hostile requests against routes that use everything: the module lives on, and nothing gets through that must not. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ReceivedRequest } from "../../host/index.ts";
import { check } from "../../pure/property.ts";
import { RouterHost, type RouterRequest } from "./router-host.ts";

const REQUESTS = 4_000;

const CONFIG = {
  routes: [
    {
      name: "template",
      match: [{ uri: { template: "/t/{id}/{rest=**}" } }],
      rewrite: { uri: "/{rest}/{headers.x-a}", authority: "{id}.example" },
    },
    {
      name: "regex",
      match: [{ uri: { regex: "/r/(?P<id>[^/]*)/?(?P<rest>.*)" } }],
      rewrite: { uri: "/{query.q}/{cookies.c}{path}" },
      headers: { response: { set: { "x-copy": "{headers.x-a}{query.q}" }, add: { "x-id": "{id}" } } },
    },
    {
      name: "substitution",
      match: [{ uri: { prefix: "/s/" } }],
      rewrite: { uriRegexRewrite: { match: "([^/]+)/([^/]*)", rewrite: "\\2/\\1" } },
    },
    {
      name: "redirect",
      match: [{ uri: { prefix: "/d/" } }],
      redirect: { uri: "/{query.q}?x={cookies.c}", authority: "{headers.x-a}" },
    },
    {
      name: "claims",
      match: [{ claims: { sub: {}, "a.b": { regex: "(a|b)*" } } }, { claims: { list: { not: { prefix: "x" } } } }],
      headers: { request: { set: { "x-sub": "{claims.sub}", "x-list": "{claims.list}", "x-ab": "<{claims.a.b}>" } } },
    },
    {
      name: "split",
      match: [{ withoutHeaders: { "x-none": { suffix: "z" } } }],
      headers: {
        request: {
          set: { "x-caller": "{source.principal}", "x-a": "{headers.x-a}{query.q}" },
          add: { "x-b": "{cookies.c}" },
        },
        response: { set: { "x-lane": "{lane}" } },
      },
      split: {
        by: { cookie: "c" },
        issueCookie: {},
        lanes: [
          { name: "one", weight: 1 },
          { name: "two", weight: 1 },
        ],
        override: { header: "x-test", claims: { sub: { exact: "tester" } } },
      },
    },
  ],
};

const text = (alphabet: string, maxLength = 12) =>
  fc.array(fc.constantFrom(...Array.from(alphabet)), { maxLength }).map((letters) => letters.join(""));

const segment = fc.oneof(
  text("ab.%2e/;{}\\"),
  fc.constantFrom("..", ".", "%2e%2e", "%2E.", "a".repeat(9000), "%0d%0a", "%00"),
);
const value = fc.oneof(text("ab.=;,/% \t\u00e9{}?#@:"), fc.constantFrom("..", "one", "tester", "a".repeat(9000)));
const path = fc
  .tuple(
    fc.constantFrom("/t/", "/r/", "/s/", "/d/", "/", "//", "*", ""),
    fc.array(segment, { maxLength: 4 }),
    fc.option(value),
  )
  .map(([start, segments, query]) => `${start}${segments.join("/")}${query === null ? "" : `?q=${query}`}`);
const name = fc.constantFrom(
  "x-a",
  "x-b",
  "x-waypost-lane",
  "x-caller",
  "x-test",
  "x-none",
  "x-sub",
  "cookie",
  "x-envoy-original-path",
);
const claims = fc.oneof(
  fc.constant(undefined),
  fc.constant(""),
  fc
    .record({ sub: value, a: fc.option(fc.record({ b: fc.oneof(value, fc.integer()) })), list: fc.array(value) })
    .map((all) => JSON.stringify(all)),
  text('{}[]":,ab\\u0', 40),
);

const request: fc.Arbitrary<RouterRequest> = fc
  .record({
    method: fc.constantFrom("GET", "PUT", "CONNECT"),
    path,
    authority: fc.oneof(fc.constant("a.example:80"), text("a.:[]@1")),
    headers: fc.array(fc.tuple(name, value), { maxLength: 6 }),
    claims,
    hasPrincipal: fc.boolean(),
  })
  .map(({ claims: publishedClaims, hasPrincipal, ...rest }) => ({
    ...rest,
    ...(publishedClaims !== undefined && { publishedClaims }),
    ...(hasPrincipal && { principal: "spiffe://cluster.local/ns/a/sa/b" }),
  }));

it(`${REQUESTS} requests`, () => {
  const arrived: ReceivedRequest[] = [];
  const router = new RouterHost(CONFIG, {
    upstream: (received) => {
      arrived.push(received);
      return { body: "hello" };
    },
  });
  check(REQUESTS, [request], (sent) => {
    arrived.length = 0;
    const { response } = router.request(sent);
    // What the host itself refuses never comes to the filter; a trap would be a 503.
    expect(response?.status).not.toBe(503);
    for (const [, header] of response?.headers ?? []) expect(header).not.toMatch(/[\r\n\0]/);
    const [received] = arrived;
    if (received === undefined) return;
    expect([undefined, "one", "two"]).toContain(received.headers.get("x-waypost-lane"));
    if (sent.principal === undefined) expect(received.headers.get("x-caller")).toBeUndefined();
    expect(received.headers.get("x-test")).toBeUndefined();
    const original = received.headers.get("x-envoy-original-path");
    const isRewritten = original !== undefined && !sent.headers?.some(([header]) => header === "x-envoy-original-path");
    // The query is the client's, and stays as it is.
    const [rewritten] = received.path.split("?", 1);
    if (isRewritten && received.path !== original) expect(rewritten).not.toMatch(/\/(\.|%2e){1,2}(\/|$)/i);
  });
  expect(router.request({ path: "/fine" }).response?.status).toBe(200);
});
