/** What a run comes to. */
import { BARE, HEADER_RUST, NATIVE, NATIVE_CACHE, type AbsentCase, type BenchGroup } from "./case.ts";
import { namesOf } from "./cases.ts";
import type { Settings } from "./measure.ts";
import type { MeshResults } from "./mesh-results.ts";
import { compare, ratios, summarize, type Summary, type Verdict } from "./statistics.ts";
import type { BenchAlgorithm } from "./tokens.ts";

/** What was measured of one case. */
export interface Measured {
  name: string;
  title: string;
  /** Names of the cases that do the same work. */
  rivals: readonly string[];
  /** CPU time of the Envoy process for each request, in microseconds, one a round. */
  costs: number[];
  /** Resident memory of an Envoy with this case alone, in bytes; undefined: not measured. */
  memory: number | undefined;
}

export interface CaseResult extends Measured {
  cost: Summary;
  /** What the case costs above bare Envoy in the same round, in microseconds. */
  increment: Summary;
  /** The increment in those of each rival. NaN: not measured, or no measurable increment. */
  ratios: Summary[];
}

/** The goal that the increment of one case is at most `factor` times that of another. */
export interface RatioBar {
  of: string;
  than: string;
  factor: number;
}

/** The goal that a case costs at most so much above bare Envoy. */
export interface CostBar {
  of: string;
  microseconds: number;
}

export type Bar = RatioBar | CostBar;

/** `measured`: the ratio, or the increment in microseconds. No verdict: one side could not be measured here. */
export type BarResult = Bar & { measured: Summary; verdict: Verdict | undefined };

/** The cases of one Envoy. */
export interface GroupResult {
  name: BenchGroup["name"];
  settings: Settings;
  cases: CaseResult[];
  absent: readonly AbsentCase[];
  bars: BarResult[];
}

/** The goal that a module has at most so many bytes. */
export interface SizeResult {
  module: string;
  bytes: number;
  limit: number;
}

export interface Results {
  date: string;
  /** False for a run that was quick, or had only some of the cases: it is not for quoting. */
  quotable: boolean;
  loadGenerator: string;
  versions: Record<string, string>;
  machine: Record<string, string | number>;
  groups: GroupResult[];
  /** Waypoints in a mesh; absent: none was asked for, or the run is older than they are. */
  mesh?: MeshResults;
  sizes: SizeResult[];
}

/** Algorithms whose cost has a goal: how much of native jwt_authn's. */
const GOALS: Partial<Record<BenchAlgorithm, number>> = { RS256: 1.2, ES256: 0.8, ES384: 0.4, EdDSA: 0.6 };
export const ALGORITHMS_WITH_GOAL = Object.keys(GOALS) as BenchAlgorithm[];

const BARS: Record<BenchGroup["name"], readonly Bar[]> = {
  filters: [
    { of: "jwt-auth-seen", than: NATIVE_CACHE, factor: 1.5 },
    { of: "jwt-auth-seen", than: NATIVE, factor: 0.2 },
  ],
  policies: [
    { of: "authz-10", than: "native-rbac-10", factor: 2 },
    { of: "authz-callers", than: "native-rbac-callers", factor: 2 },
    { of: "pipeline", than: NATIVE, factor: 1 / 3 },
  ],
  metrics: [
    { of: "l7-metrics", microseconds: 8 },
    { of: "l7-metrics", than: HEADER_RUST, factor: 1 },
    { of: "pipeline-metrics", than: NATIVE, factor: 1 / 2 },
  ],
  algorithms: ALGORITHMS_WITH_GOAL.map((algorithm) => {
    const { ours, native } = namesOf(algorithm);
    return { of: ours, than: native, factor: GOALS[algorithm] ?? Number.NaN };
  }),
};

/** Modules whose size has a limit, in bytes. */
export const SIZE_LIMITS = { "jwt-auth": 200 * 1024, "l7-metrics": 150 * 1024, waypoint: 350 * 1024 };

/** Increments, ratios and bars, all computed round by round. */
export function evaluate(
  group: BenchGroup["name"],
  measured: readonly Measured[],
  absent: readonly AbsentCase[] = [],
): Omit<GroupResult, "settings"> {
  const bare = measured.find(({ name }) => name === BARE)?.costs ?? [];
  const increments = new Map(
    measured.map(({ name, costs }) => [name, costs.map((cost, round) => cost - (bare[round] ?? Number.NaN))]),
  );
  const of = (name: string) => increments.get(name) ?? [];

  const cases = measured.map((one) => ({
    ...one,
    cost: summarize(one.costs),
    increment: summarize(of(one.name)),
    ratios: one.rivals.map((rival) => ratios(of(one.name), of(rival))),
  }));
  const isKnown = (name: string) => increments.has(name) || absent.some((one) => one.name === name);
  const bars = BARS[group]
    .filter((bar) => isKnown(bar.of) && (!("than" in bar) || isKnown(bar.than)))
    .map((bar) => judged(bar, of));
  return { name: group, cases, absent, bars };
}

/** @param increments of a case by its name; none when it was not measured */
function judged(bar: Bar, increments: (name: string) => readonly number[]): BarResult {
  const left = increments(bar.of);
  if ("microseconds" in bar) {
    const limit = left.map(() => bar.microseconds);
    return { ...bar, measured: summarize(left), verdict: compare(left, limit, 1) };
  }
  const right = increments(bar.than);
  const verdict = left.length > 0 && right.length > 0 ? compare(left, right, bar.factor) : undefined;
  return { ...bar, measured: ratios(left, right), verdict };
}
