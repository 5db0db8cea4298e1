import { expect, it } from "vitest";
import { growth, measure } from "./measure.ts";
import { METRICS_WORKLOAD } from "./metrics-workload.ts";
import type { Workload } from "./workload.ts";
import { WORKLOADS } from "./workloads.ts";

/** Of jwt-auth with tokens that it knows and of l7-metrics: all in one VM. */
const MANY = 100_000;
const LONG: readonly Workload[] = [...WORKLOADS.slice(0, 1), METRICS_WORKLOAD];

/** Of each other: so many that a tenth is enough to warm up. */
const ENOUGH = 20_000;

/** Milliseconds, on a machine that does much else. */
const LONGEST = 300_000;

const runs = WORKLOADS.map((workload) => ({
  workload,
  name: workload.name,
  streams: LONG.includes(workload) ? MANY : ENOUGH,
}));

it.each(runs)(
  "memory and metrics stay flat over $streams streams: $name",
  { timeout: LONGEST },
  async ({ workload, streams }) => {
    expect(growth(await measure(workload, streams))).toEqual([]);
  },
);
