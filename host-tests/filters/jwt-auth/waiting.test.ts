/** Requests that wait for keys beside others: what scenarios, whose steps follow one another, cannot show. */
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type Exchange } from "../../host/index.ts";
import { makeKeys, makeToken } from "../../scenario/tokens.ts";

const NOW = 1_800_000_000_000;
const FETCH_MS = 1_000;
/** As many as one VM lets wait. */
const MAX_WAITING = 4_096;
const keys = makeKeys({ key: { alg: "ES256", kid: "one" } });
const token = makeToken({ key: "key", claims: { sub: "alice" } }, keys, NOW);
const withToken = `/?access_token=${token}`;
const keySet = JSON.stringify({ keys: [keys.get("key")?.jwk] });
const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

let host: EnvoyHost;

beforeEach(() => {
  host = new EnvoyHost({
    now: NOW,
    clusters: { issuer: () => ({ body: keySet, delayMs: FETCH_MS }) },
    upstream: () => ({ body: "hello" }),
  });
  const configuration = { jwtRules: [{ jwksUri: "http://issuer.test/jwks", jwksCluster: "issuer" }] };
  host.addFilter({ name: "test.jwt-auth", module, configuration: JSON.stringify(configuration) });
});

function send(path: string): Exchange {
  const exchange = host.request({ path });
  host.advance(1);
  return exchange;
}

describe("while a request waits for keys", () => {
  it("another that needs none is answered", () => {
    const waiting = send(withToken);
    expect(waiting.state).toBe("pending");
    expect(send(`${withToken}&access_token=${token}`).response?.body).toBe("Found multiple Jwt tokens");
    expect(send("/?access_token=garbage").response?.status).toBe(401);
    expect(send("/").response?.status).toBe(200);
    host.advance(FETCH_MS);
    expect(waiting.response?.status).toBe(200);
  });

  it("another may go away, and those before and behind it are served", () => {
    const exchanges = [1, 2, 3, 4, 5].map(() => send(withToken));
    for (const index of [0, 2, 4]) exchanges[index]?.reset();
    host.advance(FETCH_MS);
    expect(exchanges.map(({ response }) => response?.status)).toEqual([undefined, 200, undefined, 200, undefined]);
    expect(send(withToken).response?.status).toBe(200);
  });

  it("a client that goes away with all its requests leaves nothing behind", () => {
    const exchanges = [1, 2, 3].map(() => send(withToken));
    for (const exchange of exchanges) exchange.reset();
    host.advance(FETCH_MS);
    expect(send(withToken).response?.status).toBe(200);
  });

  it.each([
    ["get their keys", "", 200],
    ["are refused", "AAAA", 401],
  ])("thousands that %s do not overflow the stack when they go on", (_what, suffix, status) => {
    const exchanges = Array.from({ length: MAX_WAITING }, () => host.request({ path: withToken + suffix }));
    expect(exchanges.every(({ state }) => state === "pending")).toBe(true);
    host.advance(2 * FETCH_MS);
    expect(new Set(exchanges.map(({ response }) => response?.status))).toEqual(new Set([status]));
    expect(send(withToken).response?.status).toBe(200);
  });
});
