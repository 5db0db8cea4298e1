import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, TokenFactory } from "../../bench/tokens.ts";
import { benchGroups } from "../../bench/cases.ts";
import { PAGE, withResults } from "../../bench/page.ts";
import { report } from "../../bench/report.ts";
import { evaluate, type Measured, type Results } from "../../bench/results.ts";
import type { RustFilter } from "../../bench/rust.ts";
import { filtersTable } from "../../bench/tables.ts";

const SETTINGS = { rounds: 3, seconds: 2, warmUp: true, connections: 8 };
const RIVALS = ["native-cache", "native"];

function measured(name: string, costs: number[], more: Partial<Measured> = {}): Measured {
  return { name, title: `title of ${name}`, rivals: RIVALS, costs, memory: undefined, ...more };
}

/** The second round is a slow one, for all alike. */
const BARE = measured("bare", [10, 20, 10], { memory: 64 * 1024 * 1024 });
const SEEN = measured("jwt-auth-seen", [13, 23, 13], { memory: 80.5 * 1024 * 1024 });
const FILTERS = [BARE, measured("native-cache", [14, 24, 14]), measured("native", [40, 50, 40]), SEEN];
const COUNTING = measured("l7-metrics", [19, 29, 19]);
const METRICS = [BARE, measured("header-rust", [20, 30, 20]), COUNTING];
const NO_RUST = { name: "header-rust", title: "title of header-rust", reason: "there is no cargo on the PATH" };
const ALGORITHMS_MEASURED = [
  BARE,
  measured("native-es384", [410, 420, 410], { rivals: [] }),
  measured("jwt-auth-es384", [110, 120, 110], { rivals: ["native-es384"], title: "ES384" }),
  measured("native-es512", [810, 820, 810], { rivals: [] }),
  measured("jwt-auth-es512", [910, 920, 910], { rivals: ["native-es512"], title: "ES512" }),
];

function results(quotable = true): Results {
  return {
    date: "2026-01-01T00:00:00.000Z",
    quotable,
    loadGenerator: "wrk 4.1.0",
    versions: { envoy: "1.40.0" },
    machine: { cpu: "some processor", cores: 2 },
    groups: [
      { ...evaluate("filters", FILTERS), settings: SETTINGS },
      { ...evaluate("metrics", [BARE, COUNTING], [NO_RUST]), settings: SETTINGS },
      { ...evaluate("algorithms", ALGORITHMS_MEASURED), settings: SETTINGS },
    ],
    sizes: [{ module: "jwt-auth", bytes: 150.5 * 1024, limit: 200 * 1024 }],
  };
}

/** The cells of the row that begins with `first`. */
function rowOf(text: string, first: string, border: string): string[] | undefined {
  const rows = text.split("\n").map((line) => line.split(border).map((cell) => cell.trim()));
  return rows.find(([, cell]) => cell === first)?.slice(1, -1);
}

describe("evaluate", () => {
  const { cases, bars } = evaluate("filters", FILTERS);
  const seen = cases.at(-1)!;

  test("counts above bare Envoy of the same round", () => {
    expect(seen.cost.median).toBe(13);
    expect(seen.increment).toEqual({ median: 3, spread: 0, min: 3, max: 3 });
  });

  test("divides by the increments of rivals", () => {
    expect(seen.ratios.map(({ median }) => median)).toEqual([0.75, 0.1]);
  });

  test("checks the goals of which both sides were measured", () => {
    expect(bars).toMatchObject([
      { of: "jwt-auth-seen", than: "native-cache", measured: { median: 0.75 }, verdict: "met" },
      { of: "jwt-auth-seen", than: "native", measured: { median: 0.1 }, verdict: "met" },
    ]);
    const [goal, ...others] = evaluate("algorithms", ALGORITHMS_MEASURED).bars;
    expect(goal).toMatchObject({ of: "jwt-auth-es384", than: "native-es384", factor: 0.4, verdict: "met" });
    expect(others).toEqual([]);
  });

  test("checks what a case may cost above bare Envoy", () => {
    const [costs, ratio] = evaluate("metrics", METRICS).bars;
    expect(costs).toMatchObject({ of: "l7-metrics", microseconds: 8, measured: { median: 9 }, verdict: "missed" });
    expect(ratio).toMatchObject({ than: "header-rust", measured: { median: 0.9 }, verdict: "met" });
  });

  test("has no verdict where one side cannot be measured here", () => {
    const [, ratio] = evaluate("metrics", [BARE, COUNTING], [NO_RUST]).bars;
    expect(ratio).toMatchObject({ than: "header-rust", verdict: undefined });
  });

  test("has no ratio to what was not measured", () => {
    const [, alone] = evaluate("filters", [BARE, SEEN]).cases;
    expect(alone!.ratios.map(({ median }) => median)).toEqual([NaN, NaN]);
  });
});

