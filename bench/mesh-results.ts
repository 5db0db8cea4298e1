/** What the measurements of waypoints in a mesh come to. */
import { WITHOUT_FILTERS } from "./mesh-cases.ts";
import type { Latency, MeshMeasured, MeshSettings } from "./mesh-measure.ts";
import { median, summarize, type Summary } from "./statistics.ts";

export interface MeshResults {
  settings: MeshSettings;
  cases: MeshMeasured[];
}

export interface MeshResult extends MeshMeasured {
  cost: Summary;
  /** What the case costs above a waypoint without filters in the same round, in microseconds. */
  increment: Summary;
  /** Requests a second that one CPU carries. */
  perCpu: number;
  /** Medians of the rounds. */
  latency: Latency;
}

/** In the order of cases, each with its numbers of workers. */
export function evaluateMesh({ cases }: MeshResults): MeshResult[] {
  const names = [...new Set(cases.map(({ name }) => name))];
  return names.flatMap((name) => cases.filter((one) => one.name === name)).map((one) => resultOf(one, cases));
}

function resultOf(one: MeshMeasured, all: readonly MeshMeasured[]): MeshResult {
  const below = all.find(({ name, workers }) => name === WITHOUT_FILTERS && workers === one.workers)?.costs ?? [];
  const cost = summarize(one.costs);
  const middle = (part: keyof Latency) => median(one.latencies.map((latency) => latency[part]));
  return {
    ...one,
    cost,
    increment: summarize(one.costs.map((value, round) => value - (below[round] ?? Number.NaN))),
    perCpu: 1_000_000 / cost.median,
    latency: { p50: middle("p50"), p90: middle("p90"), p99: middle("p99") },
  };
}
