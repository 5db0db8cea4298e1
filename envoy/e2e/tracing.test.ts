/**
 * Traces in the real Envoy: its OpenTelemetry tracer sends spans to our receiver, with what the filters decided as tags, and
 * the W3C trace context of a request stays whole through filters, rewrites, redirects, refusals and callouts.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Request } from "../client/answer.ts";
import {
  any,
  bootstrap,
  httpChain,
  type HttpFilter,
  type NamedExtension,
  SPANS_AT_ONCE,
  staticCluster,
  tcpListener,
  type Tracing,
  WAYPOST_TAGS,
  wasmFilter,
} from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { type Echo, EchoService } from "../services/echo.ts";
import { Issuer } from "../services/issuer.ts";
import { OtlpReceiver, type Span } from "../services/otlp-receiver.ts";
import { type Outcome, send, SERVICE } from "./header-router-fixture.ts";

/** Where ext-authz asks, where a rule has its keys, and where a gRPC call goes: to a service that keeps what it got. */
const CHECK = "check";
const KEYS = "keys";
const GRPC = "grpc";

let upstream: EchoService;
let asked: EchoService;
let issuer: Issuer;
let receiver: OtlpReceiver;
let envoy: EnvoyProcess;

beforeAll(async () => {
  [upstream, asked, issuer, receiver] = await Promise.all([
    EchoService.start(),
    EchoService.start(),
    Issuer.start({ algorithms: ["ES256"] }),
    OtlpReceiver.start(),
  ]);
  const cluster = (name: string, port: number, protocol: "http1" | "http2" = "http1") =>
    staticCluster({ name, endpoints: [{ host: "127.0.0.1", port }], protocol });
  envoy = await EnvoyProcess.start({
    config: (folder) =>
      bootstrap({
        listeners: [
          listener("http", waypoint(), { cluster: "collector", tags: TAGS }, [traceLog(folder)]),
          listener("grpc", waypoint(), { cluster: "collector-grpc", protocol: "grpc", spawnUpstreamSpan: true }),
          listener("never", waypoint(), { cluster: "collector", samplePercent: 0 }),
          listener("off", waypoint()),
          listener("shadow", waypoint({ mode: "SHADOW" }), { cluster: "collector", tags: TAGS }),
          listener("ext-authz", extAuthz(), { cluster: "collector" }),
          listener("ext-authz off", extAuthz()),
          listener("grpc-call", grpcCall(), { cluster: "collector" }),
        ],
        clusters: [
          cluster(SERVICE, upstream.port),
          cluster(CHECK, asked.port),
          cluster(KEYS, asked.port),
          cluster(GRPC, asked.port, "http2"),
          cluster("collector", receiver.port),
          cluster("collector-grpc", receiver.grpcPort, "http2"),
        ],
        more: { layered_runtime: { layers: [SPANS_AT_ONCE] } },
      }),
  });
});

afterAll(async () => {
  await envoy.stop();
  await Promise.all([upstream, asked, issuer, receiver].map((service) => service.stop()));
});

/** Those of the documentation, and the operation of l7-metrics, which is known too late for a span. */
const TAGS = { ...WAYPOST_TAGS, "waypost.operation": "%FILTER_STATE(wasm.waypost_operation:PLAIN)%" };

function listener(name: string, filter: HttpFilter, tracing?: Tracing, accessLog: NamedExtension[] = []) {
  const chain = { name: SERVICE, places: { AUTHN: [filter] }, accessLog };
  return tcpListener(name, [httpChain(tracing === undefined ? chain : { ...chain, tracing })]);
}

/** Lines with the ids of the trace and the span, and the operation, which is known by then. */
function traceLog(folder: string): NamedExtension {
  const format = `%TRACE_ID% %SPAN_ID% operation=${TAGS["waypost.operation"]}\n`;
  return {
    name: "envoy.access_loggers.file",
    typed_config: any("envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path: path.join(folder, "access.log"),
      log_format: { text_format_source: { inline_string: format } },
    }),
  };
}

