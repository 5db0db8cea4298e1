/**
 * `npm run soak [-- <streams>]`: sends so many streams, 1,000,000 unless given, through filters in the Node host, and prints
 * how the memory of their VMs develops. Fails when it does not stay flat after the first tenth.
 */
import process from "node:process";
import Table from "cli-table3";
import { growth, measure } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

const DEFAULT_STREAMS = 1_000_000;

/** With fewer the first tenth is still warming up: caches fill, and the collector finds its pace. */
const LEAST_STREAMS = 20_000 * WORKLOADS.length;

const [argument = String(DEFAULT_STREAMS), ...rest] = process.argv.slice(2);
const streams = Number(argument.replaceAll(/[_,]/g, ""));
if (rest.length > 0 || !Number.isSafeInteger(streams) || streams < LEAST_STREAMS) {
  console.error(`usage: npm run soak [-- <streams>]   (a number from ${LEAST_STREAMS}; default ${DEFAULT_STREAMS})`);
  process.exit(2);
}

const table = new Table({
  head: ["traffic", "streams", "seconds", "pages at 10 %", "at 50 %", "at 100 %"],
  colAligns: ["left", "right", "right", "right", "right", "right"],
  style: { head: [], border: [] },
});
const each = Math.ceil(streams / WORKLOADS.length);
for (const workload of WORKLOADS) {
  console.log(`${each.toLocaleString("en")} streams: ${workload.name} ...`);
  const result = await measure(workload, each);
  const { tenth, half, all } = result.pages;
  table.push([result.workload, each.toLocaleString("en"), result.seconds.toFixed(1), tenth, half, all]);
  for (const problem of growth(result)) {
    console.error(`${workload.name}: ${problem}`);
    process.exitCode = 1;
  }
}
console.log(table.toString());
