/**
 * Rows of docs/known-attacks.md that are no requests. Some are about time: nothing interrupts a callback, so what it costs
 * must be bounded.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";
import { makeKeys, makeToken, type Jwk, type ScenarioKey } from "../../scenario/tokens.ts";
import { collide } from "./xxh64.ts";

/** As many bytes of headers as fit into the 60 KiB that Envoy takes. */
const SIZE = 58_000;
/** Linear time is some milliseconds, quadratic time a second. */
const MAX_MILLISECONDS = 300;

const keys = makeKeys({ rsa: { alg: "RS256" }, ec: { alg: "ES512" } });
const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

function jwkOf(name: string): Jwk {
  return (keys.get(name) as ScenarioKey).jwk;
}

function hostWith(rule: object): EnvoyHost {
  const host = new EnvoyHost({ logLevel: "error" });
  const configuration = JSON.stringify({ presence: "REQUIRED", cacheSize: 0, jwtRules: [rule] });
  host.addFilter({ name: "test.jwt-auth", module, configuration });
  return host;
}

/** Milliseconds of the quickest of `times` requests. */
function quickest(host: EnvoyHost, token: string, times: number): number {
  const took = Array.from({ length: times }, () => {
    const started = performance.now();
    host.request({ headers: { authorization: `Bearer ${token}` } });
    return performance.now() - started;
  });
  return Math.min(...took);
}

describe("P4", () => {
  it("a hundred keys cost a request no more than one: they are parsed once", () => {
    const token = makeToken({ key: "rsa", header: { kid: "1" }, claims: { sub: "alice" } }, keys, Date.now());
    const set = (count: number) => ({
      jwks: { keys: Array.from({ length: count }, (_, index) => ({ ...jwkOf("rsa"), kid: `${count - index}` })) },
    });
    const one = quickest(hostWith(set(1)), token, 200);
    const hundred = quickest(hostWith(set(100)), token, 200);
    // Parsing a hundred keys takes ten times as long as a request.
    expect(hundred).toBeLessThan(3 * one + 0.1);
  });
});

describe("A10: headers that take time", () => {
  const rule = {
    jwks: { keys: [jwkOf("rsa")] },
    fromHeaders: [{ name: "authorization", prefix: "Bearer " }],
    fromParams: ["access_token", "token"],
    fromCookies: ["token", "session", "id"],
  };
  const fill = (text: string) => text.repeat(Math.floor(SIZE / text.length));
  const payload = (text: string) => `Bearer e30.${Buffer.from(text).toString("base64url")}.AAAA`;
  const header = Buffer.from('{"alg":"RS256"}').toString("base64url");
  const claims = (text: string) => payload(text).replace("e30", header);
  const distinct = Array.from({ length: 4_000 }, (_, index) => `"${index.toString(36)}":0`).join(",");

  it.each<[string, Record<string, string>, string?]>([
    ["cookies without a name", { cookie: fill(";") }],
    ["cookies without a value", { cookie: fill("token;") }],
    ["cookies of the name", { cookie: fill("token=;") }],
    ["blanks in cookies", { cookie: `${fill(" ")}=;` }],
    ["blanks behind a cookie's name", { cookie: `token${fill(" ")}` }],
    ["equals signs in cookies", { cookie: fill("=") }],
    ["quotes in cookies", { cookie: fill('"') }],
    ["commas", { authorization: fill(",") }],
    ["the scheme again and again", { authorization: `x${fill(",bearer ")}` }],
    ["dots", { authorization: `Bearer ${fill(".")}` }],
    ["parameters without a name", {}, `/?${fill("&")}`],
    ["parameters of the name", {}, `/?${fill("token&")}`],
    ["escapes", {}, `/?${fill("%25")}`],
    ["escapes that are none", {}, `/?${fill("%")}`],
    ["question marks", {}, `/${fill("?")}`],
    ["brackets", { authorization: claims("[".repeat(40_000)) }],
    ["a claim again and again", { authorization: claims(`{${'"a":0,'.repeat(6_000)}"a":0}`) }],
    ["thousands of claims", { authorization: claims(`{${distinct}}`) }],
    ["a long number", { authorization: claims(`{"exp":${"9".repeat(40_000)}}`) }],
    ["a long fraction", { authorization: claims(`{"exp":0.${"0".repeat(40_000)}1}`) }],
    ["a long exponent", { authorization: claims(`{"exp":1e${"9".repeat(40_000)}}`) }],
    ["escapes in a name", { authorization: claims(`{"${"\\u0061".repeat(6_000)}":0}`) }],
  ])("%s", (_name, headers, path = "/") => {
    const host = hostWith(rule);
    const started = performance.now();
    const { response } = host.request({ protocol: "http2", path, headers });
    expect(performance.now() - started).toBeLessThan(MAX_MILLISECONDS);
    expect(response?.status).toBe(401);
  });
});

