/** The results as text, and as tables for the documentation. */
import { summarize } from "../statistics.ts";
import * as table from "../text-table.ts";
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
  const { goals, settings } = report;
  return [
    `Operations a second of processor time: signature checks of 300 bytes, medians of ${settings.rounds} rounds (± spread)`,
    report.machine,
    report.versions,
    "",
    table.asText(ratesTable(report, withSpread)),
    ...(goals.length === 0 ? [] : ["", table.asText(goalsTable(report))]),
    ...absentLines(report),
  ].join("\n");
}

export function asMarkdown(report: Report): string {
  return [
    `${report.machine}; ${report.versions}; medians of ${report.settings.rounds} rounds.`,
    table.asMarkdown(ratesTable(report, rate)),
    table.asMarkdown(goalsTable(report)),
    ...absentLines(report),
  ].join("\n\n");
}

function goalsTable(report: Report): table.TextTable {
  const head = ["", "of", "against", "times as fast", "must", "goal", "verdict"];
  return { head, rows: report.goals.map(goalCells(report)) };
}

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

function ratesTable({ contenders, series }: Report, cell: (rates: readonly number[]) => string): table.TextTable {
  const head = ["", ...contenders.map(({ title }) => title)];
  const rows = series.map(({ title, rates }) => [title, ...contenders.map(({ name }) => cell(rates.get(name) ?? []))]);
  return { head, rows };
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
