/** Runs a workload and watches the memory of its VM. */
import type { Workload } from "./workloads.ts";

export interface Measurement {
  workload: string;
  streams: number;
  seconds: number;
  /** Pages of 64 KiB when a part of the streams was through. */
  pages: { tenth: number; half: number; all: number };
  /** Contexts that the VM has when everything is over: more than its own and its root's are streams that were forgotten. */
  contexts: number;
}

/** @param streams at least 10 */
export async function measure(workload: Workload, streams: number): Promise<Measurement> {
  const { filter, send, finish } = await workload.start();
  const started = performance.now();
  let sent = 0;
  const sendUntil = (count: number): number => {
    while (sent < count) send(sent++);
    return filter.memoryPages();
  };
  const tenth = sendUntil(Math.floor(streams / 10));
  const half = sendUntil(Math.floor(streams / 2));
  const all = sendUntil(streams);
  const seconds = (performance.now() - started) / 1000;
  finish?.();
  return { workload: workload.name, streams, seconds, pages: { tenth, half, all }, contexts: filter.contextCount() };
}

/** What did not stay as it was, one line each; none: memory is flat. */
export function growth({ pages, contexts }: Measurement): string[] {
  const problems: string[] = [];
  if (pages.all > pages.tenth)
    problems.push(`memory grew from ${pages.tenth} to ${pages.all} pages after the first tenth`);
  if (contexts > 2) problems.push(`${contexts - 2} streams were forgotten`);
  return problems;
}