/** @param jwtAuth  fields of its section beside the rules */
function waypoint(jwtAuth: object = {}): HttpFilter {
  const configuration = {
    jwtAuth: {
      ...jwtAuth,
      jwtRules: [
        { issuer: issuer.url, jwks: JSON.stringify(issuer.jwks) },
        { issuer: "https://fetched.example", jwksUri: "http://keys.example/jwks", jwksCluster: KEYS },
      ],
    },
    authz: {
      publishDecision: true,
      policies: [
        { name: "admin", action: "DENY", rules: [{ to: [{ operation: { paths: ["/admin/*"] } }] }] },
        { name: "soon", action: "DENY", mode: "SHADOW", rules: [{ to: [{ operation: { paths: ["/old/*"] } }] }] },
      ],
    },
    headerRouter: {
      routes: [
        { name: "moved", match: [{ uri: { exact: "/moved" } }], redirect: { uri: "/new" } },
        { name: "gone", match: [{ uri: { exact: "/gone" } }], directResponse: { status: 410 } },
        {
          name: "rewritten",
          match: [{ uri: { template: "/v1/{rest=**}" } }],
          rewrite: { uri: "/v2/{rest}" },
          headers: { request: { set: { "x-route": "rewritten" } } },
        },
        {
          name: "items",
          match: [{ uri: { prefix: "/items" } }],
          split: { by: { header: "x-user" }, salt: "traces", lanes: [{ name: "canary", weight: 1 }] },
        },
      ],
    },
    l7Metrics: { operations: [{ name: "items", match: [{ uri: { prefix: "/items" } }] }] },
  };
  return wasmFilter({
    name: "default.waypoint",
    file: path.resolve("build/waypoint.wasm"),
    configuration: JSON.stringify(configuration),
  });
}

function extAuthz(): HttpFilter {
  return wasmFilter({
    name: "default.ext-authz",
    file: path.resolve("build/examples/ext-authz.wasm"),
    configuration: JSON.stringify({ cluster: CHECK, timeout: "5s" }),
  });
}

/** Sends a unary call for each request, and waits for its end. */
function grpcCall(): HttpFilter {
  const script = {
    onRequestHeaders: [
      ["grpc", "a", GRPC, "question", "5000", "x-meta", "m"],
      ["return", "4"],
    ],
    "onClose a": [["stream.enter"], ["stream.continueRequest"]],
  };
  return wasmFilter({
    name: "default.grpc-call",
    file: path.resolve("build/test/sdk-script.wasm"),
    configuration: JSON.stringify(script),
  });
}

/** The trace context of a client: a sampled one, unless flags are given. */
class Trace {
  readonly id = randomBytes(16).toString("hex");
  readonly parent = randomBytes(8).toString("hex");
  readonly headers: [string, string][];

  constructor(flags = "01") {
    this.headers = [
      ["traceparent", this.traceparent(this.parent, flags)],
      ["tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"],
    ];
  }

  traceparent(spanId: string, flags = "01"): string {
    return `00-${this.id}-${spanId}-${flags}`;
  }

  get tracestate(): string {
    return this.headers[1]?.[1] ?? "";
  }
}

interface Traced {
  outcome: Outcome;
  trace: Trace;
  span: Span;
}

/** Sends a request of a trace and waits for its span. */
async function traced(request: Partial<Request>, name = "http"): Promise<Traced> {
  const trace = new Trace();
  const headers = [...(request.headers ?? []), ...trace.headers] as [string, string][];
  const outcome = await send(envoy.port(name), { ...request, headers });
  const [span] = await receiver.waitForTrace(trace.id);
  if (span === undefined) throw new Error("no span");
  return { outcome, trace, span };
}

/** What Waypost's filters said, by the tags' names without their prefix. */
function tagsOf({ attributes }: Span): Record<string, unknown> {
  const ours = Object.entries(attributes).filter(([name]) => name.startsWith("waypost."));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice("waypost.".length), value]));
}

/** What the upstream got of a request that has passed, or a service of a callout. */
function contextOf({ headers }: Echo): Record<string, string> {
  return Object.fromEntries(headers.filter(([name]) => ["traceparent", "tracestate", "baggage"].includes(name)));
}

const bearer = (token: string): [string, string][] => [["authorization", `Bearer ${token}`]];

