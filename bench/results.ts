/** What a run comes to. */
import { BARE } from "./cases.ts";
import type { Settings } from "./measure.ts";
import { compare, ratios, summarize, type Summary, type Verdict } from "./statistics.ts";

/** What was measured of one case. */
export interface Measured {
  name: string;
  title: string;
  /** The native filter that does the same work, with its cache and without; undefined when it was not measured. */
  rivals: { cached: string; uncached: string };
  /** CPU time of the Envoy process for each request, in microseconds, one a round. */
  costs: number[];
  /** Resident memory of an Envoy with this case alone, in bytes; undefined: not measured. */
  memory: number | undefined;
}

export interface CaseResult extends Measured {
  cost: Summary;
  /** What the case costs above bare Envoy in the same round, in microseconds. */
  increment: Summary;
  /** The increment in those of the native filter. NaN: not measured, or no measurable increment. */
  toCached: Summary;
  toUncached: Summary;
}

/** The goal that the increment of one case is at most `factor` times that of another. */
export interface Bar {
  of: string;
  than: string;
  factor: number;
}

export interface BarResult extends Bar {
  ratio: Summary;
  verdict: Verdict;
}

export interface Results {
  date: string;
  /** False for a quick run: it is not for quoting. */
  quotable: boolean;
  settings: Settings & { loadGenerator: string };
  versions: Record<string, string>;
  machine: Record<string, string | number>;
  cases: CaseResult[];
  bars: BarResult[];
}

const BARS: readonly Bar[] = [
  { of: "jwt-auth-seen", than: "native-cache-rs256", factor: 1.5 },
  { of: "jwt-auth-seen", than: "native-rs256", factor: 0.2 },
  { of: "jwt-auth-rs256", than: "native-rs256", factor: 1.2 },
];

/** Increments, ratios and bars, all computed round by round. */
export function evaluate(measured: readonly Measured[]): { cases: CaseResult[]; bars: BarResult[] } {
  const bare = measured.find(({ name }) => name === BARE)?.costs ?? [];
  const increments = new Map(
    measured.map(({ name, costs }) => [name, costs.map((cost, round) => cost - (bare[round] ?? Number.NaN))]),
  );
  const of = (name: string) => increments.get(name) ?? [];

  const cases = measured.map((one) => ({
    ...one,
    cost: summarize(one.costs),
    increment: summarize(of(one.name)),
    toCached: ratios(of(one.name), of(one.rivals.cached)),
    toUncached: ratios(of(one.name), of(one.rivals.uncached)),
  }));
  const bars = BARS.filter((bar) => increments.has(bar.of) && increments.has(bar.than)).map((bar) => ({
    ...bar,
    ratio: ratios(of(bar.of), of(bar.than)),
    verdict: compare(of(bar.of), of(bar.than), bar.factor),
  }));
  return { cases, bars };
}
