/** A plugin that is configured again and again, in a proxy without traffic: nothing else calls into its VMs. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";
import { makeKeys } from "../../scenario/tokens.ts";

const UPDATES = 60;
const RULES = 32;
/** One such configuration leaves 0.3 MiB of garbage behind. */
const MAX_BYTES = 4 * 1024 * 1024;

const jwk = makeKeys({ key: { alg: "ES256", kid: "one" } }).get("key")?.jwk;
const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

function configuration(version: number): string {
  const jwtRules = Array.from({ length: RULES }, (_, index) => ({
    issuer: `https://issuer.example.com/${version}/${index}`,
    jwks: { keys: [jwk] },
    outputClaimToHeaders: [{ header: "x-jwt-team", claim: "org.team" }],
  }));
  return JSON.stringify({ jwtRules });
}

it("leaves no garbage behind for the traffic to clear away", () => {
  const host = new EnvoyHost();
  const filter = host.addFilter({ name: "test.jwt-auth", module, configuration: configuration(0) });
  for (let version = 1; version <= UPDATES; version++) filter.reconfigure(configuration(version));
  expect(filter.memoryBytes()).toBeLessThan(MAX_BYTES);
});
