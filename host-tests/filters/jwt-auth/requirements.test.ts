/** Requirements that wait for keys, and filters in a row: what scenarios cannot show. */
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type Exchange } from "../../host/index.ts";
import { makeKeys, makeToken } from "../../scenario/tokens.ts";

const NOW = 1_800_000_000_000;
const FETCH_MS = 1_000;
const keys = makeKeys({ here: { alg: "ES256" }, far: { alg: "ES256" } });
const token = (key: string, claims: Record<string, unknown> = {}) =>
  makeToken({ key, claims: { iss: key, sub: key, ...claims } }, keys, NOW);
const jwks = (key: string) => JSON.stringify({ keys: [keys.get(key)?.jwk] });
const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

/** Keys of `here` are in the configuration, those of `far` have to be fetched. */
const jwtRules = [
  { name: "here", issuer: "here", jwks: jwks("here"), fromHeaders: [{ name: "x-here" }] },
  {
    name: "far",
    issuer: "far",
    jwksUri: "http://issuer.test/jwks",
    jwksCluster: "issuer",
    fromHeaders: [{ name: "x-far" }],
  },
].map((rule) => ({ ...rule, outputClaimToHeaders: [{ header: "x-user", claim: "sub" }] }));

const HERE = { provider: "here" };
const FAR = { provider: "far" };

let host: EnvoyHost;
let issuerStatus: number;

beforeEach(() => {
  issuerStatus = 200;
  host = new EnvoyHost({
    now: NOW,
    clusters: { issuer: () => ({ status: issuerStatus, body: jwks("far"), delayMs: FETCH_MS }) },
    upstream: ({ headers }) => ({ body: headers.get("x-user") ?? "nobody" }),
  });
});

function send(requires: unknown, headers: Record<string, string>): Exchange {
  const configuration = JSON.stringify({ jwtRules, requirements: [{ requires }] });
  host.addFilter({ name: "test.jwt-auth", module, configuration });
  const exchange = host.request({ headers });
  host.advance(1);
  return exchange;
}

describe("while keys are being fetched", () => {
  it.each<[string, unknown, Record<string, string>]>([
    ["any: the token before is valid", { any: [HERE, FAR] }, { "x-here": token("here"), "x-far": token("far") }],
    ["all: the token before fails", { all: [HERE, FAR] }, { "x-here": "garbage", "x-far": token("far") }],
    ["all: the token before is missing", { all: [HERE, FAR] }, { "x-far": token("far") }],
    ["any: the token has expired", { any: [HERE, FAR] }, { "x-far": token("far", { exp: 1 }) }],
    ["provider: nobody asks for the token", HERE, { "x-here": token("here"), "x-far": token("far") }],
    ["none: nobody asks for any", { none: {} }, { "x-far": token("far") }],
  ])("nothing waits for them in vain: %s", (_what, requires, headers) => {
    expect(send(requires, headers).state).not.toBe("pending");
  });

  it.each<[string, unknown, Record<string, string>, string]>([
    ["any: the token before fails", { any: [HERE, FAR] }, { "x-here": "garbage", "x-far": token("far") }, "far"],
    ["any: the token before is missing", { any: [HERE, FAR] }, { "x-far": token("far") }, "far"],
    ["any: the one that waits is asked first", { any: [FAR, HERE] }, both(), "far"],
    ["all: the token before is valid", { all: [HERE, FAR] }, both(), "here"],
    ["all: the token behind is valid", { all: [FAR, HERE] }, both(), "far"],
    ["nested", { any: [{ all: [HERE, { any: [FAR] }] }, HERE] }, both(), "here"],
    ["allowMissing", { allowMissing: {} }, both(), "here"],
    ["allowMissingOrFailed", { allowMissingOrFailed: {} }, { "x-far": token("far") }, "far"],
    ["allowMissingOrFailed beside it", { any: [FAR, { allowMissingOrFailed: {} }] }, both(), "far"],
  ])("the request waits, then is decided about: %s", (_what, requires, headers, user) => {
    const exchange = send(requires, headers);
    expect(exchange.state).toBe("pending");
    host.advance(FETCH_MS);
    expect(exchange.response?.body).toBe(user);
  });

  it.each<[string, unknown, string]>([
    ["any: the token behind counts", { any: [FAR, HERE] }, "here"],
    ["any: the token before did not", { any: [{ all: [HERE, FAR] }, { all: [FAR, HERE] }, HERE] }, "here"],
    ["all: it fails", { all: [HERE, FAR] }, "Jwks remote fetch is failed"],
    ["allowMissing: it fails", { allowMissing: {} }, "Jwks remote fetch is failed"],
    ["allowMissingOrFailed: it passes", { allowMissingOrFailed: {} }, "here"],
    ["allowMissingOrFailed beside it", { any: [FAR, { allowMissingOrFailed: {} }] }, "nobody"],
  ])("and do not come, %s", (_what, requires, body) => {
    issuerStatus = 500;
    const exchange = send(requires, both());
    expect(exchange.state).toBe("pending");
    host.advance(FETCH_MS);
    expect(exchange.response?.body).toBe(body);
  });

  function both(): Record<string, string> {
    return { "x-here": token("here"), "x-far": token("far") };
  }
});

describe("publishPayload", () => {
  const plugin = (name: string, publishPayload: boolean) => {
    const configuration = JSON.stringify({ publishPayload, jwtRules: jwtRules.slice(0, 1) });
    host.addFilter({ name, module, configuration });
  };
  const payload = (exchange: Exchange) => exchange.filterState["wasm.waypost_jwt_payload"];

  it("what another filter left does not survive a request without a valid token", () => {
    plugin("test.first", true);
    plugin("test.second", true);
    // The first one takes the token out of the request.
    const exchange = host.request({ headers: { "x-here": token("here") } });
    host.advance(1);
    expect(payload(exchange)).toBe("");
  });

  it("a filter that publishes nothing leaves it alone", () => {
    plugin("test.first", true);
    plugin("test.second", false);
    const exchange = host.request({ headers: { "x-here": token("here") } });
    host.advance(1);
    expect(payload(exchange)).toBe(JSON.stringify({ iss: "here", sub: "here" }));
  });
});

it("a request without requirements asks the host as often as before", () => {
  const calls = (configuration: object) => {
    const traced = new EnvoyHost({ trace: true, logLevel: "warn" });
    traced.addFilter({ name: "test.jwt-auth", module, configuration: JSON.stringify(configuration) });
    const headers = { "x-here": token("here") };
    traced.request({ headers });
    const start = traced.trace.length;
    traced.request({ headers });
    return traced.trace.slice(start).length;
  };
  const rules = { jwtRules: jwtRules.slice(0, 1) };
  const requirements = [{ match: { paths: ["/*"], methods: ["GET"] }, requires: HERE }];
  expect(calls({ ...rules, requirements })).toBe(calls(rules));
});
