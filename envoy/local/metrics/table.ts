/** Requests as a table for a terminal. */
import Table from "cli-table3";
import pc from "picocolors";
import type { Group } from "./requests.ts";
import type { Row, Summary } from "./summary.ts";

/** Characters in a line, and lines, that a table may take. */
export interface Size {
  columns: number;
  lines: number;
}

/** A column of numbers. */
export interface Column {
  head: string;
  /** Without colour. */
  text: (row: Row, summary: Summary) => string;
  colour?: (row: Row) => ((text: string) => string) | undefined;
  /** Where there is little room, the column with the highest is left out first; absent: never. */
  luxury?: number;
}

/** A cell: its text, and with colour. */
interface Cell {
  text: string;
  shown: string;
}

const REQUESTS: Column = { head: "requests", text: ({ requests }) => String(requests) };
const RATE: Column = {
  head: "req/s",
  text: ({ requests }, { seconds }) => (seconds === 0 ? "-" : decimal(requests / seconds)),
};
const CLIENT_ERRORS: Column = {
  head: "4xx",
  text: ({ clientErrors, requests }) => share(clientErrors, requests),
  colour: ({ clientErrors }) => (clientErrors > 0 ? pc.yellow : undefined),
  luxury: 2,
};
const SERVER_ERRORS: Column = {
  head: "5xx",
  text: ({ serverErrors, requests }) => share(serverErrors, requests),
  colour: ({ serverErrors }) => (serverErrors > 0 ? pc.red : undefined),
};
const P50: Column = { head: "p50", text: ({ p50 }) => duration(p50), luxury: 1 };
const P99: Column = { head: "p99", text: ({ p99 }) => duration(p99) };
const TOTAL: Column = { head: "total", text: ({ total }) => String(total), luxury: 3 };

/** Of the last seconds: how many requests came and what became of them. Last, how many there were since the start. */
export const OF_A_WINDOW: readonly Column[] = [RATE, CLIENT_ERRORS, SERVER_ERRORS, P50, P99, TOTAL];
/** Of all requests. */
export const OF_ALL: readonly Column[] = [REQUESTS, CLIENT_ERRORS, SERVER_ERRORS, P50, P99];

/** Columns are this far apart. */
const GAP = 2;
/** Labels are cut, in the end, but not shorter than this. */
const SHORTEST_LABEL = 6;
const NO_LINES = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
  ].map((name) => [name, ""]),
);
/** Lines that are no group's: the heads, all groups together, and how many were left out. */
const OTHER_LINES = 3;

/**
 * A line for each group of requests, and one for all together. Where lines do not suffice, the groups with the fewest
 * requests are left out; where columns do not, numbers go first, and then labels are cut.
 */
export function renderTable(summary: Summary, numbers: readonly Column[], { columns, lines }: Size): string {
  const { rows, all } = summary;
  const shown = busiest(summary, Math.max(1, lines - OTHER_LINES));
  const labels = labelsOf(rows);
  const labelCells = shown.map((row) => labels.map((label) => plain(row[label])));
  const grid = (kept: readonly Column[]): Cell[][] => [
    [...labels, ...kept.map(({ head }) => head)].map((text) => ({ text, shown: pc.bold(text) })),
    ...shown.map((row, index) => [...(labelCells[index] ?? []), ...kept.map((column) => cellOf(column, row, summary))]),
    [...labels.map((_, index) => plain(index === 0 ? "all" : "")), ...kept.map((one) => cellOf(one, all, summary))],
  ];
  const cells = grid(columnsThatFit(numbers, (kept) => widthOf(grid(kept)) <= columns));
  const left = rows.length - shown.length;
  const table = draw(cutLabels(cells, labels.length, columns), labels.length);
  return left === 0 ? table : `${table}\n${pc.dim(`and ${left} more, with fewer requests`.slice(0, columns))}`;
}

/** Those labels that some group has; the service is told in the table only where there are several, or no other label. */
function labelsOf(rows: readonly Row[]): Exclude<keyof Group, "key">[] {
  const told = (["operation", "lane"] as const).filter((label) => rows.some((row) => row[label] !== ""));
  const services = new Set(rows.map(({ service }) => service));
  return services.size > 1 || told.length === 0 ? ["service", ...told] : told;
}

/** The groups with the most requests, in their own order. */
function busiest({ rows }: Summary, count: number): Row[] {
  const byRequests = (a: Row, b: Row) => b.requests - a.requests || b.total - a.total;
  const chosen = new Set(rows.toSorted(byRequests).slice(0, count));
  return rows.filter((row) => chosen.has(row));
}

function columnsThatFit(numbers: readonly Column[], fits: (kept: readonly Column[]) => boolean): readonly Column[] {
  let kept = numbers;
  while (!fits(kept)) {
    const most = Math.max(...kept.map(({ luxury = 0 }) => luxury));
    if (most === 0) break;
    kept = kept.filter(({ luxury }) => luxury !== most);
  }
  return kept;
}

/** Cuts labels, all to one length, so that the table gets into its width if it can. */
function cutLabels(cells: Cell[][], labels: number, columns: number): Cell[][] {
  const excess = (length: number) => widthOf(cutTo(cells, labels, length)) - columns;
  let length = Math.max(...cells.flatMap((row) => row.slice(0, labels).map(({ text }) => text.length)));
  while (length > SHORTEST_LABEL && excess(length) > 0) length--;
  return cutTo(cells, labels, length);
}

function cutTo(cells: Cell[][], labels: number, length: number): Cell[][] {
  const cut = (cell: Cell) => (cell.text.length > length ? plain(`${cell.text.slice(0, length - 1)}…`) : cell);
  return cells.map((row) => row.map((cell, index) => (index < labels ? cut(cell) : cell)));
}

function widthOf(cells: Cell[][]): number {
  const columns = cells[0]?.map((_, index) => Math.max(...cells.map((row) => row[index]?.text.length ?? 0))) ?? [];
  return columns.reduce((sum, width) => sum + width, GAP * (columns.length - 1));
}

function draw(cells: Cell[][], labels: number): string {
  const table = new Table({
    chars: { ...NO_LINES, middle: " ".repeat(GAP) },
    colAligns: cells[0]?.map((_, index) => (index < labels ? "left" : "right")) ?? [],
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...cells.map((row) => row.map(({ shown }) => shown)));
  return table.toString();
}

function cellOf(column: Column, row: Row, summary: Summary): Cell {
  const text = column.text(row, summary);
  return { text, shown: column.colour?.(row)?.(text) ?? text };
}

function plain(label: string): Cell {
  const text = printable(label);
  return { text, shown: text };
}

/** What others wrote, a label or a message; a terminal must not take it for a command. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e…]/gu, "?");
}

function share(part: number, whole: number): string {
  if (whole === 0) return "-";
  const percent = (100 * part) / whole;
  // A few errors are not none.
  if (percent > 0 && percent < 0.1) return "<0.1%";
  return part === 0 ? "0%" : `${decimal(percent)}%`;
}

function duration(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return "-";
  return milliseconds < 1_000 ? `${decimal(milliseconds)} ms` : `${decimal(milliseconds / 1_000)} s`;
}

/** Three digits at most say enough. */
function decimal(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value.toFixed(1);
}
