/** What l7-metrics counted, read from Prometheus text: which series there are, and by how much they grew. */
import { parsePrometheusText, type Sample } from "./prometheus-text.ts";

/** What requests are told apart by. A label that the configuration does not have is empty. */
export interface Group {
  /** `<namespace>/<name>` */
  service: string;
  operation: string;
  lane: string;
  /** The same for the same group, and for no other. */
  key: string;
}

/** Requests with one response code, or requests that took at most so many milliseconds. */
export type Series = { group: Group; count: number } & ({ code: string } | { bound: number });

/** All series of one moment, by what tells them apart. */
export interface Reading {
  series: ReadonlyMap<string, Series>;
  /** Requests without an end yet; undefined: the filter has no configuration. */
  inFlight: number | undefined;
  /** Requests that were counted as `other`. */
  overflow: number;
}

/** Nothing was counted yet. */
export const NO_REQUESTS: Reading = { series: new Map(), inFlight: undefined, overflow: 0 };

/** Path of Envoy's admin interface for what `readRequests` looks at, and nothing else. */
export const REQUESTS_PATH = `/stats/prometheus?filter=${encodeURIComponent(
  String.raw`^wasmcustom\..*_(requests_(rq_\d+|total|in_flight)|request_duration_milliseconds|series_overflow_total)$`,
)}`;

/**
 * Reads both ways of naming, `labels: BUILTIN` and `labels: TAGGED` (docs/l7-metrics.md), whatever the prefix. Throws an
 * Error when the text is no Prometheus text.
 */
export function readRequests(text: string): Reading {
  const series = new Map<string, Series>();
  let inFlight: number | undefined;
  let overflow = 0;
  for (const sample of parsePrometheusText(text).filter(isOfL7Metrics)) {
    const { name, value } = sample;
    if (name.endsWith("_requests_in_flight")) inFlight = (inFlight ?? 0) + value;
    else if (name.endsWith("_series_overflow_total")) overflow += value;
    else add(series, seriesOf(sample));
  }
  return { series, inFlight, overflow };
}

/** By how much each series grew, counters that began anew included, as PromQL's `increase` does between two samples. */
export function increases(earlier: Reading, later: Reading): Series[] {
  return [...later.series].map(([key, series]) => {
    const before = earlier.series.get(key)?.count ?? 0;
    return { ...series, count: series.count < before ? series.count : series.count - before };
  });
}

/** Other filters of the module have metrics too, and may have such names. */
function isOfL7Metrics({ labels }: Sample): boolean {
  return labels.get("wasm_filter") === "l7_metrics" || labels.has("reporter");
}

function seriesOf({ name, labels, value }: Sample): Series | undefined {
  const group = groupOf(labels);
  const code = labels.get("response_code");
  if (/_requests_(?:rq|total)$/.test(name) && code !== undefined) return { group, count: value, code };
  const bound = labels.get("le");
  if (!name.endsWith("_request_duration_milliseconds_bucket") || bound === undefined) return undefined;
  return { group, count: value, bound: bound === "+Inf" ? Infinity : Number(bound) };
}

function groupOf(labels: ReadonlyMap<string, string>): Group {
  const label = (...names: string[]) => names.map((name) => labels.get(name)).find((value) => value !== undefined);
  const namespace = labels.get("destination_service_namespace");
  const tagged = namespace === undefined ? undefined : `${namespace}/${labels.get("destination_service_name") ?? ""}`;
  const service = label("cache") ?? tagged ?? "";
  const operation = label("operation", "tag") ?? "";
  const lane = label("lane", "component") ?? "";
  return { service, operation, lane, key: JSON.stringify([service, operation, lane]) };
}

/** Series that differ in other labels only are one here. */
function add(all: Map<string, Series>, series: Series | undefined): void {
  if (series === undefined) return;
  const key = `${series.group.key} ${"code" in series ? `code ${series.code}` : `bound ${series.bound}`}`;
  all.set(key, { ...series, count: series.count + (all.get(key)?.count ?? 0) });
}
