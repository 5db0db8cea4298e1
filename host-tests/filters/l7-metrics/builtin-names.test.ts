/** Names of `labels: BUILTIN`, read as a proxy of Istio reads them: whatever things are called, each label is found, and no other. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EnvoyHost, loadModule } from "../../host/index.ts";

const module = await loadModule(fileURLToPath(new URL("../../../build/l7-metrics.wasm", import.meta.url)));

/** `stats_tags` of Istio's bootstrap that a Wasm metric can meet. The first group goes out of the name; the last is the value. */
const EXPRESSIONS: Readonly<Record<string, RegExp>> = {
  cache: /(cache\.(.+?)\.)/d,
  component: /(component\.(.+?)\.)/d,
  tag: /(tag\.(.+?);\.)/d,
  wasm_filter: /(wasm_filter\.(.+?)\.)/d,
  response_code: /_rq(_(\d{3}))$/d,
};

/** The metric and its labels that Envoy takes out of a name. */
function read(name: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const removed = new Set<number>();
  for (const [label, expression] of Object.entries(EXPRESSIONS)) {
    const found = expression.exec(name);
    const [start, end] = found?.indices?.[1] ?? [0, 0];
    for (let index = start; index < end; index++) removed.add(index);
    if (found !== null) labels[label] = found[2] ?? "";
  }
  const kept = Array.from(name, (character, index) => (removed.has(index) ? "" : character));
  return { metric: kept.join(""), ...labels };
}

/** What a request of an operation and a lane to a service is counted as. */
function counted(service: string, operation?: string, lane?: string): Record<string, string>[] {
  const host = new EnvoyHost({
    logLevel: "off",
    routes: [{ cluster: "service" }],
    upstreams: [{ name: "service", metadata: { istio: { services: [{ name: service, namespace: "shop" }] } } }],
  });
  const configuration = JSON.stringify({
    ...(operation !== undefined && { operations: [{ name: operation, match: [{}] }] }),
    ...(lane !== undefined && { dimensions: { lane: { lane: {} } } }),
  });
  host.addFilter({ name: "default.l7-metrics", module, configuration });
  host.request({ connection: host.connection({ filterState: { "wasm.waypost_lane": lane ?? "" } }) });
  const names = [...host.stats.counters.keys(), ...host.stats.histograms.keys()];
  return names.map(read).filter(({ metric }) => !/overflow|in_flight/.test(metric ?? ""));
}

/** What ends with a word by which Istio finds a label. */
const AWKWARD = ["component", "web-component", "tag", "price-tag", "cache", "redis-cache", "wasm_filter", "reviews"];

describe("a name in which a value ends like what is in front of another label", () => {
  it.each(AWKWARD)("has the right labels for service %s", (service) => {
    for (const operation of [undefined, ...AWKWARD]) {
      for (const lane of [undefined, "v2", "tag", "web-component"]) {
        const labels = {
          wasm_filter: "l7_metrics",
          cache: `shop/${service}`,
          ...(operation !== undefined && { tag: operation }),
          ...(lane !== undefined && { component: lane }),
        };
        expect(counted(service, operation, lane)).toEqual([
          { metric: "waypost_requests_rq", response_code: "200", ...labels },
          { metric: "waypost_request_duration_milliseconds", ...labels },
          { metric: "waypost_request_bytes", ...labels },
          { metric: "waypost_response_bytes", ...labels },
        ]);
      }
    }
  });

  it("gives a lane that ends with `cache` one more `_`, and the service its own name", () => {
    expect(counted("reviews", "get", "redis-cache")[0]).toEqual({
      metric: "waypost_requests_rq",
      response_code: "200",
      wasm_filter: "l7_metrics",
      cache: "shop/reviews",
      tag: "get",
      component: "redis-cache_",
    });
  });
});
