/** The results as text. */
import Table from "cli-table3";
import type { BarResult, CaseResult, Results } from "./results.ts";
import type { Summary } from "./statistics.ts";

const HEAD = ["", "CPU µs", "above bare", "spread", "min … max", "× native cache", "× native", "memory MiB"];
const MIB = 1024 * 1024;

export function report(results: Results): string {
  const { settings, versions, machine, cases, bars, quotable } = results;
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true }, colAligns: ALIGNS });
  table.push(...cases.map(row));
  return [
    `CPU of the Envoy process for each request; ${settings.rounds} rounds of ${settings.seconds} s, medians`,
    `Envoy ${versions["envoy"] ?? ""}, ${settings.loadGenerator} with ${settings.connections} connections, ` +
      `${machine["cores"] ?? ""} × ${machine["cpu"] ?? ""}`,
    "",
    table.toString(),
    ...(bars.length > 0 ? ["", ...bars.map(barLine)] : []),
    ...(quotable ? [] : ["", "quick: not for quoting"]),
  ].join("\n");
}

const ALIGNS: ("left" | "right")[] = HEAD.map((_, column) => (column === 0 ? "left" : "right"));

function row({ title, cost, increment, toCached, toUncached, memory }: CaseResult): string[] {
  return [
    title,
    number(cost.median),
    signed(increment.median),
    `±${number(increment.spread)}`,
    `${signed(increment.min)} … ${signed(increment.max)}`,
    ratio(toCached),
    ratio(toUncached),
    memory === undefined ? "" : (memory / MIB).toFixed(1),
  ];
}

function barLine({ of, than, factor, ratio: measured, verdict }: BarResult): string {
  const goal = `${of} at most ${factor} × ${than}`;
  return `${verdict.padEnd(4)}  ${goal}: ${ratio(measured)} (${number(measured.min)} … ${number(measured.max)})`;
}

function number(value: number): string {
  return value.toFixed(2);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${number(Math.abs(value))}`;
}

function ratio({ median }: Summary): string {
  return Number.isNaN(median) ? "" : number(median);
}
