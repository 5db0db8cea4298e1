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
