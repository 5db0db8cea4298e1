import { describe, expect, test } from "vitest";
import { rotated } from "../../bench/rounds.ts";
import { compare, median, ratios, summarize } from "../../bench/statistics.ts";

describe("median", () => {
  test("of an odd number of values is the middle one", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  test("of an even number is between the two in the middle", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test("of nothing is not a number", () => {
    expect(median([])).toBeNaN();
  });

  test("leaves its input alone", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

test("the spread is the median distance from the median, which one outlier does not move", () => {
  expect(summarize([10, 11, 12, 13, 100])).toEqual({ median: 12, spread: 1, min: 10, max: 100 });
});

describe("ratios", () => {
  test("are taken round by round, so that a slow round changes none", () => {
    expect(ratios([2, 20, 4], [4, 40, 8])).toEqual({ median: 0.5, spread: 0, min: 0.5, max: 0.5 });
  });

  test("leave out rounds without a positive divisor", () => {
    expect(ratios([1, 1, 1], [2, 0, -1]).median).toBe(0.5);
  });

  test("to what was not measured are not a number", () => {
    expect(ratios([1, 2], []).median).toBeNaN();
  });
});

describe("compare", () => {
  const rival = [10, 10, 10, 10, 10];

  test("below the limit the goal is met", () => {
    expect(compare([8, 8.1, 8.2, 7.9, 8], rival, 1)).toBe("met");
  });

  test("at the limit too", () => {
    expect(compare(rival, rival, 1)).toBe("met");
  });

  test("above the limit it is missed", () => {
    expect(compare([12, 12.1, 12.2, 11.9, 12], rival, 1)).toBe("missed");
    expect(compare([12, 12.1, 12.2, 11.9, 12], rival, 1.5)).toBe("met");
  });

  test("a gap smaller than its spread is a tie, on either side", () => {
    expect(compare([8, 9, 10.5, 12, 13], rival, 1)).toBe("tie");
    expect(compare([7, 8, 9.5, 11, 12], rival, 1)).toBe("tie");
  });

  test("a round that was slow for both does not blur the gap", () => {
    expect(compare([5, 50, 5], [10, 100, 10], 0.6)).toBe("met");
  });
});

describe("rotated", () => {
  test("begins each round with the next item and keeps all of them", () => {
    const items = ["a", "b", "c"];
    expect([0, 1, 2, 3].map((round) => rotated(items, round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
  });

  test("of nothing is nothing", () => {
    expect(rotated([], 3)).toEqual([]);
  });
});
