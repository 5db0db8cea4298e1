/** P7 and A11: no log line at any level shows a token, a claim, a key, or anything else that a client or an issuer sent. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ConfigurationRefused, EnvoyHost, loadModule } from "../../host/index.ts";
import { configuration, ISSUER_ANSWERS, leaks, refusedConfigurations, requests } from "../../scenario/log-hygiene.ts";

const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));

function hostWith(answer?: (typeof ISSUER_ANSWERS)[number]): EnvoyHost {
  return new EnvoyHost({ logLevel: "trace", ...(answer && { clusters: { issuer: answer } }) });
}

function addFilter(host: EnvoyHost, text: string): void {
  host.addFilter({ name: "test.jwt-auth", module, configuration: text });
}

function sendAll(host: EnvoyHost): void {
  const exchanges = requests().map((request) => host.request(request));
  host.advance(60_000);
  expect(exchanges.map(({ state }) => state)).not.toContain("pending");
}

const ofPlugin = (host: EnvoyHost) => host.logs.filter(({ plugin }) => plugin !== undefined);

describe.each(["ENFORCE", "SHADOW"] as const)("in mode %s", (mode) => {
  it("with keys of the configuration", () => {
    const host = hostWith();
    addFilter(host, configuration(mode, "inline"));
    sendAll(host);
    expect(leaks(ofPlugin(host))).toEqual([]);
    expect(ofPlugin(host).length).toBeGreaterThan(requests().length / 2);
  });

  it.each(ISSUER_ANSWERS.map((answer) => [answer.status, answer.body.slice(0, 30), answer] as const))(
    "with an issuer that answers %i %s",
    (_status, _body, answer) => {
      const host = hostWith(answer);
      addFilter(host, configuration(mode, "fetched"));
      host.advance(5_000);
      sendAll(host);
      expect(leaks(ofPlugin(host))).toEqual([]);
      expect(ofPlugin(host).length).toBeGreaterThan(0);
    },
  );
});

it.each(refusedConfigurations().map((text, index) => [index, text] as const))(
  "errors of configuration %i",
  (_index, text) => {
    const host = hostWith();
    expect(() => addFilter(host, text)).toThrow(ConfigurationRefused);
    expect(ofPlugin(host).some(({ level }) => level === "error")).toBe(true);
    expect(leaks(ofPlugin(host))).toEqual([]);
  },
);

it("finds what it looks for", () => {
  const [first] = requests().slice(-1);
  expect(leaks([{ message: "denied" }, { message: `denied: ${first?.path}` }])).toHaveLength(1);
});
