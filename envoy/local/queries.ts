/** Queries to try on the Prometheus of `npm start`. */

/** Names and labels as deploy/observability/prometheus.yaml makes them. */
const QUERIES: readonly (readonly [what: string, query: string])[] = [
  ["requests a second, by operation and lane", "sum by (operation, lane) (rate(waypost_requests_total[1m]))"],
  [
    "share of requests that fail (5xx)",
    'sum(rate(waypost_requests_total{response_code=~"5.."}[1m])) / sum(rate(waypost_requests_total[1m]))',
  ],
  [
    "milliseconds within which 99 % end, by operation",
    "histogram_quantile(0.99, sum by (le, operation) (rate(waypost_request_duration_milliseconds_bucket[1m])))",
  ],
];

/** What a query tells, and its address. `server`: `host:port` of a Prometheus. */
export function queryUrls(server: string): [what: string, url: string][] {
  return QUERIES.map(([what, query]) => [what, `http://${server}/api/v1/query?${encoded(query)}`]);
}

/** A shell takes the address as it is when it stands in single quotes. */
function encoded(query: string): string {
  return new URLSearchParams({ query }).toString();
}
