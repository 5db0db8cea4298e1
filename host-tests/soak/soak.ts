/**
 * `npm run soak -- [<streams>] [--only <pattern>]`: sends so many streams, 1,000,000 unless given, through filters in
 * the Node host, and prints how the memory of their VMs and their metrics develop. Fails when they do not stay flat after the
 * first tenth.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { growth, measure } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

const DEFAULT_STREAMS = 1_000_000;

/** For each workload. With fewer the first tenth is still warming up: caches fill, and the collector finds its pace. */
const LEAST_STREAMS = 20_000;

const { values, positionals } = parseArgs({ options: { only: { type: "string" } }, allowPositionals: true });
const { only = "" } = values;
const [argument = String(DEFAULT_STREAMS), ...rest] = positionals;
const streams = Number(argument.replaceAll(/[_,]/g, ""));
const workloads = WORKLOADS.filter(({ name }) => new RegExp(only).test(name));
if (workloads.length === 0)
  refuse(`no workload matches ${only}; there are:\n${WORKLOADS.map(({ name }) => name).join("\n")}`);
const least = LEAST_STREAMS * workloads.length;
if (rest.length > 0 || !Number.isSafeInteger(streams) || streams < least) {
  refuse(
    "usage: npm run soak -- [<streams>] [--only <pattern>]\n" +
      `streams: a number from ${least}, all workloads together (default ${DEFAULT_STREAMS})\n` +
      "pattern: a regular expression; only workloads whose name it matches",
  );
}

const table = new Table({
  head: ["traffic", "streams", "seconds", "pages at 10 %", "at 50 %", "at 100 %", "metrics at 10 %", "at 100 %"],
  colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
  style: { head: [], border: [] },
});
const each = Math.ceil(streams / workloads.length);
for (const workload of workloads) {
  console.log(`${each.toLocaleString("en")} streams: ${workload.name} ...`);
  const result = await measure(workload, each);
  const { tenth, half, all } = result.pages;
  const { metrics } = result;
  const seconds = result.seconds.toFixed(1);
  table.push([result.workload, each.toLocaleString("en"), seconds, tenth, half, all, metrics.tenth, metrics.all]);
  for (const problem of growth(result)) {
    console.error(`${workload.name}: ${problem}`);
    process.exitCode = 1;
  }
}
console.log(table.toString());
console.log("A page has 64 KiB.");

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
