/** The results as text, and as tables for the documentation. */
import Table from "cli-table3";
import { summarize } from "../statistics.ts";
import type { Absent, Contender } from "./contender.ts";
import type { GoalResult } from "./goals.ts";
import type { Series, Settings } from "./measure.ts";

export interface Report {
  settings: Settings;
  machine: string;
  versions: string;
  contenders: readonly Contender[];
  absent: readonly Absent[];
  series: readonly Series[];
  goals: readonly GoalResult[];
}

export function asText(report: Report): string {
  const { contenders, series, goals, settings } = report;
  return [
    `Operations a second of processor time: signature checks of 300 bytes, medians of ${settings.rounds} rounds (± spread)`,
    report.machine,
    report.versions,
    "",
    textTable(["", ...contenders.map(({ title }) => title)], rateRows(series, contenders, withSpread)),
    ...(goals.length === 0 ? [] : ["", textTable(GOAL_HEAD, goals.map(goalCells(report)))]),
    ...absentLines(report),
  ].join("\n");
}

export function asMarkdown(report: Report): string {
  const { contenders, series, goals, settings } = report;
  return [
    `${report.machine}; ${report.versions}; medians of ${settings.rounds} rounds.`,
    markdownTable(
      ["", ...contenders.map(({ title }) => title)],
      rateRows(series, contenders, (rates) => rate(rates)),
    ),
    markdownTable(GOAL_HEAD, goals.map(goalCells(report))),
    ...absentLines(report),
  ].join("\n\n");
}

const GOAL_HEAD = ["", "of", "against", "times as fast", "must", "goal", "verdict"];

function goalCells({ contenders, series }: Report): (goal: GoalResult) => string[] {
  const titleOf = (name: string) => contenders.find((contender) => contender.name === name)?.title ?? name;
  const caseOf = (name: string) => series.find((one) => one.name === name)?.title ?? name;
  return (result) => [
    caseOf(result.case),
    titleOf(result.of),
    titleOf(result.than),
    `${significant(result.ratio.median, 3)} ± ${significant(result.ratio.spread, 1)}`,
    result.must === undefined ? "" : String(result.must),
    String(result.goal),
    result.verdict,
  ];
}

function rateRows(
  series: readonly Series[],
  contenders: readonly Contender[],
  cell: (rates: readonly number[]) => string,
): string[][] {
  return series.map(({ title, rates }) => [title, ...contenders.map(({ name }) => cell(rates.get(name) ?? []))]);
}

function rate(rates: readonly number[]): string {
  return rates.length === 0 ? "" : Number(summarize(rates).median.toPrecision(3)).toLocaleString("en");
}

function withSpread(rates: readonly number[]): string {
  if (rates.length === 0) return "";
  const { median, spread } = summarize(rates);
  return `${rate(rates)} ±${((100 * spread) / median).toFixed(0)}%`;
}

function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** Nothing is left out without a word. */
function absentLines({ absent }: Report): string[] {
  return absent.map(({ title, reason }) => `not measured: ${title}: ${reason}`);
}

function textTable(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: true }, colAligns: aligned(head) });
  table.push(...rows);
  return table.toString();
}

function aligned(head: string[]): ("left" | "right")[] {
  return head.map((_, column) => (column === 0 ? "left" : "right"));
}

function markdownTable(head: string[], rows: string[][]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
