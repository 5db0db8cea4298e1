/** Known traffic through a real Envoy, and what a real Prometheus answers about it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Message } from "../config/index.ts";
import { DemoMesh, NAMESPACE, type HttpRequest, type LabelFormat } from "../prometheus/demo-mesh.ts";
import { chosen, ROWS, VARIABLE_NAMES, VARIABLES, withVariables } from "../prometheus/dashboard/queries.ts";
import { PrometheusProcess, type Sample } from "../prometheus/index.ts";
import { codeBlocks } from "./page.ts";

/** The page whose queries and settings are run here. */
const PAGE = "docs/observability.md";

/** How often each request is sent in a round, and what it is counted as. Alerts look only at what is not rare. */
interface Traffic extends HttpRequest {
  count: number;
  counted: { operation: string; lane: string; response_code: string };
}

const LIST = { operation: "list_reviews" };
const GET = { operation: "get_review" };

/** Milliseconds of a slow answer: in a bucket of its own, 250 to 500. */
const SLOW = 300;

const TRAFFIC: readonly Traffic[] = [
  { path: "/reviews", count: 40, counted: { ...LIST, lane: "v1", response_code: "200" } },
  { path: "/reviews/7", count: 10, counted: { ...GET, lane: "v1", response_code: "200" } },
  { path: "/reviews/8?all=true", token: "valid", count: 6, counted: { ...GET, lane: "v1", response_code: "200" } },
  { path: "/reviews/8", status: 404, count: 4, counted: { ...GET, lane: "v1", response_code: "404" } },
  { path: "/reviews/9", lane: "v2", count: 24, counted: { ...GET, lane: "v2", response_code: "200" } },
  { path: "/reviews/9", lane: "v2", delay: SLOW, count: 10, counted: { ...GET, lane: "v2", response_code: "200" } },
  { path: "/reviews/9", lane: "v2", status: 503, count: 6, counted: { ...GET, lane: "v2", response_code: "503" } },
  { path: "/reviews/9", token: "expired", count: 7, counted: { ...GET, lane: "unknown", response_code: "401" } },
  { path: "/admin", count: 8, counted: { operation: "unknown", lane: "unknown", response_code: "403" } },
  {
    path: "/reviews",
    method: "DELETE",
    count: 2,
    counted: { operation: "unknown", lane: "unknown", response_code: "403" },
  },
];

/** Milliseconds until the traffic has been sent and seen, on a busy machine. */
const START_TIMEOUT = 120_000;

/** Milliseconds until rules have been evaluated. */
const RULES_TIMEOUT = 20_000;

const CALLS = { ok: 30, failing: 10 };

/** Requests that one round counts, of those that have these labels. */
function total(labels: Partial<Traffic["counted"]>): number {
  const matching = TRAFFIC.filter(({ counted }) =>
    Object.entries(labels).every(([name, value]) => counted[name as keyof typeof counted] === value),
  );
  return matching.reduce((sum, { count }) => sum + count, 0);
}

const REVIEWS = total({});
const RATINGS = CALLS.ok + CALLS.failing;

/** Upper bounds of Envoy's buckets, in milliseconds. */
const BUCKETS = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** One round of the traffic. Gives the longest time that a request took, in milliseconds. */
async function round(mesh: DemoMesh): Promise<number> {
  const times = TRAFFIC.flatMap((request) => Array.from({ length: request.count }, () => timed(mesh, request)));
  const ok = Array.from({ length: CALLS.ok }, () => mesh.call());
  const failing = Array.from({ length: CALLS.failing }, () => mesh.call({ fails: true }));
  await Promise.all([...ok, ...failing]);
  const longest = Math.max(...(await Promise.all(times)));
  await mesh.settled();
  return longest;
}

async function timed(mesh: DemoMesh, { count: _count, counted, ...request }: Traffic): Promise<number> {
  const started = performance.now();
  expect(String(await mesh.get(request))).toBe(counted.response_code);
  return performance.now() - started;
}

/** The values of a vector by one label. */
function by(label: string, samples: readonly Sample[]): Record<string, number> {
  return Object.fromEntries(samples.map(({ labels, value }) => [labels[label] ?? "", value]));
}

