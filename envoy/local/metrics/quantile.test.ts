import { describe, expect, it } from "vitest";
import { histogramQuantile, type Bucket } from "./quantile.ts";

/** Buckets of `{ bound: cumulative count }`. */
function buckets(counts: Record<string, number>): Bucket[] {
  return Object.entries(counts).map(([bound, count]) => ({ bound: Number(bound), count }));
}

const EVEN = buckets({ 1: 10, 2: 20, 4: 30, Infinity: 40 });

describe("a quantile lies within its bucket as if observations were spread evenly", () => {
  it.each([
    [0, 0],
    [0.125, 0.5],
    [0.25, 1],
    [0.3, 1.2],
    [0.5, 2],
    [0.625, 3],
    [0.75, 4],
  ])("quantile %d is %d", (quantile, expected) => {
    expect(histogramQuantile(quantile, EVEN)).toBeCloseTo(expected, 10);
  });
});

it("is the lower bound of the last bucket, which has no upper one", () => {
  expect(histogramQuantile(0.99, EVEN)).toBe(4);
  expect(histogramQuantile(1, EVEN)).toBe(4);
});

it("needs no order", () => {
  expect(histogramQuantile(0.3, EVEN.toReversed())).toBeCloseTo(1.2, 10);
});

it("passes over empty buckets", () => {
  expect(histogramQuantile(0.5, buckets({ 1: 0, 2: 0, 4: 8, 8: 8, Infinity: 8 }))).toBe(3);
});

it("is unknown without observations, without a last bucket, and with nothing but it", () => {
  expect(histogramQuantile(0.5, [])).toBeNaN();
  expect(histogramQuantile(0.5, buckets({ 1: 0, Infinity: 0 }))).toBeNaN();
  expect(histogramQuantile(0.5, buckets({ 1: 5, 2: 6 }))).toBeNaN();
  expect(histogramQuantile(0.5, buckets({ Infinity: 5 }))).toBeNaN();
});

it("is the bound of a first bucket that reaches below 0", () => {
  expect(histogramQuantile(0.1, buckets({ 0: 5, 1: 10, Infinity: 10 }))).toBe(0);
});

it("holds up counts that fall from one bucket to the next", () => {
  expect(histogramQuantile(0.5, buckets({ 1: 10, 2: 8, 4: 20, Infinity: 20 }))).toBe(1);
});
