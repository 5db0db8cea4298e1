/** Quantiles of histograms. */

/** How many observations were at most `bound`; the last one's bound is Infinity. */
export interface Bucket {
  bound: number;
  count: number;
}

/**
 * A quantile, as PromQL's `histogram_quantile` has it (Prometheus, promql/quantile.go): within the bucket it falls into,
 * observations count as evenly spread; in the last one it is the bucket's lower bound; NaN: no observations.
 *
 * @param quantile  0 to 1
 * @param buckets   in any order
 */
export function histogramQuantile(quantile: number, buckets: readonly Bucket[]): number {
  const sorted = inOrder(buckets);
  const total = sorted.at(-1);
  if (sorted.length < 2 || total?.bound !== Infinity || total.count === 0) return NaN;
  const rank = quantile * total.count;
  const index = sorted.findIndex(({ count }, position) => count >= rank || position === sorted.length - 1);
  const below = sorted[index - 1] ?? { bound: 0, count: 0 };
  const bucket = sorted[index] ?? total;
  if (bucket === total) return below.bound;
  // Of a first bucket that reaches below 0 nobody knows the lower bound.
  if (index === 0 && bucket.bound <= 0) return bucket.bound;
  const share = (rank - below.count) / (bucket.count - below.count);
  return below.bound + (bucket.bound - below.bound) * share;
}

/** Sorted by bound. Buckets are read one after the other while requests end, so that counts can fall; they are held up. */
function inOrder(buckets: readonly Bucket[]): Bucket[] {
  let highest = 0;
  return buckets
    .toSorted((a, b) => a.bound - b.bound)
    .map(({ bound, count }) => ({ bound, count: (highest = Math.max(highest, count)) }));
}
