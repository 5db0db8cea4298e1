/** Whatever a client, another plugin or a certificate says, a request is answered, and the VM lives on. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { check } from "../../pure/property.ts";
import { AuthzHost } from "./authz-host.ts";

/** Policies with every kind of condition, none of which ends the evaluation early. */
const when = (key: string, ...values: string[]) => ({ key, values });
const not = (key: string, ...notValues: string[]) => ({ key, notValues });
const POLICIES = [
  {
    name: "every",
    action: "DENY",
    rules: [
      { to: [{ operation: { paths: ["/{*}/b/{**}/c", "*c"], hosts: ["*.b"], methods: ["*T"], ports: ["1"] } }] },
      { from: [{ source: { principals: ["*b"], namespaces: ["a*b*c"], trustDomains: ["a*", "*b"] } }] },
      { from: [{ source: { serviceAccounts: ["a/b", "b"] } }, { source: { requestPrincipals: ["*/b", "a/*", "b"] } }] },
      { from: [{ source: { remoteIpBlocks: ["10.0.0.0/8", "::/0"] } }], when: [not("destination.ip", "10.0.0.1")] },
      { when: [when("request.headers[x-a]", "b*", "*b"), not("request.headers[:path]", "*a")] },
      { when: [when("request.auth.claims[a][b]", "b*", "*"), not("request.auth.claims[scope]", "b")] },
      { when: [when("experimental.envoy.filters.x[a]", "b", "[b]")] },
    ],
  },
  { name: "all", rules: [{}] },
];

const pieces = [
  "a",
  "b",
  "/",
  "//",
  "spiffe://",
  "/ns/",
  "/sa/",
  "*",
  "{",
  "\n",
  "%2f",
  ";",
  "[",
  "]",
  ":",
  "::",
  "1",
  "",
];
const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 12 });
const joined = text.map((parts) => parts.join(""));
const json = fc.oneof(
  joined,
  fc.json({ maxDepth: 4 }),
  fc.constantFrom('{"a":{"b":"b"}}', '{"a":{"b":["b",1,{}]},"scope":" b  c "}', '{"a":', '{"iss":"a","sub":"b"}', "[]"),
);
/** What can stand in a header. */
const value = joined.map((drawn) =>
  Buffer.from(drawn)
    .toString("latin1")
    .replace(/[^ -~\u0080-\u00ff]/g, ""),
);

it("is answered with 200 or 403", () => {
  const authz = new AuthzHost({ policies: POLICIES });
  const header = fc.tuple(fc.constantFrom("x-a", "x-b", "cookie"), value);
  const metadata = fc.dictionary(fc.constantFrom("a", "b"), fc.jsonValue({ maxDepth: 2 }));
  const request = fc.record({
    path: value.map((drawn) => `/${drawn.replace(/[#\s]/g, "")}`),
    headers: fc.array(header, { maxLength: 4 }),
    principal: joined,
    source: fc.oneof(
      joined,
      fc.ipV4().map((ip) => `${ip}:1`),
      fc.ipV6().map((ip) => `[${ip}]:1`),
    ),
    destination: fc.oneof(
      joined,
      fc.ipV4().map((ip) => `${ip}:80`),
    ),
    publishedClaims: json,
    metadata: metadata.map((fields) => ({ x: fields, "envoy.filters.x": fields })),
  });
  const seen = new Set<number | undefined>();
  check(3_000, [request], (drawn) => {
    const status = authz.status(drawn);
    seen.add(status);
    expect([200, 400, 403]).toContain(status);
  });
  expect(authz.status({ path: "/x" })).toBe(200);
  expect([...seen].sort()).toEqual(expect.arrayContaining([200, 403]));
});
