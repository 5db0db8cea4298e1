/** How far chance may go: bounds for counts of what happens to each of many requests by itself. */

/** A demo that finds a fault where there is none does so once in so many times. */
const ONCE_IN = 1_000_000;

/** Counts from `least` to `most`. */
export interface Bounds {
  least: number;
  most: number;
}

/**
 * Bounds of a binomial distribution: `trials`, each a success with `probability`. The count of successes lies below them with half
 * of one in a million at most, and above them as well.
 */
export function binomialBounds(trials: number, probability: number): Bounds {
  const tail = 1 / ONCE_IN / 2;
  return { least: quantile(trials, probability, tail), most: trials - quantile(trials, 1 - probability, tail) };
}

/** The greatest count that as many as `tail` at most lie below. */
function quantile(trials: number, probability: number, tail: number): number {
  // The logarithm of P(0), then of P(k + 1) from P(k): the first ones are too small for a number.
  let likelihood = trials * Math.log1p(-probability);
  let below = 0;
  for (let count = 0; count < trials; count += 1) {
    below += Math.exp(likelihood);
    if (below > tail) return count;
    likelihood += Math.log(((trials - count) / (count + 1)) * (probability / (1 - probability)));
  }
  return trials;
}
