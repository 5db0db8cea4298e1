/** Random policies and requests: the filter decides as the plain model does, and names the same rule. */
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";
import { check } from "../../pure/property.ts";
import { denialOf, type ModelRequest, type Policy, type Rule } from "./model.ts";

const module = await loadModule(fileURLToPath(new URL("../../../build/authz.wasm", import.meta.url)));

const DOMAINS = ["td.example", "old.example"];

// Few values, many of them nearly alike: most rules match some requests.
const PRINCIPALS = [
  "",
  "spiffe://td.example/ns/shop/sa/cart",
  "spiffe://old.example/ns/shop/sa/cart",
  "spiffe://td.example/ns/shop/sa/cart/x/y",
  "spiffe://td.example/ns/shop/x/sa/cart",
  "spiffe://td.example/ns/shop-a/sa/front",
  "spiffe://cluster.local/ns/default/sa/front",
  "spiffe://other.example/ns/default/sa/cart-2",
  "spiffe://td.example.evil/ns/shop/sa/cart",
  "spiffe:///ns/shop/sa/cart",
  "cart",
];
const PATHS = [
  "/",
  "/api",
  "/api/",
  "/api/users/7",
  "/api/users/7/orders",
  "/static/a.css",
  "/API",
  "/a.css?x=/api",
  "/api;v=1",
  "//api",
];
const HOSTS = ["shop.example", "SHOP.example", "shop.example:80", "api.shop.example", "x"];
const METHODS = ["GET", "POST", "get", "DELETE"];
const HEADERS: [string, string][] = [
  ["x-team", "blue"],
  ["x-team", "blue-green"],
  ["x-team", ""],
  ["x-role", "admin"],
];
const SOURCES = ["10.1.2.3:4000", "10.1.3.3:4000", "192.168.0.1:1", "[2001:db8::7]:80", "[::1]:80"];
const DESTINATIONS = ["10.96.0.10:80", "10.96.0.10:8080", "[fd00::1]:80"];
const CLAIMS: (Record<string, unknown> | undefined)[] = [
  undefined,
  { iss: "https://issuer.example", sub: "alice", aud: "shop", scope: "read write" },
  {
    iss: "https://issuer.example",
    sub: "",
    aud: ["shop", "api"],
    azp: "cli",
    realm: { roles: ["admin", 7], level: "x" },
  },
  { iss: "issuer", sub: "bob", aud: 7, scope: ["read", "admin"], azp: ["web"], realm: "admin", empty: "" },
];
const METADATA: Record<string, Record<string, unknown>>[] = [
  {},
  { "envoy.filters.http.x": { team: "blue", teams: ["blue", "green", 1], number: 1, nothing: null } },
  { "envoy.filters.http.x": { team: ["blue"], teams: "blue", nothing: { a: "blue" } } },
];

const FIELDS: Record<"source" | "operation", Record<string, string[]>> = {
  source: {
    principals: [
      "*",
      "td.example/ns/shop/sa/cart",
      "cluster.local/ns/shop/sa/cart",
      "other.example/ns/default/sa/cart-2",
      "*/sa/cart",
      "*cart",
      "td.example/ns/*",
      "*/ns/shop/sa/cart",
    ],
    namespaces: ["shop", "default", "shop*", "*", "*op", "s*p"],
    trustDomains: ["*", "td.example", "old.example", "other.example", "*.example", "td*"],
    serviceAccounts: ["cart", "shop/cart", "default/front", "shop-a/front"],
    requestPrincipals: [
      "*",
      "https://issuer.example/alice",
      "https://issuer.example/*",
      "*/alice",
      "*example/alice",
      "*bob",
      "iss*",
      "issuer",
      "issuer/bob",
    ],
    remoteIpBlocks: [
      "10.1.0.0/16",
      "10.1.2.3",
      "10.1.2.3/24",
      "0.0.0.0/0",
      "::/0",
      "2001:db8::/32",
      "::1",
      "192.168.0.1/31",
    ],
  },
  operation: {
    hosts: ["*", "shop.example", "Shop.Example", "*.example", "shop*", "x"],
    ports: ["80", "8080", "0"],
    methods: ["GET", "POST", "*", "G*", "*T"],
    paths: [
      "/api",
      "/api/*",
      "/*",
      "*.css",
      "*",
      "/",
      "/api/users/{*}",
      "/api/{**}",
      "/api/{*}/7/{**}/orders",
      "/API",
      "/static/*",
    ],
  },
};
const KEYS: Record<string, string[]> = {
  "source.principal": FIELDS.source["principals"] ?? [],
  "source.namespace": FIELDS.source["namespaces"] ?? [],
  "source.serviceAccount": FIELDS.source["serviceAccounts"] ?? [],
  "source.trustDomain": FIELDS.source["trustDomains"] ?? [],
  "remote.ip": FIELDS.source["remoteIpBlocks"] ?? [],
  "destination.ip": ["10.96.0.10", "10.96.0.0/16", "fd00::/8"],
  "destination.port": ["80", "8080"],
  "request.headers[x-team]": ["blue", "blue*", "*green", "*"],
  "request.headers[X-Role]": ["admin", "user"],
  "request.auth.principal": FIELDS.source["requestPrincipals"] ?? [],
  "request.auth.audiences": ["shop", "a*", "*"],
  "request.auth.presenter": ["cli", "web", "*"],
  "request.auth.claims[scope]": ["read", "write", "read write", "ad*"],
  "request.auth.claims[realm][roles]": ["admin", "7", "*"],
  "request.auth.claims[realm]": ["admin"],
  "request.auth.claims[empty]": ["*", "a"],
  "experimental.envoy.filters.http.x[team]": ["blue", "[blue]", "*"],
  "experimental.envoy.filters.http.x[teams]": ["[blue]", "[g*]", "blue", "[1]"],
  "experimental.envoy.filters.http.x[nothing]": ["*", "[*]"],
};

