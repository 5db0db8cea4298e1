/** Every scenario, in the Node host. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { testsOf } from "./arrangements.ts";
import { loadScenarios } from "./load.ts";
import { runScenarioInNode } from "./node-runner.ts";

const scenarios = loadScenarios(fileURLToPath(new URL("../scenarios", import.meta.url)));

describe.each([...new Set(scenarios.map(({ file }) => file))])("%s", (file) => {
  for (const { scenario } of scenarios.filter((loaded) => loaded.file === file)) {
    for (const { title, arrangement } of testsOf(scenario)) {
      it(title, async ({ skip }) => {
        if (scenario.only?.host === "envoy") skip(`only in Envoy: ${scenario.only.why}`);
        expect(await runScenarioInNode(scenario, { arrangement })).toEqual([]);
      });
    }
  }
});

/** Whether a scenario signs with RSA: that is the one code of which `jwt-auth.scalar` has another. */
function usesRsa({ scenario }: (typeof scenarios)[number]): boolean {
  return Object.values(scenario.keys ?? {}).some(({ alg }) => /^[RP]S/.test(alg));
}

describe("without SIMD", () => {
  for (const { file, scenario } of scenarios.filter(({ scenario }) => scenario.module === "jwt-auth").filter(usesRsa)) {
    if (scenario.only?.host === "envoy") continue;
    it(`${file}: ${scenario.name}`, async () => {
      expect(await runScenarioInNode({ ...scenario, module: "jwt-auth.scalar" })).toEqual([]);
    });
  }
});
