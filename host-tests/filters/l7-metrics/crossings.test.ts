/** What a request costs at the border of the VM: one read of what the proxy knows, and its metrics. */
import { describe, expect, it } from "vitest";
import { MetricsHost, type MetricsRequest } from "./metrics-host.ts";

const READ = "expr_evaluate";
const PROPERTY = "proxy_get_property";
const HEADERS = "proxy_get_header_map_pairs";
const COUNT = "proxy_increment_metric";
const RECORD = "proxy_record_metric";

/** Requests; then duration and both sizes. */
const METRICS = [COUNT, RECORD, RECORD, RECORD];

const OPERATIONS = [{ name: "a", match: [{ uri: { prefix: "/" } }] }];

/** Those of a request whose labels were seen before. */
function crossings(config: object, request: MetricsRequest = {}): string[] {
  const metrics = new MetricsHost(config, { trace: true });
  metrics.request(request);
  return metrics.crossings(request);
}

/** The hostcalls when it ends. */
function atEnd(all: readonly string[]): string[] {
  return all.slice(all.indexOf("proxy_on_log") + 1, all.indexOf("proxy_on_delete"));
}

function tagged(...dimensions: object[]): object {
  return { labels: "TAGGED", dimensions: Object.fromEntries(dimensions.map((source, index) => [`d${index}`, source])) };
}

describe("a request whose labels were seen before", () => {
  it("is read, counted by operation, and named in filter state", () => {
    expect(crossings({ operations: OPERATIONS })).toEqual([
      ...["proxy_on_context_create", COUNT],
      ...["proxy_on_log", READ, HEADERS, "proxy_set_property", ...METRICS],
      ...["proxy_on_delete", COUNT],
    ]);
  });

  it.each<[string, object, string[]]>([
    ["nothing configured", {}, [READ]],
    ["Istio's labels: the endpoint", tagged(), [READ, PROPERTY]],
    ["what other filters say", tagged({ lane: {} }, { route: {} }, { authz: {} }), [READ, PROPERTY]],
    ["headers", tagged({ header: "x-a" }, { header: "x-b" }), [READ, PROPERTY, HEADERS]],
    ["claims, of either source", tagged({ claim: "a" }, { claim: "b" }), [READ, PROPERTY, HEADERS, PROPERTY, PROPERTY]],
    [
      "expressions",
      {
        labels: "TAGGED",
        overrides: [{ tagOverrides: { a: { value: "request.host" }, b: { value: "request.path" } } }],
      },
      [READ, PROPERTY, READ, READ],
    ],
  ])("%s", (_, config, reads) => {
    expect(atEnd(crossings(config))).toEqual([...reads, ...METRICS]);
  });

  it("is asked for its status and its messages when it is one of gRPC", () => {
    const request: MetricsRequest = { method: "POST", headers: [["content-type", "application/grpc"]] };
    expect(atEnd(crossings({}, request))).toEqual([READ, PROPERTY, ...METRICS, PROPERTY, COUNT]);
  });

  it("costs nothing for metrics that are disabled", () => {
    const disabled = ["REQUEST_DURATION", "REQUEST_SIZE", "RESPONSE_SIZE", "REQUESTS_IN_FLIGHT"];
    const overrides = disabled.map((metric) => ({ match: { metric }, disabled: true }));
    const expected = ["proxy_on_context_create", "proxy_on_log", READ, COUNT, "proxy_on_delete"];
    expect(crossings({ overrides })).toEqual(expected);
  });
});

it("the first request of a service and of a series asks what they are, once for all", () => {
  const metrics = new MetricsHost({}, { trace: true });
  const defined = METRICS.flatMap((call) => ["proxy_define_metric", call]);
  expect(atEnd(metrics.crossings())).toEqual([
    ...[READ, PROPERTY, PROPERTY, PROPERTY, "proxy_get_shared_data", "proxy_set_shared_data"],
    ...defined,
  ]);
});

it("a request that has no series of its own any more asks no other VM", () => {
  const metrics = new MetricsHost({ maxSeries: 1, operations: OPERATIONS }, { trace: true });
  metrics.request();
  const other: MetricsRequest = { method: "OPTIONS", path: "*" };
  metrics.request(other);
  // It is counted as one that overflows, and in the series of all others.
  expect(atEnd(metrics.crossings(other))).toEqual([READ, HEADERS, COUNT, ...METRICS]);
});
