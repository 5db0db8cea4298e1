/** The bounds against sums of the distribution, and against a normal one. */
import { describe, expect, it } from "vitest";
import { binomialBounds } from "./chance.ts";

describe("bounds of a binomial distribution", () => {
  it("leave out one in a million, and would leave out more if they were closer", () => {
    const { least, most } = binomialBounds(1000, 0.1);
    const inside = (from: number, to: number) => sum(1000, 0.1, from, to);
    expect(1 - inside(least, most)).toBeLessThanOrEqual(1e-6);
    expect(inside(0, least)).toBeGreaterThan(0.5e-6);
    expect(inside(most, 1000)).toBeGreaterThan(0.5e-6);
  });

  it("are about five standard deviations away", () => {
    // Of 1000 with 0.1: 100 and 9.5 a deviation.
    expect(binomialBounds(1000, 0.1)).toEqual({ least: 57, most: 149 });
  });

  it("are the same for failures", () => {
    const { least, most } = binomialBounds(300, 0.25);
    expect(binomialBounds(300, 0.75)).toEqual({ least: 300 - most, most: 300 - least });
  });
});

/** P(from ≤ X ≤ to), each term by logarithms of factorials. */
function sum(trials: number, probability: number, from: number, to: number): number {
  const log = [0];
  for (let n = 1; n <= trials; n += 1) log.push(log[n - 1]! + Math.log(n));
  let total = 0;
  for (let k = from; k <= to; k += 1) {
    const choose = log[trials]! - log[k]! - log[trials - k]!;
    total += Math.exp(choose + k * Math.log(probability) + (trials - k) * Math.log(1 - probability));
  }
  return total;
}
