import { expect, it } from "vitest";
import { growth, measure } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

/** In all: so many that the first tenth of each kind is enough to warm up. */
const STREAMS = 120_000;

it.each(WORKLOADS)("memory stays flat: $name", async (workload) => {
  expect(growth(await measure(workload, Math.ceil(STREAMS / WORKLOADS.length)))).toEqual([]);
});
