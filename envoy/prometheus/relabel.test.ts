import http from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, type Listening } from "../services/detect.ts";
import { PrometheusProcess, type Sample } from "./index.ts";

/** What Envoy shows of l7-metrics with `labels: BUILTIN`, and of others. */
const EXPOSITION = `
# TYPE waypost_requests_rq counter
waypost_requests_rq{wasm_filter="l7_metrics",cache="default/reviews",tag="get_user",component="canary",response_code="200"} 7
waypost_requests_rq{wasm_filter="l7_metrics",cache="default/reviews",tag="get_user",component="canary",response_code="000"} 1
waypost_requests_rq{wasm_filter="l7_metrics",cache="default/plain",response_code="503"} 2
waypost_requests_rq{wasm_filter="l7_metrics",cache="unknown",response_code="404"} 3
waypost_requests_rq{wasm_filter="l7_metrics",cache="other",tag="other",component="other",response_code="200"} 4
# TYPE waypost_grpc_responses_rq counter
waypost_grpc_responses_rq{wasm_filter="l7_metrics",cache="default/reviews",tag="call",component="canary",response_code="014"} 5
waypost_grpc_responses_rq{wasm_filter="l7_metrics",cache="default/reviews",tag="call",component="canary",response_code="000"} 6
# TYPE waypost_request_duration_milliseconds histogram
waypost_request_duration_milliseconds_bucket{wasm_filter="l7_metrics",cache="default/reviews",tag="call",component="canary",le="+Inf"} 8
# TYPE waypost_requests_in_flight gauge
waypost_requests_in_flight{wasm_filter="l7_metrics"} 9
# TYPE mine_requests_rq counter
mine_requests_rq{wasm_filter="l7_metrics",cache="default/reviews",response_code="200"} 10
# TYPE waypost_authz_denied_total counter
waypost_authz_denied_total{wasm_filter="authz",tag="default/viewers"} 11
# TYPE istio_build gauge
istio_build{component="proxy",tag="1.30.0"} 12
# TYPE waypost_requests_total counter
waypost_requests_total{reporter="waypoint",destination_service_namespace="default",destination_service_name="tagged",operation="list",lane="v2",response_code="200",grpc_response_status="unknown"} 13
`;

const REVIEWS = { destination_service_namespace: "default", destination_service_name: "reviews" };
const SCRAPE = ["instance", "job"];

let exposition: Listening;
let prometheus: PrometheusProcess;

beforeAll(async () => {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(EXPOSITION);
  });
  exposition = await listen(server);
  prometheus = await PrometheusProcess.start({ targets: [`127.0.0.1:${exposition.port}`] });
  await prometheus.scraped();
});

afterAll(async () => {
  await prometheus.stop();
  await exposition.close();
});

async function series(selector: string): Promise<Sample[]> {
  const samples = await prometheus.query(selector);
  return samples
    .map(({ labels, value }) => ({
      value,
      labels: Object.fromEntries(Object.entries(labels).filter(([name]) => !SCRAPE.includes(name))),
    }))
    .sort((a, b) => a.value - b.value);
}

describe("metric_relabel_configs of deploy/observability/prometheus.yaml", () => {
  it("give requests of BUILTIN the name and labels of TAGGED", async () => {
    const name = { __name__: "waypost_requests_total" };
    const canary = { ...REVIEWS, operation: "get_user", lane: "canary" };
    const unknown = { destination_service_namespace: "unknown", destination_service_name: "unknown" };
    const other = { destination_service_namespace: "other", destination_service_name: "other" };
    const plain = { destination_service_namespace: "default", destination_service_name: "plain" };
    expect(await series('waypost_requests_total{destination_service_name!="tagged"}')).toEqual([
      { value: 1, labels: { ...name, ...canary, response_code: "0" } },
      { value: 2, labels: { ...name, ...plain, response_code: "503" } },
      { value: 3, labels: { ...name, ...unknown, response_code: "404" } },
      { value: 4, labels: { ...name, ...other, operation: "other", lane: "other", response_code: "200" } },
      { value: 7, labels: { ...name, ...canary, response_code: "200" } },
    ]);
    expect(await series("waypost_requests_rq")).toEqual([]);
  });

  it("give gRPC its status as Istio writes it", async () => {
    const labels = { __name__: "waypost_grpc_responses_total", ...REVIEWS, operation: "call", lane: "canary" };
    expect(await series('{__name__=~"waypost_grpc_responses.*"}')).toEqual([
      { value: 5, labels: { ...labels, grpc_response_status: "14" } },
      { value: 6, labels: { ...labels, grpc_response_status: "0" } },
    ]);
  });

  it("keep the buckets of histograms", async () => {
    const labels = { __name__: "waypost_request_duration_milliseconds_bucket", ...REVIEWS, le: "+Inf" };
    expect(await series("waypost_request_duration_milliseconds_bucket")).toEqual([
      { value: 8, labels: { ...labels, operation: "call", lane: "canary" } },
    ]);
  });

  it("work with every prefix", async () => {
    expect(await series("mine_requests_total")).toEqual([
      { value: 10, labels: { __name__: "mine_requests_total", ...REVIEWS, response_code: "200" } },
    ]);
  });

  it("leave the labels of others alone", async () => {
    expect(await series("waypost_authz_denied_total")).toEqual([
      { value: 11, labels: { __name__: "waypost_authz_denied_total", wasm_filter: "authz", tag: "default/viewers" } },
    ]);
    expect(await series("istio_build")).toEqual([
      { value: 12, labels: { __name__: "istio_build", component: "proxy", tag: "1.30.0" } },
    ]);
    const [tagged] = await series('waypost_requests_total{destination_service_name="tagged"}');
    expect(tagged?.labels).toEqual({
      __name__: "waypost_requests_total",
      reporter: "waypoint",
      ...{ destination_service_namespace: "default", destination_service_name: "tagged" },
      ...{ operation: "list", lane: "v2", response_code: "200", grpc_response_status: "unknown" },
    });
  });
});
