/** The Node host does what a real Envoy did, case by case. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModule, type FilterModule } from "../index.ts";
import type { ConformanceRecord } from "./case.ts";
import { CONFORMANCE_CASES } from "./cases.ts";
import { runInNode } from "./node.ts";

const RECORDED = JSON.parse(readFileSync(new URL("recorded.json", import.meta.url), "utf8")) as Record<
  string,
  ConformanceRecord
>;

let module: FilterModule;

beforeAll(async () => {
  module = await loadModule(process.env["PROBE"] ?? "build/test/host-probe.wasm");
});

describe("as Envoy 1.40", () => {
  it.each(CONFORMANCE_CASES.map((test) => [test.name, test] as const))("%s", (name, test) => {
    expect(runInNode(test, module)).toEqual(RECORDED[name]);
  });
});
