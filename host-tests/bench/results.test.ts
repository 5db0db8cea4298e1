import { describe, expect, test } from "vitest";
import { evaluate, type Measured, type Results } from "../../bench/results.ts";
import { report } from "../../bench/report.ts";

const RIVALS = { cached: "native-cache-rs256", uncached: "native-rs256" };

function measured(name: string, costs: number[], memory?: number): Measured {
  return { name, title: `title of ${name}`, rivals: RIVALS, costs, memory };
}

/** The second round is a slow one, for all alike. */
const ALL = [
  measured("bare", [10, 20, 10], 64 * 1024 * 1024),
  measured("native-cache-rs256", [14, 24, 14]),
  measured("native-rs256", [40, 50, 40]),
  measured("jwt-auth-seen", [13, 23, 13], 80.5 * 1024 * 1024),
];

function resultsOf(cases: Measured[], quotable = true): Results {
  return {
    date: "2026-01-01T00:00:00.000Z",
    quotable,
    settings: { rounds: 3, seconds: 2, warmUp: true, connections: 8, loadGenerator: "wrk 4.1.0" },
    versions: { envoy: "1.40.0" },
    machine: { cpu: "some processor", cores: 2 },
    ...evaluate(cases),
  };
}

describe("evaluate", () => {
  const { cases, bars } = evaluate(ALL);
  const seen = cases.at(-1)!;

  test("counts above bare Envoy of the same round", () => {
    expect(seen.cost.median).toBe(13);
    expect(seen.increment).toEqual({ median: 3, spread: 0, min: 3, max: 3 });
  });

  test("divides by the increments of the native filter", () => {
    expect(seen.toCached.median).toBe(0.75);
    expect(seen.toUncached.median).toBe(0.1);
  });

  test("checks the goals of which both sides were measured", () => {
    expect(bars.map(({ of, than, verdict }) => [of, than, verdict])).toEqual([
      ["jwt-auth-seen", "native-cache-rs256", "pass"],
      ["jwt-auth-seen", "native-rs256", "pass"],
    ]);
  });

  test("has no ratio to what was not measured", () => {
    const [, alone] = evaluate([ALL[0]!, ALL[3]!]).cases;
    expect(alone!.toCached.median).toBeNaN();
  });
});

describe("report", () => {
  test("has a row for each case, and a line for each goal", () => {
    const text = report(resultsOf(ALL));
    expect(text).toContain("Envoy 1.40.0, wrk 4.1.0 with 8 connections, 2 × some processor");
    const row = text.split("\n").find((line) => line.includes("title of jwt-auth-seen"));
    expect(row?.split("│").map((cell) => cell.trim())).toEqual([
      "",
      "title of jwt-auth-seen",
      "13.00",
      "+3.00",
      "±0.00",
      "+3.00 … +3.00",
      "0.75",
      "0.10",
      "80.5",
      "",
    ]);
    expect(text).toContain("pass  jwt-auth-seen at most 1.5 × native-cache-rs256: 0.75 (0.75 … 0.75)");
    expect(text).not.toContain("not for quoting");
  });

  test("leaves cells empty for what was not measured", () => {
    const text = report(resultsOf([ALL[0]!, measured("noop", [11, 21, 11])]));
    const row = text.split("\n").find((line) => line.includes("title of noop"));
    expect(
      row
        ?.split("│")
        .slice(-4, -1)
        .map((cell) => cell.trim()),
    ).toEqual(["", "", ""]);
  });

  test("says that a quick run is not for quoting", () => {
    expect(report(resultsOf(ALL, false))).toContain("quick: not for quoting");
  });
});
