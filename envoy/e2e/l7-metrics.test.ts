/** Known traffic through a real Envoy, and exactly the series that a Prometheus server would read of it. */
import { randomBytes } from "node:crypto";
import { Metadata } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Request } from "../client/answer.ts";
import { Http1Connection } from "../client/http1.ts";
import type { Message } from "../config/index.ts";
import { ISTIO_LABELS } from "../config/istio-labels.ts";
import { GrpcEchoClient } from "../services/grpc.ts";
import {
  CALLERS,
  labelsOf,
  OPERATIONS,
  series,
  seriesName,
  startMesh,
  status,
  type Caller,
  type Mesh,
} from "./l7-metrics-fixture.ts";
import { codeBlocks } from "./page.ts";

let mesh: Mesh | undefined;
afterEach(async () => {
  await mesh?.stop();
  mesh = undefined;
});

it("counts known traffic, with the labels that every waypoint has", async () => {
  mesh = await startMesh({ operations: OPERATIONS, dimensions: { lane: { lane: {} } } });
  const sent = await sendKnownTraffic(mesh);
  const expected = new Map<string, number>();
  const add = (service: string, tag: string, component: string, code: string, count: number) => {
    const labels = { cache: service, component, tag, wasm_filter: "l7_metrics" };
    increase(expected, "waypost_requests_rq", { ...labels, response_code: code }, count);
    for (const metric of HISTOGRAMS) increase(expected, `${metric}_count`, labels, count);
  };
  add("default/reviews", "get_user", "unknown", "200", 3);
  add("default/reviews", "get_user", "v2", "200", 1);
  add("default/reviews", "get_user", "unknown", "404", 2);
  add("default/reviews", "get_user", "unknown", "503", 1);
  // Refused by authz before the lane was chosen.
  add("default/reviews", "get_user", "unknown", "403", 2);
  add("default/reviews", "unknown", "unknown", "403", 1);
  add("default/reviews", "create_user", "unknown", "201", 1);
  // The client went away.
  add("default/reviews", "get_user", "unknown", "000", 1);
  add("default/broken", "unknown", "unknown", "503", 1);
  add("default/gone", "unknown", "unknown", "503", 1);
  // No route.
  add("unknown", "unknown", "unknown", "404", 1);
  add("default/ratings", "echo", "unknown", "200", 3);
  const ratings = { cache: "default/ratings", component: "unknown", tag: "echo", wasm_filter: "l7_metrics" };
  increase(expected, "waypost_grpc_responses_rq", { ...ratings, response_code: "000" }, 2);
  increase(expected, "waypost_grpc_responses_rq", { ...ratings, response_code: "012" }, 1);
  increase(expected, "waypost_request_messages_total", ratings, 1 + 3 + 1);
  increase(expected, "waypost_response_messages_total", ratings, 1 + 3);
  increase(expected, "waypost_requests_in_flight", { wasm_filter: "l7_metrics" }, 0);
  increase(expected, "waypost_series_overflow_total", { wasm_filter: "l7_metrics" }, 0);
  await expectSeries(mesh, sent, expected);
});

