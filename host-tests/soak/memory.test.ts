import { expect, it } from "vitest";
import { growth, measure } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

/** Of the first workload, jwt-auth with tokens that it knows: all in one VM. */
const MANY = 100_000;

/** Of each other: so many that a tenth is enough to warm up. */
const ENOUGH = 20_000;

it.each(WORKLOADS.map((workload, index) => ({ workload, name: workload.name, streams: index === 0 ? MANY : ENOUGH })))(
  "memory stays flat over $streams streams: $name",
  async ({ workload, streams }) => {
    expect(growth(await measure(workload, streams))).toEqual([]);
  },
);