it("A13: no URL can be made under which others find the keys of another rule", () => {
  const evil = makeKeys({ own: { alg: "ES256" }, evil: { alg: "ES256" } });
  const jwksOf = (name: string) => JSON.stringify({ keys: [evil.get(name)?.jwk] });
  const host = new EnvoyHost({ clusters: { issuer: { body: jwksOf("own") }, evil: { body: jwksOf("evil") } } });
  const add = (name: string, rule: object) => {
    host.addFilter({ name, module, configuration: JSON.stringify({ jwtRules: [rule] }) });
    host.advance(2_000);
  };
  // What is hashed to name the keys, for all VMs of the proxy: cluster, authority and path.
  const source = "issuer\nissuer.example\n/jwks.json?tenants";
  expect(source.length % 8).toBe(0);
  const path = collide("evil\nevil.example\n/", source).split("\n")[2] ?? "";
  add("other.jwt-auth", {
    jwksUri: `https://evil.example${path}`,
    jwksCluster: "evil",
    fromHeaders: [{ name: "x-evil" }],
  });
  add("own.jwt-auth", { jwksUri: "https://issuer.example/jwks.json?tenants", jwksCluster: "issuer" });
  const send = (key: string) => {
    const token = makeToken({ key, claims: { sub: "alice" } }, evil, host.now);
    return host.request({ headers: { authorization: `Bearer ${token}` } }).response?.status;
  };
  expect({ own: send("own"), evil: send("evil") }).toEqual({ own: 200, evil: 401 });
});

it("A14: tokens with a made-up kid make the issuer be asked once in 30 s, and hold up nobody else", () => {
  const signers = makeKeys({ key: { alg: "ES256", kid: "real" } });
  let calls = 0;
  const issuer = () => {
    calls += 1;
    return { body: JSON.stringify({ keys: [signers.get("key")?.jwk] }), delayMs: 200 };
  };
  const host = new EnvoyHost({ clusters: { issuer }, workers: 2 });
  const rule = { jwksUri: "https://issuer.example/jwks", jwksCluster: "issuer", jwksCacheDuration: "1h" };
  host.addFilter({ name: "test.jwt-auth", module, configuration: JSON.stringify({ jwtRules: [rule] }) });
  host.advance(2_000);
  const send = (kid: string, worker = 0) => {
    const token = makeToken({ key: "key", header: { kid }, claims: { sub: "alice" } }, signers, host.now);
    return host.request({ headers: { authorization: `Bearer ${token}` }, worker });
  };
  const fetched = calls;
  const exchanges = Array.from({ length: 100 }, (_, index) => send(`made-up-${index}`, index % 2));
  expect(send("real").response?.status).toBe(200);
  for (let second = 0; second < 60; second++) {
    host.advance(1_000);
    for (let index = 0; index < 5; index++) exchanges.push(send(`made-up-${second}-${index}`, index % 2));
  }
  host.advance(5_000);
  expect(new Set(exchanges.map(({ response }) => response?.status))).toEqual(new Set([401]));
  expect(calls - fetched).toBeLessThanOrEqual(3);
});
