/** What root `waypoint` saves: one entry into the VM a callback, one read of the headers, one more look at the routes. */
import { beforeAll, expect, it } from "vitest";
import { EnvoyHost, loadModule, type FilterModule } from "../../host/index.ts";
import { makeKeys, makeToken } from "../../scenario/tokens.ts";

const keys = makeKeys({ key: { alg: "ES256", kid: "key" } });
const token = makeToken({ key: "key", claims: { iss: "issuer", sub: "alice" } }, keys, Date.now());

/** Each stage reads claims and headers, and both that can write headers do, more than once. */
const CONFIGURATION = JSON.stringify({
  jwtAuth: {
    jwtRules: [
      {
        issuer: "issuer",
        jwks: { keys: [...keys.values()].map(({ jwk }) => jwk) },
        outputClaimToHeaders: [{ header: "x-user", claim: "sub" }],
      },
    ],
  },
  authz: {
    policies: [
      {
        name: "alice",
        rules: [
          {
            to: [{ operation: { paths: ["/items/*"] } }],
            when: [{ key: "request.auth.claims[sub]", values: ["alice"] }],
          },
        ],
      },
    ],
  },
  headerRouter: {
    routes: [
      {
        name: "items",
        match: [{ claims: { sub: { exact: "alice" } }, headers: { "x-user": { exact: "alice" } } }],
        headers: { request: { set: { "x-first": "1", "x-second": "{claims.sub}" } } },
        rewrite: { uri: "/v2/" },
        split: { by: { claim: "sub" }, lanes: [{ name: "only", weight: 1 }] },
      },
    ],
  },
});

let module: FilterModule;
beforeAll(async () => {
  module = await loadModule("build/waypoint.wasm");
});

it("reads the headers of a request once, and has its route looked for once more", () => {
  const host = new EnvoyHost({ logLevel: "off", trace: true });
  host.addFilter({ name: "default.waypoint", module, configuration: CONFIGURATION });
  // The first time the token is verified, the second time it is known.
  for (let request = 0; request < 2; request++) {
    const start = host.trace.length;
    const exchange = host.request({ path: "/items/1", headers: { authorization: `Bearer ${token}` } });
    expect(exchange.response?.status).toBe(200);
    expect(exchange.upstreamRequest?.path).toBe("/v2/items/1");
    expect(exchange.upstreamRequest?.headers.first("x-second")).toBe("alice");
    expect(exchange.upstreamRequest?.headers.first("x-waypost-lane")).toBe("only");
    expect(exchange.routeSelections).toBe(2);
    const calls = host.trace.slice(start).filter((line) => line.includes("proxy_get_header_map"));
    expect(calls).toHaveLength(1);
    expect(host.trace.slice(start).some((line) => line.includes("proxy_get_property"))).toBe(false);
  }
});
