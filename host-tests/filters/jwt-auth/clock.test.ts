/** The clock of the machine is set back, as when it was wrong at the start: keys are still fetched, and withdrawn ones go. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";
import { makeKeys, makeToken } from "../../scenario/tokens.ts";

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const keys = makeKeys({ old: { alg: "ES256", kid: "old" }, new: { alg: "ES256", kid: "new" } });
const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

/** What the issuer answers with; null: nothing. */
let published: string | null = null;

function start(): { host: EnvoyHost; setClockBack: () => void } {
  const issuer = () =>
    published === null ? { fault: "refuse" as const } : { body: JSON.stringify({ keys: [keys.get(published)?.jwk] }) };
  const host = new EnvoyHost({ now: NOW, clusters: { issuer }, upstream: () => ({ body: "hello" }) });
  const rule = { jwksUri: "http://issuer.test/jwks", jwksCluster: "issuer", jwksCacheDuration: "10s" };
  host.addFilter({ name: "test.jwt-auth", module, configuration: JSON.stringify({ jwtRules: [rule] }) });
  const setClockBack = () => {
    // Timers go on: only the time of day changes.
    Object.defineProperty(host.clock, "nanoseconds", { get: () => BigInt(host.now - HOUR_MS) * 1_000_000n });
  };
  return { host, setClockBack };
}

function statusWith(host: EnvoyHost, key: string): number | undefined {
  const token = makeToken({ key, claims: {} }, keys, NOW);
  const exchange = host.request({ headers: [["authorization", `Bearer ${token}`]] });
  host.advance(1);
  return exchange.response?.status;
}

it("takes new keys over, and forgets old ones", () => {
  published = "old";
  const { host, setClockBack } = start();
  host.advance(2_000);
  expect(statusWith(host, "old")).toBe(200);
  setClockBack();
  published = "new";
  host.advance(12_000);
  expect([statusWith(host, "old"), statusWith(host, "new")]).toEqual([401, 200]);
});

it("asks an issuer again that had failed", () => {
  published = null;
  const { host, setClockBack } = start();
  host.advance(2_000);
  expect(statusWith(host, "new")).toBe(401);
  setClockBack();
  published = "new";
  host.advance(2_000);
  expect(statusWith(host, "new")).toBe(200);
});