describe("report", () => {
  test("has a row for each filter, algorithm and goal", () => {
    const text = report(results());
    expect(text).toContain("Envoy 1.40.0, wrk 4.1.0, 2 × some processor");
    expect(text).toContain("one token again and again: 3 rounds of 2 s with 8 connections");
    expect(rowOf(text, "title of jwt-auth-seen", "│")?.slice(1)).toEqual([
      "13.00",
      "+3.00",
      "±0.00",
      "+3.00 … +3.00",
      "0.75",
      "0.10",
      "80.5",
    ]);
    expect(rowOf(text, "ES384", "│")?.slice(1)).toEqual([
      "+400.00",
      "+100.00",
      "±0.00",
      "0.25",
      "0.25 … 0.25",
      "≤ 0.4",
      "met",
    ]);
    expect(rowOf(text, "ES512", "│")?.slice(1)).toEqual(["+800.00", "+900.00", "±0.00", "1.13", "1.13 … 1.13", "", ""]);
    expect(rowOf(text, "jwt-auth-seen at most 1.5 × native-cache", "│")?.slice(1)).toEqual([
      "0.75 (0.75 … 0.75)",
      "met",
    ]);
    expect(rowOf(text, "jwt-auth.wasm at most 200 KiB", "│")?.slice(1)).toEqual(["150.5 KiB", "met"]);
    expect(text).not.toContain("not for quoting");
  });

  test("says what cannot be measured here, and why", () => {
    const text = report(results());
    const row = rowOf(text, "title of header-rust: not measured, there is no cargo on the PATH", "│");
    expect(row?.slice(1).join("")).toBe("");
    expect(rowOf(text, "l7-metrics at most 1 × header-rust", "│")?.at(-1)).toBe("not measured");
    expect(rowOf(text, "l7-metrics at most 8 µs above bare Envoy", "│")?.slice(1)).toEqual([
      "9.00 (9.00 … 9.00)",
      "missed",
    ]);
  });

  test("leaves cells empty for what was not measured", () => {
    const table = filtersTable({ ...evaluate("filters", [BARE, measured("noop", [11, 21, 11])]), settings: SETTINGS });
    expect(table.rows.at(-1)?.slice(-3)).toEqual(["", "", ""]);
  });

  test("says which run is not for quoting", () => {
    expect(report(results(false))).toContain("not for quoting");
  });
});

describe("the page", () => {
  const page = readFileSync(PAGE, "utf8");

  test("gets the tables, and is otherwise as it was", async () => {
    const written = await withResults(page, results());
    expect(rowOf(written, "title of jwt-auth-seen", "|")?.[2]).toBe("+3.00");
    expect(rowOf(written, "ES384", "|")?.at(-1)).toBe("met");
    const [before = "", after = ""] = page.split(/<!-- results:[^]*<!-- end of results -->/);
    expect(written.startsWith(before)).toBe(true);
    expect(written.endsWith(after)).toBe(true);
  });

  test("is the same when the same is written again", async () => {
    const once = await withResults(page, results());
    expect(await withResults(once, results())).toBe(once);
  });

  test("must have a place for them", async () => {
    await expect(withResults("# Performance", results())).rejects.toThrow("the page has no <!-- results");
  });
});

describe("the cases", () => {
  test("are every algorithm twice, each with more tokens than a cache holds, no two alike", () => {
    const algorithms = benchGroups(NO_RUST, ["HS256"]).find(({ name }) => name === "algorithms");
    expect(algorithms?.cases.map(({ name }) => name)).toEqual(["bare", "native-hs256", "jwt-auth-hs256"]);
    const tokens = algorithms?.cases.at(-1)?.tokens ?? [];
    expect(tokens.length).toBeGreaterThan(1024);
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  test("of the Rust SDK are there when its filter could be built", () => {
    const of = (rust: RustFilter) =>
      benchGroups(rust, [])
        .filter(({ cases, absent }) => [...cases, ...absent].some(({ name }) => name === "header-rust"))
        .map(({ name, absent }) => [name, absent.map(({ reason }) => reason)]);
    expect(of({ file: "header_filter.wasm" })).toEqual([
      ["filters", []],
      ["metrics", []],
    ]);
    expect(of(NO_RUST)).toEqual([
      ["filters", [NO_RUST.reason]],
      ["metrics", [NO_RUST.reason]],
    ]);
  });

  test("of 1000 series send 1000 paths, and have an operation for each", () => {
    const metrics = benchGroups(NO_RUST, []).find(({ name }) => name === "metrics");
    const many = metrics?.cases.filter(({ leaves }) => leaves !== undefined) ?? [];
    expect(many.map(({ name }) => name)).toEqual(["l7-metrics-series-1000", "pipeline-metrics-1000"]);
    for (const { paths, leaves } of many) {
      expect(new Set(paths).size).toBe(1000);
      expect(leaves?.count).toBe(1000);
    }
  });

  test("have tokens of about one size, whatever the signature's", () => {
    const factory = new TokenFactory();
    for (const algorithm of ALGORITHMS) {
      const [token = ""] = factory.make(algorithm);
      expect(token.length).toBeGreaterThanOrEqual(900);
      expect(token.length).toBeLessThan(920);
    }
  });
});