describe("a request that passes", () => {
  it("has a span with the route, the lane and the decision", async () => {
    const { outcome, span } = await traced({ path: "/items/1", headers: [["x-user", "alice"]] });
    expect(outcome.status).toBe(200);
    expect(tagsOf(span)).toEqual({ route: "items", lane: "canary", decision: "allowed", rule: "none" });
    expect(span.attributes).toMatchObject({ "http.method": "GET", "http.status_code": "200" });
    expect(span.resource).toMatchObject({ "service.name": "waypoint" });
  });

  it("continues the client's trace, and so does the upstream", async () => {
    const { outcome, trace, span } = await traced({ path: "/items/2" });
    expect(span).toMatchObject({ kind: "SERVER", parentSpanId: trace.parent, traceState: trace.tracestate });
    expect(span.end).toBeGreaterThan(span.start);
    expect(outcome.upstream?.header("traceparent")).toBe(trace.traceparent(span.spanId));
    expect(outcome.upstream?.header("tracestate")).toBe(trace.tracestate);
  });

  it("keeps its trace through a rewrite and changes of headers", async () => {
    const { outcome, trace, span } = await traced({ path: "/v1/shoes" });
    expect(outcome.upstream?.path).toBe("/v2/shoes");
    expect(outcome.upstream?.header("x-route")).toBe("rewritten");
    expect(outcome.upstream?.header("traceparent")).toBe(trace.traceparent(span.spanId));
    expect(tagsOf(span)).toMatchObject({ route: "rewritten" });
  });

  it("and would be refused by a policy in mode SHADOW says so", async () => {
    const { outcome, span } = await traced({ path: "/old/shoes" });
    expect(outcome.status).toBe(200);
    expect(tagsOf(span)).toMatchObject({ decision: "shadow_denied" });
  });

  it("without a trace begins one", async () => {
    const outcome = await send(envoy.port("http"), { path: "/items/3" });
    const [, id, spanId] =
      /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(outcome.upstream?.header("traceparent") ?? "") ?? [];
    const [span] = await receiver.waitForTrace(id ?? "");
    expect(span).toMatchObject({ spanId, parentSpanId: undefined, traceState: "" });
    expect(outcome.upstream?.header("tracestate")).toBe("");
  });

  it("has no span when the client's trace is not sampled", async () => {
    const trace = new Trace("00");
    const { upstream: arrived } = await send(envoy.port("http"), { path: "/items/4", headers: trace.headers });
    expect(arrived?.header("traceparent")).toMatch(new RegExp(`^00-${trace.id}-[0-9a-f]{16}-00$`));
    expect(arrived?.header("tracestate")).toBe(trace.tracestate);
    await traced({ path: "/items/5" });
    expect(receiver.trace(trace.id)).toEqual([]);
  });

  it("has none either where Envoy samples none, although the client's trace is sampled", async () => {
    const trace = new Trace();
    const { upstream: arrived } = await send(envoy.port("never"), { path: "/items/4", headers: trace.headers });
    expect(arrived?.header("traceparent")).toMatch(new RegExp(`^00-${trace.id}-[0-9a-f]{16}-00$`));
    await traced({ path: "/items/5" });
    expect(receiver.trace(trace.id)).toEqual([]);
  });

  it("has none either when its traceparent is of a version that Envoy's tracer does not know", async () => {
    const id = new Trace().id;
    const traceparent = `cc-${id}-00f067aa0ba902b7-01-more`;
    const outcome = await send(envoy.port("http"), { path: "/items/5", headers: [["traceparent", traceparent]] });
    expect(outcome.upstream?.header("traceparent")).toBe(traceparent);
    await traced({ path: "/items/5" });
    expect(receiver.trace(id)).toEqual([]);
  });

  it("is named in access logs", async () => {
    const { span } = await traced({ path: "/items/6" });
    const log = path.join(envoy.folder, "access.log");
    const line = `${span.traceId} ${span.spanId} operation=items\n`;
    await vi.waitFor(() => expect(readFileSync(log, "utf8")).toContain(line), { timeout: 5_000 });
  });

  it("cannot have its operation as a tag: l7-metrics looks at requests that have ended, and spans end before", async () => {
    const { span } = await traced({ path: "/items/6" });
    expect(tagsOf(span)).not.toHaveProperty("operation");
  });
});