it("counts known traffic, with Istio's labels and its own", async () => {
  const dimensions = { lane: { lane: {} }, route: { route: {} }, decision: { authz: {} } };
  const upsert = { operation: "UPSERT", value: 'request.method == "GET" ? "read" : "write"' };
  mesh = await startMesh(
    {
      labels: "TAGGED",
      operations: OPERATIONS,
      dimensions,
      overrides: [
        { match: { metric: "REQUEST_SIZE" }, disabled: true },
        { tagOverrides: { source_app: { operation: "REMOVE" }, source_version: { operation: "REMOVE" } } },
        { match: { metric: "REQUEST_COUNT", mode: "SERVER" }, tagOverrides: { access: upsert } },
        { match: { mode: "CLIENT" }, disabled: true },
      ],
    },
    [...ISTIO_LABELS, "operation", "lane", "route", "decision", "access"],
  );
  const sent = await sendKnownTraffic(mesh);
  const expected = new Map<string, number>();
  const add = (service: string | undefined, more: Record<string, string>, count: number, access = "read") => {
    const labels = { ...labelsTo(service), ...more };
    increase(expected, "waypost_requests_total", { ...labels, access }, count);
    increase(expected, "waypost_request_duration_milliseconds_count", labels, count);
    increase(expected, "waypost_response_bytes_count", labels, count);
    return labels;
  };
  const user = { operation: "get_user", decision: "allowed" };
  add("reviews", user, 2);
  add("reviews", { ...user, ...from("productpage") }, 1);
  add("reviews", { ...user, lane: "v2", route: "beta" }, 1);
  add("reviews", { ...user, response_code: "404" }, 2);
  add("reviews", { ...user, ...from("productpage"), response_code: "503" }, 1);
  // No endpoint was chosen for what authz refused.
  const refused = { ...NO_ENDPOINT, response_code: "403", decision: "denied" };
  add("reviews", { ...refused, operation: "get_user" }, 2);
  add("reviews", { ...refused, ...from("productpage") }, 1, "write");
  add("reviews", { operation: "create_user", decision: "allowed", response_code: "201" }, 1, "write");
  add("reviews", { ...user, response_code: "0", response_flags: "DC" }, 1);
  add("broken", { decision: "allowed", response_code: "503", response_flags: "UC" }, 1);
  add("gone", { decision: "allowed", response_code: "503", response_flags: "UF" }, 1);
  add(undefined, { decision: "allowed", response_code: "404", response_flags: "NR" }, 1);
  const grpc = { operation: "echo", decision: "allowed", request_protocol: "grpc" };
  const ok = add("ratings", { ...grpc, grpc_response_status: "0" }, 2, "write");
  const failed = add("ratings", { ...grpc, grpc_response_status: "12" }, 1, "write");
  increase(expected, "waypost_request_messages_total", ok, 1 + 3);
  increase(expected, "waypost_response_messages_total", ok, 1 + 3);
  increase(expected, "waypost_request_messages_total", failed, 1);
  increase(expected, "waypost_requests_in_flight", { reporter: "waypoint" }, 0);
  increase(expected, "waypost_series_overflow_total", { reporter: "waypoint" }, 0);
  await expectSeries(mesh, sent, expected);
});

it("stays bounded, and hides nothing, whatever an attacker sends", { timeout: 120_000 }, async () => {
  const limit = 40;
  const requests = 10_000;
  mesh = await startMesh(
    {
      labels: "TAGGED",
      operations: OPERATIONS,
      dimensions: { tenant: { header: "x-tenant" }, plan: { header: "x-plan", values: ["free", "paid"] } },
      maxSeries: limit,
    },
    [...ISTIO_LABELS, "operation", "tenant", "plan"],
  );
  await sendHostileTraffic(mesh, requests);
  await settled(mesh, requests);
  const found = await series(mesh.envoy);
  const counts = [...found].filter(([name]) => name.startsWith("waypost_requests_total{"));
  const others = counts.filter(([name]) => name.includes('tenant="other"'));
  expect(sum(counts), "every request is counted once").toBe(requests);
  // One series of all others for each code.
  expect(counts.length - others.length).toBeLessThanOrEqual(limit);
  expect(others.length).toBeLessThanOrEqual(3);
  expect(found.get('waypost_series_overflow_total{reporter="waypoint"}')).toBe(sum(others));
  for (const [name] of counts) {
    const labels = labelsOf(name);
    expect(Object.keys(labels).sort(), "no label but those that were configured").toEqual(
      [...ISTIO_LABELS, "operation", "plan", "tenant"].sort(),
    );
    expect(labels["reporter"]).toBe(labels["tenant"] === "other" && labels["plan"] === "other" ? "other" : "waypoint");
    expect(labels["tenant"]).toMatch(/^[A-Za-z0-9_/-]{1,64}$/);
    expect(["free", "paid", "other", "unknown"]).toContain(labels["plan"]);
    expect(["get_user", "unknown", "other"]).toContain(labels["operation"]);
  }
  expect([...found.keys()].filter((name) => OF_L7_METRICS.test(name) && !KNOWN_NAMES.test(name))).toEqual([]);
});

