/** The few statistics that the bench reports. */

/** What a series of measurements comes to, in its own unit. */
export interface Summary {
  median: number;
  /** Median absolute deviation from the median: half of the measurements are closer to it than that. */
  spread: number;
  min: number;
  max: number;
}

/** NaN for an empty series. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The smallest value that so many of them (0 to 1) do not exceed; NaN for an empty series. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN;
}

export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  return {
    median: middle,
    spread: median(values.map((value) => Math.abs(value - middle))),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/**
 * `left` against `right`, measurement by measurement: those of one round were made under the same conditions. A pair
 * where `right` is not above zero has no ratio; without any, the median is NaN.
 */
export function ratios(left: readonly number[], right: readonly number[]): Summary {
  return summarize(pairs(left, right).flatMap(([a, b]) => (b > 0 ? [a / b] : [])));
}

/** How a measurement stands to its limit. `tie`: the gap between them is smaller than its own spread. */
export type Verdict = "met" | "tie" | "missed";

/** Whether `left` is at most `factor` times `right`. */
export function compare(left: readonly number[], right: readonly number[], factor: number): Verdict {
  const gap = summarize(pairs(left, right).map(([a, b]) => a - factor * b));
  if (Math.abs(gap.median) < gap.spread) return "tie";
  return gap.median <= 0 ? "met" : "missed";
}

function pairs(left: readonly number[], right: readonly number[]): [number, number][] {
  return left.slice(0, right.length).map((a, index) => [a, right[index] ?? Number.NaN]);
}
