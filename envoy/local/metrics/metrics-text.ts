/** Prometheus text as Envoy gives it for l7-metrics with `labels: BUILTIN`. */

export interface Counted {
  service?: string;
  operation?: string;
  lane?: string;
  /** Requests by response code. */
  codes?: Record<string, number>;
  /** Requests that took at most so many milliseconds, by that; `+Inf` is added. */
  durations?: Record<string, number>;
}

/** The whole text. `inFlight` is there with any configuration. */
export function metricsText(groups: readonly Counted[], { inFlight = 0, overflow = 0 } = {}): string {
  const filter = 'wasm_filter="l7_metrics"';
  return [
    "# TYPE waypost_requests_in_flight gauge",
    `waypost_requests_in_flight{${filter}} ${inFlight}`,
    `waypost_series_overflow_total{${filter}} ${overflow}`,
    ...groups.flatMap((group) => linesOf(group, filter)),
    "",
  ].join("\n");
}

function linesOf({ service = "default/reviews", operation, lane, codes = {}, durations }: Counted, filter: string) {
  const pairs = { cache: service, tag: operation, component: lane };
  const labels = Object.entries(pairs).flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]));
  const all = [filter, ...labels].join(",");
  const total = Object.values(codes).reduce((sum, count) => sum + count, 0);
  const buckets = durations === undefined ? [] : [...Object.entries(durations), ["+Inf", total] as const];
  const histogram = "waypost_request_duration_milliseconds";
  return [
    ...Object.entries(codes).map(([code, count]) => `waypost_requests_rq{response_code="${code}",${all}} ${count}`),
    ...buckets.map(([bound, count]) => `${histogram}_bucket{${all},le="${bound}"} ${count}`),
  ];
}