describe("a plain Envoy", () => {
  const [builtin, tagged] = codeBlocks("docs/l7-metrics.md", "yaml")
    .map((code) => (parse(code) as { stats_config?: Message }).stats_config)
    .filter((config) => config !== undefined);

  /** Series of a request to `reviews`. */
  async function countedWith(labels: string, stats_config: Message | undefined): Promise<string[]> {
    mesh = await startMesh({ labels }, [], { stats_config });
    expect(await status(mesh.port("sleep"), "/users/1")).toBe(200);
    await settled(mesh, 1);
    return [...(await series(mesh.envoy)).keys()].filter((name) => name.includes("reviews"));
  }

  it("needs for BUILTIN what the documentation says", async () => {
    const labels = { cache: "default/reviews", response_code: "200", wasm_filter: "l7_metrics" };
    const expected = seriesName("waypost_requests_rq", { ...labels, envoy_response_code: "200" });
    expect(await countedWith("BUILTIN", builtin)).toContain(expected);
  });

  it("needs for TAGGED what the documentation says of two labels; the others stay in the name", async () => {
    const [total = ""] = (await countedWith("TAGGED", tagged)).filter((name) => name.includes("requests_total"));
    const { reporter, destination_service } = labelsOf(total);
    expect({ reporter, destination_service }).toEqual({ reporter: "waypoint", destination_service: HOST });
  });
});

it("has all its labels with the annotation that the documentation shows", async () => {
  const [annotated = ""] = codeBlocks("docs/l7-metrics.md", "yaml").filter((code) => code.includes("extraStatTags"));
  const { spec } = parse(annotated) as { spec: { infrastructure: { annotations: Record<string, string> } } };
  const names = spec.infrastructure.annotations["sidecar.istio.io/extraStatTags"]?.split(",") ?? [];
  mesh = await startMesh({ labels: "TAGGED", operations: OPERATIONS, dimensions: { lane: { lane: {} } } }, names);
  expect(await status(mesh.port("sleep"), "/users/1")).toBe(200);
  await settled(mesh, 1);
  const [total] = [...(await series(mesh.envoy)).keys()].filter((name) => name.startsWith("waypost_requests_total{"));
  expect(Object.keys(labelsOf(total ?? "")).sort()).toEqual([...ISTIO_LABELS, "operation", "lane"].sort());
});