describe.each<LabelFormat>(["BUILTIN", "TAGGED"])("Prometheus, with labels: %s,", (format) => {
  let mesh: DemoMesh;
  let prometheus: PrometheusProcess;
  let longest: number;
  /** When the traffic of one round began and ended, by Prometheus' samples, in seconds. */
  let before: number;
  let after: number;

  beforeAll(async () => {
    mesh = await DemoMesh.start(format);
    prometheus = await PrometheusProcess.start({ targets: [mesh.metrics] });
    // A counter's first sample is no increase, so all series must be there before the round that is looked at.
    await round(mesh);
    before = await prometheus.scraped();
    longest = await round(mesh);
    after = await prometheus.scraped();
  }, START_TIMEOUT);

  afterAll(async () => {
    await prometheus.stop();
    await mesh.stop();
  });

  /** From the sample before to the one after, both included: nothing is extrapolated. */
  const interval = () => `${Math.round((after - before) * 1_000) + 1}ms`;
  const ask = (query: string, service = "reviews") =>
    prometheus.query(withVariables(query, { rateInterval: interval(), service }), after);
  const panel = (title: string) => {
    const found = ROWS.flatMap(({ panels }) => panels).find((one) => one.title === title);
    if (found === undefined) throw new Error(`the dashboard has no panel ${title}`);
    return found.queries.map(({ expression }) => expression);
  };
  /** Counts in the interval, from rates in a second. */
  const counts = (rates: Record<string, number>) =>
    Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, Math.round(rate * (after - before))]));

  const recordingsWithoutData = async () => {
    const recordings = (await prometheus.rules()).filter(({ type }) => type === "recording");
    const answers = await Promise.all(recordings.map(({ name }) => prometheus.query(name)));
    return recordings.filter((_rule, index) => answers[index]?.length === 0).map(({ name }) => name);
  };
  /** Alerts whose conditions are met; most of them fire only when that lasts. */
  const noticedAlerts = async () => {
    const alerts = (await prometheus.rules()).filter(({ state }) => state === "pending" || state === "firing");
    return alerts.map(({ name }) => name).sort();
  };

  it("has the very numbers of the requests, by service, operation, lane and code", async () => {
    const labels = "destination_service_namespace, destination_service_name, operation, lane, response_code";
    const summed = `sum by (${labels}) (waypost_requests_total @ ${after} - waypost_requests_total @ ${before})`;
    const expected = new Map<string, number>();
    const add = (counted: Record<string, string>, count: number) => {
      const key = JSON.stringify(Object.entries({ destination_service_namespace: NAMESPACE, ...counted }).sort());
      expected.set(key, (expected.get(key) ?? 0) + count);
    };
    for (const { count, counted } of TRAFFIC) add({ destination_service_name: "reviews", ...counted }, count);
    add({ destination_service_name: "ratings", operation: "rate", lane: "v1", response_code: "200" }, RATINGS);
    const samples = await prometheus.query(summed);
    const answered = new Map(
      samples.map(({ labels, value }) => [JSON.stringify(Object.entries(labels).sort()), value]),
    );
    expect(answered).toEqual(expected);
  });

  it("answers the rate of requests", async () => {
    const [byService = ""] = panel("Requests by service");
    expect(counts(by("destination_service_name", await ask(byService, ".*")))).toEqual({
      reviews: REVIEWS,
      ratings: RATINGS,
    });
    const [byOperation = ""] = panel("Requests by operation");
    expect(counts(by("operation", await ask(byOperation)))).toEqual({
      list_reviews: total(LIST),
      get_review: total(GET),
      unknown: total({ operation: "unknown" }),
    });
    const [byLane = ""] = panel("Requests by lane");
    expect(counts(by("lane", await ask(byLane)))).toEqual({
      v1: total({ lane: "v1" }),
      v2: total({ lane: "v2" }),
      unknown: total({ lane: "unknown" }),
    });
  });

  it("answers the ratio of errors", async () => {
    const failed = total({ response_code: "503" });
    const [byService = ""] = panel("Error ratio by service");
    const services = by("destination_service_name", await ask(byService, ".*"));
    expect(services["reviews"]).toBeCloseTo(failed / REVIEWS, 6);
    expect(services["ratings"]).toBe(0);
    const [byOperation = ""] = panel("Error ratio by operation");
    const operations = by("operation", await ask(byOperation));
    expect(operations["get_review"]).toBeCloseTo(failed / total(GET), 6);
    expect(operations["list_reviews"]).toBe(0);
    const [byLane = ""] = panel("Error ratio by lane");
    const lanes = by("lane", await ask(byLane));
    expect(lanes["v2"]).toBeCloseTo(failed / total({ lane: "v2" }), 6);
    expect(lanes["v1"]).toBe(0);
  });

  it("answers quantiles of the duration, within the bucket", async () => {
    const ceiling = BUCKETS.find((bound) => bound >= longest) ?? Infinity;
    const [byOperation = ""] = panel("Duration by operation, p99");
    const operations = by("operation", await ask(byOperation));
    expect(operations["get_review"]).toBeGreaterThan(250);
    expect(operations["get_review"]).toBeLessThanOrEqual(ceiling);
    const [p50 = "", p99 = ""] = panel("Duration by lane");
    expect(by("lane", await ask(p99))["v2"]).toBeGreaterThan(250);
    expect(by("lane", await ask(p99))["v2"]).toBeLessThanOrEqual(ceiling);
    // More than half of the lane's requests are fast.
    expect(by("lane", await ask(p50))["v2"]).toBeLessThanOrEqual(250);
    expect(by("lane", await ask(p50))["v2"]).toBeGreaterThan(0);
  });

  it("counts every duration and size once", async () => {
    for (const histogram of [
      "waypost_request_duration_milliseconds",
      "waypost_request_bytes",
      "waypost_response_bytes",
    ]) {
      const summed = `sum by (destination_service_name) (${histogram}_count @ ${after} - ${histogram}_count @ ${before})`;
      expect(by("destination_service_name", await prometheus.query(summed))).toEqual({
        reviews: REVIEWS,
        ratings: RATINGS,
      });
    }
  });

  it("answers gRPC by status, and its errors", async () => {
    const [byStatus = ""] = panel("gRPC requests by status");
    expect(counts(by("grpc_response_status", await ask(byStatus, ".*")))).toEqual({ 0: CALLS.ok, 14: CALLS.failing });
    const [errors = ""] = panel("gRPC error ratio by operation");
    const operations = by("operation", await ask(errors, ".*"));
    expect(operations).toEqual({ rate: expect.closeTo(CALLS.failing / RATINGS, 6) as number });
    const [sent = "", received = ""] = panel("gRPC messages");
    expect(counts(by("destination_service_name", await ask(sent, "ratings")))).toEqual({ ratings: RATINGS });
    expect(counts(by("destination_service_name", await ask(received, "ratings")))).toEqual({ ratings: CALLS.ok });
  });

  it("answers what authz and jwt-auth decided", async () => {
    const [allowed = "", denied = ""] = panel("Authorization decisions by policy");
    expect(counts(by("tag", await ask(denied)))).toEqual({ none: 8, [`${NAMESPACE}/no-deletes`]: 2 });
    const refused = total({ response_code: "401" }) + total({ response_code: "403" });
    expect(counts(by("tag", await ask(allowed)))).toMatchObject({
      [`${NAMESPACE}/readers`]: REVIEWS - refused + RATINGS,
    });
    const [valid = "", none = "", reasons = ""] = panel("Tokens");
    expect(counts(by("", await ask(valid)))).toEqual({ "": 6 });
    expect(counts(by("", await ask(none)))).toEqual({ "": REVIEWS - 6 - 7 + RATINGS });
    expect(counts(by("tag", await ask(reasons)))).toMatchObject({ expired: 7, signature: 0 });
  });

  it("answers every query of the dashboard, with data", async () => {
    const range = { start: before, end: after, step: after - before };
    for (const { title, queries } of ROWS.flatMap(({ panels }) => panels)) {
      for (const { expression, legend } of queries) {
        const series = await prometheus.queryRange(withVariables(expression, { rateInterval: "10s" }), range);
        expect(series, `${title}: ${expression}`).not.toEqual([]);
        const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
        for (const { labels: there } of series)
          expect(Object.keys(there), title).toEqual(expect.arrayContaining(labels));
      }
    }
  });

  it("answers the queries of the documentation, with data", async () => {
    const queries = codeBlocks(PAGE, "promql").flatMap((block) => block.split("\n\n"));
    expect(queries).toHaveLength(4);
    for (const query of queries) expect(await prometheus.query(query, after), query).not.toEqual([]);
  });

  it("has values for each of the dashboard's variables", async () => {
    const values = await Promise.all(VARIABLE_NAMES.map((name) => prometheus.labelValues(VARIABLES[name])));
    expect(values).toEqual([
      [NAMESPACE],
      ["ratings", "reviews"],
      ["get_review", "list_reviews", "rate", "unknown"],
      ["unknown", "v1", "v2"],
    ]);
    const selector = `waypost_requests_total{${chosen(VARIABLE_NAMES)}}`;
    const one = { namespace: NAMESPACE, service: "reviews", operation: "get_review", lane: "v2" };
    const samples = await prometheus.query(withVariables(selector, { rateInterval: "10s", ...one }), after);
    expect(samples.map(({ labels }) => labels["response_code"]).sort()).toEqual(["200", "503"]);
  });

  it("evaluates every rule, and sees the alerts whose conditions are met", async () => {
    // One rule uses what another recorded: it takes some evaluations until all have data.
    await expect.poll(recordingsWithoutData, { timeout: RULES_TIMEOUT }).toEqual([]);
    await expect
      .poll(noticedAlerts, { timeout: RULES_TIMEOUT })
      .toEqual(["WaypostErrorRatioHigh", "WaypostGrpcErrorRatioHigh", "WaypostLaneErrorRatioHigh"]);
    const rules = await prometheus.rules();
    expect(rules.filter(({ health, lastError }) => health !== "ok" || lastError !== "")).toEqual([]);
  });
});