const some = (values: readonly string[]) =>
  fc.subarray([...values], { minLength: 1, maxLength: Math.min(3, values.length) });

/** An entry of `from` or `to`: up to three fields, each with its negation or not. */
function entry(kind: "source" | "operation"): fc.Arbitrary<Record<string, string[]>> {
  const field = fc.constantFrom(...Object.entries(FIELDS[kind])).chain(([name, values]) => {
    const negated = `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const names = fc.oneof({ weight: 3, arbitrary: fc.constant(name) }, { weight: 1, arbitrary: fc.constant(negated) });
    return fc.tuple(names, some(values));
  });
  return fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) => {
    const given = Object.fromEntries(fields);
    const names = Object.keys(given);
    // istiod takes service accounts alone.
    if (names.some((name) => /serviceAccounts/i.test(name)))
      return Object.fromEntries(
        fields.filter(([name]) => !/principals|namespaces/i.test(name) || /request/i.test(name)),
      );
    return given;
  });
}

const condition = fc.constantFrom(...Object.entries(KEYS)).chain(([key, values]) =>
  fc.oneof(
    some(values).map((own) => ({ key, values: own })),
    some(values).map((own) => ({ key, notValues: own })),
    fc.tuple(some(values), some(values)).map(([own, not]) => ({ key, values: own, notValues: not })),
  ),
);

const rule: fc.Arbitrary<Rule> = fc.record(
  {
    from: fc.array(
      entry("source").map((source) => ({ source })),
      { minLength: 1, maxLength: 2 },
    ),
    to: fc.array(
      entry("operation").map((operation) => ({ operation })),
      { minLength: 1, maxLength: 2 },
    ),
    when: fc.array(condition, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const policies: fc.Arbitrary<Policy[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "d-1", "d", "e"),
      namespace: fc.constantFrom("shop", "default", "shop-a"),
      action: fc.constantFrom("ALLOW", "ALLOW", "DENY", "AUDIT"),
      // More than ten: rule[10] comes before rule[2].
      rules: fc.array(rule, { minLength: 1, maxLength: 12 }),
    } satisfies { [K in keyof Policy]: fc.Arbitrary<Policy[K]> }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) => [...new Map(drawn.map((policy) => [`${policy.namespace}/${policy.name}`, policy])).values()]);

const request: fc.Arbitrary<ModelRequest> = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.constantFrom(...PATHS),
  authority: fc.constantFrom(...HOSTS),
  headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 }),
  principal: fc.constantFrom(...PRINCIPALS),
  source: fc.constantFrom(...SOURCES),
  destination: fc.constantFrom(...DESTINATIONS),
  claims: fc.constantFrom(...CLAIMS),
  metadata: fc.constantFrom(...METADATA),
});

function hostWith(given: readonly Policy[], more: Record<string, unknown> = {}): EnvoyHost {
  const [trustDomain, ...trustDomainAliases] = DOMAINS;
  const configuration = JSON.stringify({ trustDomain, trustDomainAliases, policies: given, ...more });
  const host = new EnvoyHost({ logLevel: "off" });
  host.addFilter({ name: "default.authz", module, configuration });
  return host;
}

/** Where the claims of a request come from. */
type ClaimsSource = "jwt-auth" | "jwt_authn";

/** How the filter answers. */
function answer(host: EnvoyHost, { principal, claims, ...rest }: ModelRequest, claimsSource: ClaimsSource) {
  const { source, destination, metadata, ...init } = rest;
  const filterState: Record<string, string> = {};
  if (principal !== "") filterState["io.istio.peer_principal"] = principal;
  if (claimsSource === "jwt-auth")
    filterState["wasm.waypost_jwt_payload"] = claims === undefined ? "" : JSON.stringify(claims);
  const given = claimsSource === "jwt-auth" || claims === undefined ? {} : { payload: withWordLists(claims) };
  const connection = host.connection({ source, destination, filterState });
  const exchange = host.request({
    ...init,
    connection,
    metadata: { ...metadata, "envoy.filters.http.jwt_authn": given },
  });
  return { status: exchange.response?.status, details: exchange.details };
}

/** What jwt_authn makes of lists of words. */
function withWordLists(claims: Record<string, unknown>): Record<string, unknown> {
  const { scope } = claims;
  return typeof scope === "string" ? { ...claims, scope: scope.split(" ") } : claims;
}

describe("random policies", () => {
  it("decide as the model, and name the same rule", () => {
    let [allowed, denied, unmatched] = [0, 0, 0];
    const requests = fc.array(request, { minLength: 12, maxLength: 12 });
    const source = fc.constantFrom<ClaimsSource>("jwt-auth", "jwt_authn");
    check(200, [policies, requests, source], (given, drawn, claimsSource) => {
      const host = hostWith(given);
      for (const one of drawn) {
        const expected = denialOf(given, DOMAINS, one);
        if (expected === undefined) allowed++;
        else if (expected === "none") unmatched++;
        else denied++;
        const details = `rbac_access_denied_matched_policy[${expected}]`;
        expect(answer(host, one, claimsSource)).toEqual(
          expected === undefined ? { status: 200, details: "via_upstream" } : { status: 403, details },
        );
      }
    });
    // A test that sees one outcome only shows nothing.
    for (const count of [allowed, denied, unmatched]) expect(count).toBeGreaterThan(100);
  });
});
