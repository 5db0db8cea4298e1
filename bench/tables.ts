/** The tables of a run, for the terminal and for the documentation alike. */
import { BARE, type AbsentCase } from "./case.ts";
import type { BarResult, CaseResult, GroupResult, Results, SizeResult } from "./results.ts";
import type { Summary } from "./statistics.ts";
import type { TextTable } from "./text-table.ts";

const MIB = 1024 * 1024;
const KIB = 1024;

const COSTS = ["filter", "CPU µs", "above bare", "spread", "min … max"];

/** Filters beside each other: a row for each case. */
export function filtersTable(group: GroupResult): TextTable {
  return costsTable(group, ["× native cache", "× native", "memory MiB"]);
}

/** Metrics: a row for each case, beside the Rust SDK's filter and Envoy's. */
export function metricsTable(group: GroupResult): TextTable {
  return costsTable(group, ["× Rust SDK", "× native", "memory MiB"]);
}

/** Policies and routes: a row for each case, beside Envoy's own way to do the same. */
export function policiesTable(group: GroupResult): TextTable {
  return costsTable(group, ["× native"]);
}

/** @param more headings of the columns of `filterRow` behind the costs */
function costsTable({ cases, absent }: GroupResult, more: readonly string[]): TextTable {
  const head = [...COSTS, ...more];
  const rows = [...cases.map(filterRow), ...absent.map(absentRow)];
  return { head, rows: rows.map((row) => head.map((_, column) => row[column] ?? "")) };
}

function absentRow({ title, reason }: AbsentCase): string[] {
  return [`${title}: not measured, ${reason}`];
}

function filterRow({ name, title, cost, increment, ratios, memory }: CaseResult): string[] {
  const above =
    name === BARE
      ? ["", "", "", "", ""]
      : [
          signed(increment.median),
          `±${decimal(increment.spread)}`,
          `${signed(increment.min)} … ${signed(increment.max)}`,
          ...ratios.map(ratio),
        ];
  return [title, decimal(cost.median), ...above, memory === undefined ? "" : inMib(memory)];
}

/** Algorithms: a row for each, with what native jwt_authn and jwt-auth add to a request. */
export function algorithmsTable({ cases, bars }: GroupResult): TextTable {
  const head = ["algorithm", "native", "jwt-auth", "spread", "× native", "min … max", "goal", ""];
  const byName = new Map(cases.map((one) => [one.name, one]));
  const rows = cases
    .filter(({ rivals }) => rivals.length > 0)
    .map(({ name, title, increment, rivals, ratios: [ratioToNative] }) => {
      const native = byName.get(rivals[0] ?? "");
      const bar = bars.find(({ of }) => of === name);
      return [
        title,
        native === undefined ? "" : signed(native.increment.median),
        signed(increment.median),
        `±${decimal(increment.spread)}`,
        ...(ratioToNative === undefined ? ["", ""] : [ratio(ratioToNative), range(ratioToNative)]),
        ...goalCells(bar),
      ];
    });
  return { head, rows };
}

function goalCells(bar: BarResult | undefined): string[] {
  return bar === undefined || !("than" in bar) ? ["", ""] : [`≤ ${bar.factor}`, bar.verdict ?? ""];
}

/** Whether goals are met: a row for each. */
export function goalsTable({ groups, sizes }: Results): TextTable {
  const head = ["goal", "measured", ""];
  return { head, rows: [...groups.flatMap(({ bars }) => bars.map(barRow)), ...sizes.map(sizeRow)] };
}

function barRow(bar: BarResult): string[] {
  const { measured, verdict } = bar;
  const limit =
    "than" in bar ? `${Number(bar.factor.toFixed(2))} × ${bar.than}` : `${bar.microseconds} µs above bare Envoy`;
  const middle = Number.isNaN(measured.median) ? "" : `${ratio(measured)} (${range(measured)})`;
  return [`${bar.of} at most ${limit}`, middle, verdict ?? "not measured"];
}

function sizeRow({ module, bytes, limit }: SizeResult): string[] {
  const inKib = (size: number) => `${(size / KIB).toFixed(size % KIB === 0 ? 0 : 1)} KiB`;
  return [`${module}.wasm at most ${inKib(limit)}`, inKib(bytes), bytes <= limit ? "met" : "missed"];
}

/** @param bytes  of memory */
export function inMib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

export function decimal(value: number): string {
  return value.toFixed(2);
}

export function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${decimal(Math.abs(value))}`;
}

function ratio({ median }: Summary): string {
  return Number.isNaN(median) ? "" : decimal(median);
}

function range({ median, min, max }: Summary): string {
  return Number.isNaN(median) ? "" : `${decimal(min)} … ${decimal(max)}`;
}