describe("a request that a filter answers", () => {
  const refused = { decision: "denied", rule: "ns[default]-policy[admin]-rule[0]" };

  it.each<[string, string, number, Record<string, string>]>([
    ["a denial", "/admin/x", 403, refused],
    ["a redirect", "/moved", 301, { route: "moved", decision: "allowed", rule: "none" }],
    ["a direct response", "/gone", 410, { route: "gone", decision: "allowed", rule: "none" }],
  ])("%s has a span of the client's trace", async (_, target, status, tags) => {
    const { outcome, trace, span } = await traced({ path: target });
    expect(outcome.status).toBe(status);
    expect(span).toMatchObject({
      kind: "SERVER",
      parentSpanId: trace.parent,
      traceState: trace.tracestate,
      status: "UNSET",
    });
    expect(span.attributes).toMatchObject({ "http.status_code": `${status}` });
    expect(tagsOf(span)).toEqual(tags);
    expect(upstream.requests.some((echo) => contextOf(echo)["traceparent"]?.includes(trace.id))).toBe(false);
  });

  it("a refused token has the reason", async () => {
    const token = await issuer.mint({ lifetime: -3600 });
    const { outcome, trace, span } = await traced({ path: "/items", headers: bearer(token) });
    expect(outcome.status).toBe(401);
    expect(span).toMatchObject({ parentSpanId: trace.parent, attributes: { "http.status_code": "401" } });
    expect(tagsOf(span)).toEqual({ reason: "expired" });
  });

  it("and one that mode SHADOW lets pass has it too", async () => {
    const token = await issuer.mint({ lifetime: -3600 });
    const { outcome, span } = await traced({ path: "/items", headers: bearer(token) }, "shadow");
    expect(outcome.status).toBe(200);
    expect(tagsOf(span)).toMatchObject({ shadow_reason: "expired", route: "items" });
  });

  it("what a client writes is no tag", async () => {
    const headers = Object.keys(WAYPOST_TAGS).map((name): [string, string] => [name, "forged"]);
    const { span } = await traced({ path: "/admin/x", headers });
    expect(tagsOf(span)).toEqual(refused);
  });
});

describe("calls out of filters", () => {
  it("carry the context of the request that they are for: the client's, which the filter sees", async () => {
    const before = asked.requests.length;
    const baggage: [string, string] = ["baggage", "user=alice"];
    const { outcome, trace, span } = await traced({ path: "/items", headers: [baggage] }, "ext-authz");
    expect(outcome.upstream?.header("traceparent")).toBe(trace.traceparent(span.spanId));
    expect(outcome.upstream?.header("baggage")).toBe("user=alice");
    expect(asked.requests.slice(before).map(contextOf)).toEqual([Object.fromEntries(trace.headers)]);
  });

  it("by gRPC too, beside the metadata of the filter", async () => {
    const before = asked.requests.length;
    const { outcome, trace } = await traced({ path: "/items" }, "grpc-call");
    expect(outcome.status).toBe(200);
    const [call] = asked.requests.slice(before);
    expect(call).toMatchObject({
      path: "/test.Service/Unary",
      headers: expect.arrayContaining([["x-meta", "m"]]) as unknown,
    });
    expect(asked.requests.slice(before).map(contextOf)).toEqual([Object.fromEntries(trace.headers)]);
  });

  it("also where Envoy makes no spans", async () => {
    const before = asked.requests.length;
    const trace = new Trace();
    await send(envoy.port("ext-authz off"), { headers: trace.headers });
    expect(asked.requests.slice(before).map(contextOf)).toEqual([Object.fromEntries(trace.headers)]);
  });

  it("carry nothing when they fetch keys, which are for many requests", async () => {
    const token = await issuer.mint({ claims: { iss: "https://fetched.example" } });
    const { outcome } = await traced({ path: "/items", headers: bearer(token) });
    // The service has no keys.
    expect(outcome.status).toBe(401);
    const fetches = asked.requests.filter((echo) => echo.path === "/jwks");
    expect(fetches.length).toBeGreaterThan(0);
    expect(fetches.map(contextOf)).toEqual(fetches.map(() => ({})));
  });
});

it("OTLP over gRPC, and a span for the request to the upstream", async () => {
  const { trace, outcome } = await traced({ path: "/items/7" }, "grpc");
  const spans = await receiver.waitForTrace(trace.id, 2);
  const server = spans.find(({ kind }) => kind === "SERVER");
  const client = spans.find(({ kind }) => kind === "CLIENT");
  expect(server?.parentSpanId).toBe(trace.parent);
  expect(client?.parentSpanId).toBe(server?.spanId);
  expect(outcome.upstream?.header("traceparent")).toBe(trace.traceparent(client?.spanId ?? ""));
});

it.each(["/items/8", "/v1/8"])("without Envoy's tracing the context passes untouched: %s", async (target) => {
  const trace = new Trace();
  const { upstream: arrived } = await send(envoy.port("off"), { path: target, headers: trace.headers });
  expect(arrived?.header("traceparent")).toBe(trace.traceparent(trace.parent));
  expect(arrived?.header("tracestate")).toBe(trace.tracestate);
});

it("everything that Envoy sent was read", () => {
  expect(receiver.refused).toEqual([]);
});
