/** The tables of waypoints in a mesh, and what follows for their size. */
import { evaluateMesh, type MeshResult, type MeshResults } from "./mesh-results.ts";
import { WITHOUT_FILTERS } from "./mesh-cases.ts";
import { decimal, inMib, signed } from "./tables.ts";
import type { TextTable } from "./text-table.ts";

/** The waypoint that the size is reckoned for: with all filters in one plugin. */
const SIZED = "mesh-filters";

/** Costs and latencies: a row for each case and number of workers. */
export function meshTable(results: MeshResults): TextTable {
  const head = ["", "workers", "CPU µs", "above no filters", "spread", "p50 ms", "p90 ms", "p99 ms"];
  return { head, rows: evaluateMesh(results).map(costRow) };
}

function costRow({ name, title, workers, cost, increment, latency }: MeshResult): string[] {
  const above = name === WITHOUT_FILTERS ? ["", ""] : [signed(increment.median), `±${decimal(increment.spread)}`];
  const times = [latency.p50, latency.p90, latency.p99].map(decimal);
  return [title, String(workers), decimal(cost.median), ...above, ...times];
}

/** What each case needs and carries: a row for each case and number of workers. */
export function sizesTable(results: MeshResults): TextTable {
  const head = ["", "workers", "requests/s a CPU", "VMs", "idle MiB", "after load MiB"];
  const rows = evaluateMesh(results).map(({ title, workers, perCpu, vms, memory }) => [
    title,
    String(workers),
    rounded(perCpu),
    String(vms),
    inMib(memory.idle),
    inMib(memory.loaded),
  ]);
  return { head, rows };
}

/** The arithmetic for a waypoint with all filters, in Markdown: one line each. None when it was not measured. */
export function sizeLines(results: MeshResults): string[] {
  const all = evaluateMesh(results);
  const by = (name: string) => all.filter((one) => one.name === name).sort((a, b) => a.workers - b.workers);
  const [without, withAll] = [by(WITHOUT_FILTERS), by(SIZED)];
  const [few, many, bareFew, bareMany] = [withAll[0], withAll.at(-1), without[0], without.at(-1)];
  if (!few || !many || !bareFew || !bareMany) return [];
  return [
    `**Requests**, ${many.workers} workers: ${carried(many)} a second on one CPU with all filters, ${carried(bareMany)} ` +
      "without any.",
    `**Memory** after load: ${memoryOf(few, many)} with all filters, ${memoryOf(bareFew, bareMany)} without any.`,
    `**VMs** of a plugin: ${few.vms} with ${few.workers} worker, ${many.vms} with ${many.workers}.`,
  ];
}

function carried({ cost, perCpu }: MeshResult): string {
  return `1,000,000 µs / ${decimal(cost.median)} µs = ${rounded(perCpu)}`;
}

function memoryOf(few: MeshResult, many: MeshResult): string {
  const further = (many.memory.loaded - few.memory.loaded) / (many.workers - few.workers);
  return `${inMib(few.memory.loaded)} MiB with ${few.workers} worker and ${inMib(further)} MiB for each further one`;
}

function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString("en-US");
}
