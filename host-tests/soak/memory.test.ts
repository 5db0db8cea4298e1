import { expect, it } from "vitest";
import { growth, measure } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

/** In all. */
const STREAMS = 100_000;

it.each(WORKLOADS)("memory stays flat: $name", async (workload) => {
  expect(growth(await measure(workload, Math.ceil(STREAMS / WORKLOADS.length)))).toEqual([]);
});
