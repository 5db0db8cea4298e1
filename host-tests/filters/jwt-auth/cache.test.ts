/** The cache of tokens, where one request meets an entry more than once. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";
import { makeKeys, makeToken } from "../../scenario/tokens.ts";

const NOW = 1_800_000_000_000;
const LIFETIME_MS = 100_000;

const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));
const keys = makeKeys({ key: { alg: "ES256", kid: "one" } });
const jwks = { keys: [keys.get("key")?.jwk] };

it("an expired token in two places is forgotten once, and looked up no more", () => {
  const claims = { iss: "own", sub: "alice", exp: (NOW + LIFETIME_MS) / 1000 };
  const token = makeToken({ key: "key", claims }, keys, NOW);
  const host = new EnvoyHost({ now: NOW, upstream: () => ({ body: "hello" }) });
  const inParameter = { jwks, fromParams: ["token"], clockSkew: "0s" };
  const jwtRules = [
    { ...inParameter, name: "last", issuer: "own", audiences: ["other"] },
    { name: "caching", issuer: "own", jwks, fromHeaders: [{ name: "x-token" }], clockSkew: "0s" },
    { ...inParameter, name: "first", issuer: "foreign" },
  ];
  // The first looks the entry of the second up in the parameter, the second drops it for the header, the last looks at the
  // parameter again. What is in the freed memory passes for an entry of the rule with the number 0.
  const any = ["first", "caching", "last"].map((provider) => ({ provider }));
  const configuration = JSON.stringify({ jwtRules, requirements: [{ requires: { any } }] });
  host.addFilter({ name: "test.jwt-auth", module, configuration });
  const headers: [string, string][] = [["x-token", token]];

  expect(host.request({ headers }).response?.status).toBe(200);
  host.advance(LIFETIME_MS);
  const { response } = host.request({ path: `/?token=${token}`, headers });
  expect([response?.status, response?.body]).toEqual([401, "Jwt is expired"]);
  expect(host.request({ headers }).response?.status).toBe(401);
});
