/**
 * `node cli/run.mjs envoy/prometheus/picture/draw.ts`: sends two minutes of traffic through a real Envoy, asks a real
 * Prometheus the dashboard's queries, and draws the answers: docs/images/dashboard.svg.
 */
import { writeFile } from "node:fs/promises";
import { ROWS, withVariables, type PanelQueries } from "../dashboard/queries.ts";
import { DemoMesh } from "../demo-mesh.ts";
import { PrometheusProcess, type Range, type Series } from "../index.ts";
import { draw, type Chart, type Line } from "./chart.ts";
import { DURATION, sendTraffic } from "./traffic.ts";

const FILE = "docs/images/dashboard.svg";

/** The dashboard has more panels than a picture has room for. */
const SHOWN = [
  "Requests by operation",
  "Requests by lane",
  "Requests by code",
  "Duration",
  "Duration by lane",
  "Error ratio by lane",
  "gRPC requests by status",
  "Authorization decisions by policy",
  "Tokens",
];
const COLUMNS = 3;
const RATE_INTERVAL = "6s";
/** What panels by lane compare: not the requests that were refused before they had one. */
const LANES = "v1|v2";
/** Seconds until a rate has all of its samples. */
const LEAD = 8;

await using mesh = await DemoMesh.start("BUILTIN");
await using prometheus = await PrometheusProcess.start({ targets: [mesh.metrics] });
console.log(`Sending traffic for ${DURATION} s ...`);
const start = LEAD + (await prometheus.scraped());
await sendTraffic(mesh);
const end = Date.now() / 1_000;
await prometheus.scraped();
const range = { start, end, step: 1 };
const charts = await Promise.all(SHOWN.map((title) => chartOf(panel(title), range)));
const title = "Waypost: a canary grows, fails and is cut back";
await writeFile(FILE, draw({ title, start, end, columns: COLUMNS, charts }));
console.log(`${FILE}: written`);

function panel(title: string): PanelQueries {
  const found = ROWS.flatMap(({ panels }) => panels).find((one) => one.title === title);
  if (found === undefined) throw new Error(`the dashboard has no panel ${title}`);
  return found;
}

async function chartOf({ title, unit, queries }: PanelQueries, range: Range): Promise<Chart> {
  const lines: Line[] = [];
  for (const { expression, legend } of queries) {
    const variables = { rateInterval: RATE_INTERVAL, ...(title.includes("by lane") && { lane: LANES }) };
    const series = await prometheus.queryRange(withVariables(expression, variables), range);
    const shown = unit === "percentunit" ? series : series.filter(isSeen);
    lines.push(...shown.map(({ labels, points }) => ({ name: nameOf(legend, labels), points })));
  }
  return { title, unit, lines };
}

/** Counters of what never happened would fill the legend. */
function isSeen({ points }: Series): boolean {
  return points.some(([, value]) => value > 0);
}

function nameOf(legend: string, labels: Series["labels"]): string {
  return legend.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => labels[name] ?? "");
}
