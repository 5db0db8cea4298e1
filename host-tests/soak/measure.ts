/** Runs a workload and watches the memory of its VM, and the metrics that it has. */
import type { EnvoyHost } from "../host/index.ts";
import type { Workload } from "./workload.ts";

/** A number when a part of the streams was through. */
export interface Course {
  tenth: number;
  half: number;
  all: number;
}

export interface Measurement {
  workload: string;
  streams: number;
  seconds: number;
  /** Pages of 64 KiB. */
  pages: Course;
  /** Counters, gauges and histograms that the proxy has. */
  metrics: Course;
  /** More there may never be. */
  mostMetrics: number;
  /** Contexts that the VM has when everything is over: more than its own and its root's are streams that were forgotten. */
  contexts: number;
}

/** @param streams at least 10 */
export async function measure(workload: Workload, streams: number): Promise<Measurement> {
  const { host, filter, send, finish, mostMetrics = Number.POSITIVE_INFINITY } = await workload.start();
  const started = performance.now();
  let sent = 0;
  const sendUntil = (count: number) => {
    while (sent < count) send(sent++);
    return { pages: filter.memoryPages(), metrics: metricsOf(host) };
  };
  const tenth = sendUntil(Math.floor(streams / 10));
  const half = sendUntil(Math.floor(streams / 2));
  const all = sendUntil(streams);
  const seconds = (performance.now() - started) / 1000;
  finish?.();
  return {
    workload: workload.name,
    streams,
    seconds,
    pages: { tenth: tenth.pages, half: half.pages, all: all.pages },
    metrics: { tenth: tenth.metrics, half: half.metrics, all: all.metrics },
    mostMetrics,
    contexts: filter.contextCount(),
  };
}

function metricsOf({ stats }: EnvoyHost): number {
  return stats.counters.size + stats.gauges.size + stats.histograms.size;
}

/** What did not stay as it was, one line each; none: memory is flat, and so are metrics. */
export function growth({ pages, metrics, mostMetrics, contexts }: Measurement): string[] {
  const problems: string[] = [];
  if (pages.all > pages.tenth)
    problems.push(`memory grew from ${pages.tenth} to ${pages.all} pages after the first tenth`);
  if (metrics.all > metrics.tenth)
    problems.push(`metrics grew from ${metrics.tenth} to ${metrics.all} after the first tenth`);
  if (metrics.all > mostMetrics) problems.push(`${metrics.all} metrics where ${mostMetrics} are the most`);
  if (contexts > 2) problems.push(`${contexts - 2} streams were forgotten`);
  return problems;
}
