import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadScenarios, type LoadedScenario } from "../../host-tests/scenario/load.ts";
import { runScenarioInEnvoy } from "../scenario-runner.ts";

const scenarios = loadScenarios(path.resolve(fileURLToPath(import.meta.url), "../../../host-tests/scenarios"));

describe.each([...byFile(scenarios)])("%s in Envoy", (_file, ofFile) => {
  for (const { scenario } of ofFile) {
    it(scenario.name, async ({ skip }) => {
      if (scenario.only?.host === "node") skip(`only in the Node host: ${scenario.only.why}`);
      expect(await runScenarioInEnvoy(scenario)).toEqual([]);
    });
  }
});

function byFile(loaded: readonly LoadedScenario[]): Map<string, LoadedScenario[]> {
  const files = new Map<string, LoadedScenario[]>();
  for (const one of loaded) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return files;
}
