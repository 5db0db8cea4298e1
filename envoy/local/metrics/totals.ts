/** The metrics of requests that have ended, once all of them are counted. */
import { setTimeout as sleep } from "node:timers/promises";
import pc from "picocolors";
import { readRequests, type Reading } from "./requests.ts";
import { summarizeAll } from "./summary.ts";
import { OF_ALL, renderTable } from "./table.ts";

/** Milliseconds; the counters are there at once, histograms when Envoy has flushed them. */
const PATIENCE = 5_000;
const POLL_INTERVAL = 100;

/**
 * Prints a table of all requests since Envoy started.
 *
 * @param read  gives Prometheus text
 * @param requests  how many there were
 * @param noMetrics  said when there are no metrics
 */
export async function showTotals(read: () => Promise<string>, requests: number, noMetrics: string): Promise<void> {
  const reading = await readWhenCounted(read, requests);
  if (reading.series.size === 0) return console.log(noMetrics);
  console.log(pc.bold("l7Metrics: what was counted"));
  console.log(
    renderTable(summarizeAll(reading), OF_ALL, {
      columns: process.stdout.isTTY ? process.stdout.columns : Infinity,
      lines: Infinity,
    }),
  );
}

/**
 * Waits until so many requests are counted, with their durations, or until that took too long: a configuration may leave
 * a metric out.
 */
async function readWhenCounted(read: () => Promise<string>, requests: number): Promise<Reading> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const reading = readRequests(await read());
    const { ended, timed } = counts(reading);
    const isEmpty = reading.inFlight === undefined && ended === 0;
    if (isEmpty || (ended >= requests && timed === ended) || performance.now() > deadline) return reading;
    await sleep(POLL_INTERVAL);
  }
}

function counts({ series }: Reading): { ended: number; timed: number } {
  let [ended, timed] = [0, 0];
  for (const one of series.values()) {
    if ("code" in one) ended += one.count;
    else if (one.bound === Infinity) timed += one.count;
  }
  return { ended, timed };
}
