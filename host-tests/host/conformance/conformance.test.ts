/** The Node host does what a real Envoy did, case by case. */
import { beforeAll, describe, expect, it } from "vitest";
import { loadModule, type FilterModule } from "../index.ts";
import { CONFORMANCE_CASES } from "./cases.ts";
import { runInNode } from "./node.ts";
import { PROBE_MODULE, readRecording } from "./recording.ts";

const recording = readRecording();

let module: FilterModule;

beforeAll(async () => {
  module = await loadModule(PROBE_MODULE);
});

describe(`the Node host as Envoy ${recording.envoy}`, () => {
  it.each(CONFORMANCE_CASES.map((test) => [test.name, test] as const))("%s", (name, test) => {
    expect(runInNode(test, module)).toEqual(recording.cases[name]);
  });

  it("has a case for each record", () => {
    expect(Object.keys(recording.cases)).toEqual(CONFORMANCE_CASES.map(({ name }) => name));
  });
});
