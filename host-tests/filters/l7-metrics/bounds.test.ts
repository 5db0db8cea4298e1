/** Series that are too many, from every side: statuses, clusters, and what strangers write into shared data. */
import { expect, it } from "vitest";
import type { HeaderMap } from "../../host/index.ts";
import { MetricsHost } from "./metrics-host.ts";

const PREFIX = "wasm_filter.l7_metrics.";

it("what is no HTTP status is one series among the others", () => {
  let status = 100;
  const metrics = new MetricsHost(
    { maxSeries: 1 },
    { upstream: () => ({ status, headers: [["content-length", "0"]] }) },
  );
  for (status of [200, 600, 700, 800, 999, 599]) metrics.request();
  const others = (code: string) => metrics.host.counter(`${PREFIX}cache.other.waypost_requests_rq_${code}`);
  expect(metrics.host.counter(`${PREFIX}cache.unknown.waypost_requests_rq_200`)).toBe(1);
  expect([others("000"), others("599"), others("600"), others("999")]).toEqual([4, 1, 0, 0]);
  expect(metrics.host.counter(`${PREFIX}waypost_series_overflow_total`)).toBe(5);
});

/** A host with a cluster for each of these services, chosen by the header `x-cluster`. */
function hostOf(services: readonly object[]): MetricsHost {
  const upstreams = services.map((service, index) => ({
    name: `c${index}`,
    metadata: { istio: { services: [service] } },
  }));
  const routes = [{ cluster: (headers: HeaderMap) => headers.first("x-cluster") }];
  return new MetricsHost({ maxSeries: 10_000 }, { upstreams, routes });
}

it("services are known by any number of clusters, one after the other", () => {
  const clusters = 4_200;
  const metrics = hostOf(Array.from({ length: clusters }, (_, index) => ({ name: `s${index}`, namespace: "shop" })));
  for (let number = 0; number < 2 * clusters; number++)
    metrics.request({ headers: [["x-cluster", `c${number % clusters}`]] });
  for (const index of [0, 1, 4_095, 4_096, clusters - 1])
    expect(metrics.host.counter(`${PREFIX}cache.shop/s${index}.waypost_requests_rq_200`)).toBe(2);
});

it("a service without a namespace has a name all the same", () => {
  const metrics = hostOf([{ host: "ratings.shop" }]);
  metrics.request({ headers: [["x-cluster", "c0"]] });
  expect(metrics.host.counter(`${PREFIX}cache.unknown/ratings.waypost_requests_rq_200`)).toBe(1);
});

it.each([
  ["nothing", Buffer.alloc(0)],
  ["half a hash", Buffer.alloc(4, 1)],
  ["hashes that are all the same", Buffer.alloc(8 * 10, 7)],
  ["zeros", Buffer.alloc(8 * 10)],
  ["more than there may be", Buffer.alloc(8 * 100_000, 3)],
])("shared data in which a stranger left %s only makes series other ones", (_, written) => {
  const metrics = new MetricsHost({ maxSeries: 20, labels: "TAGGED", dimensions: { a: { header: "x-a" } } });
  metrics.request({ headers: [["x-a", "0"]] });
  const [key = ""] = metrics.host.sharedData.entries().keys();
  metrics.host.sharedData.set("", key, written, 0);
  for (let number = 0; number < 50; number++) metrics.request({ headers: [["x-a", `${number}`]] });
  const counted = [...metrics.host.stats.counters].filter(([name]) => name.endsWith(";waypost_requests_total"));
  expect(counted.reduce((sum, [, { value }]) => sum + Number(value), 0)).toBe(51);
  expect(counted.length).toBeLessThanOrEqual(20 + 1);
});