const HOST = "reviews.default.svc.cluster.local";
const HISTOGRAMS = ["waypost_request_duration_milliseconds", "waypost_request_bytes", "waypost_response_bytes"];
/** Those of the filters in front of it have these words in their names. */
const OF_L7_METRICS = /waypost_(?!authz|router)/;
const KNOWN_NAMES =
  /^waypost_(requests_total|requests_in_flight|series_overflow_total|(request_duration_milliseconds|request_bytes|response_bytes)_count)\{/;

const NO_ENDPOINT = {
  destination_workload: "unknown",
  destination_workload_namespace: "unknown",
  destination_canonical_service: "unknown",
  destination_canonical_revision: "unknown",
  destination_cluster: "unknown",
};

/** The labels of a plain request by `sleep` that was answered by version 1 of a service; undefined: there was no route. */
function labelsTo(service: string | undefined): Record<string, string> {
  const endpoint = {
    destination_workload: `${service}-v1`,
    destination_workload_namespace: "default",
    destination_canonical_service: service ?? "",
    destination_canonical_revision: "v1",
    destination_cluster: "Kubernetes",
  };
  return {
    reporter: "waypoint",
    source_workload: "unknown",
    source_canonical_service: "unknown",
    source_canonical_revision: "latest",
    source_cluster: "unknown",
    ...from("sleep"),
    ...(service === undefined ? NO_ENDPOINT : endpoint),
    destination_principal: "unknown",
    destination_app: "unknown",
    destination_version: "unknown",
    destination_service: service === undefined ? "unknown" : `${service}.default.svc.cluster.local`,
    destination_service_name: service ?? "unknown",
    destination_service_namespace: service === undefined ? "unknown" : "default",
    request_protocol: "http",
    response_code: "200",
    grpc_response_status: "",
    response_flags: "-",
    connection_security_policy: "mutual_tls",
    operation: "unknown",
    lane: "unknown",
    route: "unknown",
    decision: "unknown",
  };
}

function from(caller: Caller): Record<string, string> {
  const principal = CALLERS[caller];
  return { source_principal: principal, source_workload_namespace: /\/ns\/([^/]+)/.exec(principal)?.[1] ?? "" };
}

/** Requests of every fate; how many. */
async function sendKnownTraffic({ port }: Mesh): Promise<number> {
  const beta: Partial<Request> = { headers: [["x-beta", "a"]] };
  const answered = (code: string): Partial<Request> => ({ headers: [["x-echo-status", code]] });
  const requests: [caller: Caller, target: string, status: number, request?: Partial<Request>][] = [
    ["sleep", "/users/1", 200],
    ["sleep", "/users/2?q=a", 200],
    ["productpage", "/users/3", 200],
    ["sleep", "/users/1", 200, beta],
    ["sleep", "/users/8", 404, answered("404")],
    ["sleep", "/users/9", 404, answered("404")],
    ["productpage", "/users/7", 503, answered("503")],
    ["sleep", "/users/secret", 403],
    ["sleep", "/users/secret7", 403, beta],
    ["productpage", "/users/1", 403, { method: "DELETE" }],
    ["sleep", "/users", 201, { ...answered("201"), method: "POST", body: "{}" }],
    ["sleep", "/users/1", 0, { headers: [["x-echo-delay", "5000"]], abortAfter: 200 }],
    ["sleep", "/broken", 503],
    ["sleep", "/gone", 503],
    ["sleep", "/elsewhere", 404],
  ];
  for (const [caller, target, expected, request] of requests)
    expect(await status(port(caller), target, request)).toBe(expected);
  return requests.length + (await sendGrpc(port("sleep")));
}

/** Three calls: one message, three messages, and a method that there is not. How many. */
async function sendGrpc(port: number): Promise<number> {
  const client = new GrpcEchoClient(port);
  try {
    expect((await client.unary(Buffer.from("a"))).code).toBe(0);
    expect((await client.stream(["a", "b", "c"].map((text) => Buffer.from(text)))).code).toBe(0);
    expect((await client.unary(Buffer.from("a"), new Metadata(), "Missing")).code).toBe(12);
    return 3;
  } finally {
    client.close();
  }
}

/** Paths and headers at random, and such as could be taken for labels. */
async function sendHostileTraffic({ port }: Mesh, requests: number): Promise<void> {
  const hostile = [
    "a;.;reporter=.=source;.;",
    "a=.=b;.;response_code=.=200",
    "x.wasm_filter.evil.tag.evil;.cache.evil.component.evil.",
    "waypost_requests_total_rq_200",
    '"}\\',
    "é\u2028",
    "unknown",
    "",
  ];
  const clients = 20;
  const connections = await Promise.all(
    Array.from({ length: clients }, (_, index) =>
      Http1Connection.open(port(index % 2 === 0 ? "sleep" : "productpage")),
    ),
  );
  await Promise.all(
    connections.map(async (connection, index) => {
      for (let number = index; number < requests; number += clients) {
        const noise = randomBytes(6).toString("hex");
        const tenant = number % 3 === 0 ? noise : (hostile[number % hostile.length] ?? "");
        const plan = number % 5 === 0 ? noise : number % 2 === 0 ? "free" : "paid";
        await connection.send({
          method: "GET",
          path: number % 7 === 0 ? `/users/secret${noise}` : `/users/${noise}/${number % 11 === 0 ? "x" : ""}`,
          authority: `${noise}.example`,
          headers: [
            ["x-tenant", tenant],
            ["x-plan", plan],
          ],
        });
      }
    }),
  );
  for (const connection of connections) connection.close();
}

/** Metrics of a request are there a moment after its answer. */
async function settled({ envoy }: Mesh, requests: number): Promise<void> {
  const counted = async () =>
    sum([...(await series(envoy))].filter(([name]) => /waypost_requests_(total|rq)\{/.test(name)));
  await expect.poll(counted, { timeout: 10_000 }).toBeGreaterThanOrEqual(requests);
}

/** Expects exactly these series of l7-metrics, when `requests` are counted. */
async function expectSeries(mesh: Mesh, requests: number, expected: ReadonlyMap<string, number>): Promise<void> {
  await settled(mesh, requests);
  const found = [...(await series(mesh.envoy))].filter(([name]) => OF_L7_METRICS.test(name));
  expect(Object.fromEntries(found.sort())).toEqual(Object.fromEntries([...expected].sort()));
}

function increase(into: Map<string, number>, name: string, labels: Record<string, string>, by: number): void {
  const key = seriesName(name, labels);
  into.set(key, (into.get(key) ?? 0) + by);
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}
