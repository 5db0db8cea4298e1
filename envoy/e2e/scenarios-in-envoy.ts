/** The scenarios as tests with a real Envoy: one for each, or for each arrangement of its filters. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { testsOf } from "../../host-tests/scenario/arrangements.ts";
import { loadScenarios, type LoadedScenario } from "../../host-tests/scenario/load.ts";
import { runScenarioInEnvoy } from "../scenario-runner.ts";

const FOLDER = path.resolve(fileURLToPath(import.meta.url), "../../../host-tests/scenarios");

/** Defines the tests of the scenarios in the folders that are wanted. Files of tests run beside each other. */
export function scenariosInEnvoy(isWanted: (folder: string) => boolean): void {
  const scenarios = loadScenarios(FOLDER).filter(({ file }) => isWanted(path.posix.dirname(file)));
  describe.each([...byFile(scenarios)])("%s in Envoy", (_file, ofFile) => {
    for (const { scenario } of ofFile) {
      for (const { title, arrangement } of testsOf(scenario)) {
        it(title, async ({ skip }) => {
          if (scenario.only?.host === "node") skip(`only in the Node host: ${scenario.only.why}`);
          expect(await runScenarioInEnvoy(scenario, { arrangement })).toEqual([]);
        });
      }
    }
  });
}

function byFile(loaded: readonly LoadedScenario[]): Map<string, LoadedScenario[]> {
  const files = new Map<string, LoadedScenario[]>();
  for (const one of loaded) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return files;
}
