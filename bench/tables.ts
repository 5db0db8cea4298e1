/** The tables of a run, for the terminal and for the documentation alike. */
import { BARE } from "./case.ts";
import type { BarResult, CaseResult, GroupResult, Results, SizeResult } from "./results.ts";
import type { Summary } from "./statistics.ts";
import type { TextTable } from "./text-table.ts";

const MIB = 1024 * 1024;
const KIB = 1024;

/** Filters beside each other: a row for each case. */
export function filtersTable({ cases }: GroupResult): TextTable {
  const head = ["filter", "CPU µs", "above bare", "spread", "min … max", "× native cache", "× native", "memory MiB"];
  return { head, rows: cases.map(filterRow) };
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
  return [title, decimal(cost.median), ...above, memory === undefined ? "" : (memory / MIB).toFixed(1)];
}

/** Policies and routes: a row for each case, beside Envoy's own way to do the same. */
export function policiesTable({ cases }: GroupResult): TextTable {
  const head = ["filter", "CPU µs", "above bare", "spread", "min … max", "× native"];
  return { head, rows: cases.map((one) => filterRow(one).slice(0, head.length)) };
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
        ...(bar === undefined ? ["", ""] : [`≤ ${bar.factor}`, bar.verdict]),
      ];
    });
  return { head, rows };
}

/** Whether goals are met: a row for each. */
export function goalsTable({ groups, sizes }: Results): TextTable {
  const head = ["goal", "measured", ""];
  return { head, rows: [...groups.flatMap(({ bars }) => bars.map(barRow)), ...sizes.map(sizeRow)] };
}

function barRow({ of, than, factor, ratio: measured, verdict }: BarResult): string[] {
  const middle = Number.isNaN(measured.median) ? "" : `${ratio(measured)} (${range(measured)})`;
  return [`${of} at most ${Number(factor.toFixed(2))} × ${than}`, middle, verdict];
}

function sizeRow({ module, bytes, limit }: SizeResult): string[] {
  const inKib = (size: number) => `${(size / KIB).toFixed(size % KIB === 0 ? 0 : 1)} KiB`;
  return [`${module}.wasm at most ${inKib(limit)}`, inKib(bytes), bytes <= limit ? "met" : "missed"];
}

function decimal(value: number): string {
  return value.toFixed(2);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${decimal(Math.abs(value))}`;
}

function ratio({ median }: Summary): string {
  return Number.isNaN(median) ? "" : decimal(median);
}

function range({ median, min, max }: Summary): string {
  return Number.isNaN(median) ? "" : `${decimal(min)} … ${decimal(max)}`;
}
