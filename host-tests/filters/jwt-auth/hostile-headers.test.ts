/** A10: headers made to keep the filter busy: nothing interrupts a callback, so its time must be linear in what is sent. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";
import { makeKeys } from "../../scenario/tokens.ts";

/** As many bytes of each as fit into the 60 KiB of headers that Envoy takes. */
const COUNT = 29_000;
/** Linear time is some 3 ms, quadratic time a second. */
const MAX_MILLISECONDS = 300;

const keys = makeKeys({ key: { alg: "ES256", kid: "one" } });
const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

// HTTP/2 keeps the blanks around a value, HTTP/1 does not.
it.each([
  ["commas, then blanks", ",".repeat(COUNT) + " ".repeat(COUNT)],
  ["blanks, then commas", " ".repeat(COUNT) + ",".repeat(COUNT)],
  ["commas and blanks in turn", ", ".repeat(COUNT)],
])("looks at an authorization header of %s in linear time", (_name, value) => {
  const host = new EnvoyHost({ upstream: () => ({ body: "hello" }) });
  const configuration = { jwtRules: [{ jwks: { keys: [keys.get("key")?.jwk] } }] };
  host.addFilter({ name: "test.jwt-auth", module, configuration: JSON.stringify(configuration) });
  const started = performance.now();
  const { response } = host.request({ protocol: "http2", headers: [["authorization", `x${value}`]] });
  expect(performance.now() - started).toBeLessThan(MAX_MILLISECONDS);
  expect(response?.status).toBe(200);
});

it("many conditions on headers with several values take memory for each header once", () => {
  const host = new EnvoyHost({ upstream: () => ({ body: "hello" }) });
  const names = ["x-a", "x-b", "x-c", "x-d"];
  const conditions = names.map((name): [string, object] => [
    name,
    name === "x-d" ? { exact: "none" } : { present: true },
  ]);
  const entry = { match: { headers: Object.fromEntries(conditions) }, requires: { none: {} } };
  const jwtRules = [{ jwks: { keys: [keys.get("key")?.jwk] } }];
  const configuration = JSON.stringify({ jwtRules, requirements: Array<unknown>(64).fill(entry) });
  const filter = host.addFilter({ name: "test.jwt-auth", module, configuration });
  expect(host.request().response?.status).toBe(200);
  const before = filter.memoryPages();
  const headers = names.flatMap((name): [string, string][] => [1, 2].map(() => [name, "v".repeat(COUNT / 4)]));
  expect(host.request({ headers }).response?.status).toBe(200);
  // Without: 4 MiB for each copy that is made, and it is never given back.
  expect(filter.memoryPages() - before).toBeLessThan(16);
});