describe("buckets, as docs/observability.md sets them,", () => {
  const [gateway = "", bootstrap = ""] = codeBlocks(PAGE, "yaml");

  /** Upper bounds of a histogram's buckets, by the page that Prometheus scrapes. */
  async function boundsWith(settings: Message[]): Promise<(histogram: string) => number[]> {
    const mesh = await DemoMesh.start("BUILTIN", { histogram_bucket_settings: settings });
    try {
      expect(await mesh.get({ path: "/reviews" })).toBe(200);
      await mesh.settled();
      const text = await mesh.metricsPage();
      return (histogram) =>
        [...text.matchAll(new RegExp(`^${histogram}_bucket\\{.*le="(\\d+)"`, "gm"))].map(([, bound]) => Number(bound));
    } finally {
      await mesh.stop();
    }
  }

  it("are those of the annotation, which goes by prefix", async () => {
    const { spec } = parse(gateway) as { spec: { infrastructure: { annotations: Record<string, string> } } };
    const annotation = spec.infrastructure.annotations["sidecar.istio.io/statsHistogramBuckets"] ?? "";
    const buckets = JSON.parse(annotation) as Record<string, number[]>;
    // What Istio's bootstrap makes of it (pkg/bootstrap/config.go).
    const bounds = await boundsWith(
      Object.entries(buckets).map(([prefix, list]) => ({ match: { prefix }, buckets: list })),
    );
    expect(bounds("waypost_request_duration_milliseconds")).toEqual(buckets["wasmcustom"]);
    expect(bounds("waypost_response_bytes")).toEqual(buckets["wasmcustom"]);
  });

  it("are those of a plain Envoy's bootstrap, which tells durations from sizes", async () => {
    interface Settings {
      stats_config: { histogram_bucket_settings: { buckets: number[] }[] };
    }
    const settings = (parse(bootstrap) as Settings).stats_config.histogram_bucket_settings;
    const bounds = await boundsWith(settings);
    expect(bounds("waypost_request_duration_milliseconds")).toEqual(settings[0]?.buckets);
    expect(bounds("waypost_request_bytes")).toEqual(settings[1]?.buckets);
    expect(bounds("waypost_response_bytes")).toEqual(settings[1]?.buckets);
  });
});
