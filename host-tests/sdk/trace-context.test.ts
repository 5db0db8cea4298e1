import { describe, expect, it } from "vitest";
import type { CallRequest, GrpcRequest, GrpcServerStream, HeaderMap, RequestInit } from "../host/index.ts";
import { ScriptHost, type Script } from "./script.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
const TRACED = { traceparent: PARENT, tracestate: "a=1" };

const HOLD = ["return", "4"];
const CALL = ["http", "a", "service", "/", "250"];
const GRPC = ["grpc", "a", "service", "question", "250"];

/** What a call carries of a trace; null: nothing of that name. */
interface Carried {
  traceparent: string | null;
  tracestate: string | null;
}

const NOTHING: Carried = { traceparent: null, tracestate: null };

function carried(headers: HeaderMap): Carried {
  return { traceparent: headers.get("traceparent") ?? null, tracestate: headers.get("tracestate") ?? null };
}

/** A host whose service keeps what calls carry. */
class Recorder {
  readonly calls: Carried[] = [];
  readonly scripted: ScriptHost;

  constructor(script: Script, trace = false) {
    const service = {
      http: (call: CallRequest) => (this.calls.push(carried(call.headers)), { delayMs: 5 }),
      grpc: (call: GrpcRequest) => (this.calls.push(carried(call.metadata)), { message: "yes" }),
      grpcStream: (stream: GrpcServerStream) => void this.calls.push(carried(stream.request.metadata)),
    };
    this.scripted = new ScriptHost(script, { clusters: { service }, upstream: () => ({ body: "x" }), trace });
  }

  request(init: RequestInit = { headers: TRACED }): this {
    this.scripted.request(init);
    this.scripted.host.advance(20);
    return this;
  }
}

const callsOf = (script: Script, init?: RequestInit) => new Recorder(script).request(init).calls;

describe("a call of a stream carries its request's trace context", () => {
  it.each([
    ["HttpCall", CALL],
    ["GrpcCall", GRPC],
    ["GrpcCall with metadata", [...GRPC, "x-meta", "m"]],
    ["GrpcStream", ["grpcStream.open", "a", "service"]],
  ])("%s", (_, command) => {
    expect(callsOf({ onRequestHeaders: [command, HOLD] })).toEqual([TRACED]);
  });

  it("also when it is sent in the wait for the answer of another one", () => {
    const script = { onRequestHeaders: [CALL, HOLD], "onResponse a": [["http", "b", "service", "/", "250"]] };
    expect(callsOf(script)).toEqual([TRACED, TRACED]);
  });

  it("several tracestate headers as one list", () => {
    const headers: [string, string][] = [
      ["tracestate", "a=1,b=2"],
      ["traceparent", PARENT],
      ["tracestate", "c=3"],
    ];
    expect(callsOf({ onRequestHeaders: [CALL, HOLD] }, { headers })).toEqual([
      { traceparent: PARENT, tracestate: "a=1,b=2,c=3" },
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ["without a trace", {}],
    ["without traceparent", { tracestate: "a=1" }],
    ["with a malformed traceparent", { ...TRACED, traceparent: PARENT.toUpperCase() }],
  ])("and none of a request %s", (_, headers) => {
    expect(callsOf({ onRequestHeaders: [CALL, GRPC, HOLD] }, { headers })).toEqual([NOTHING, NOTHING]);
  });

  it("and nothing else of the request", () => {
    const namesOf = (headers: Record<string, string>) => {
      const names: string[] = [];
      const service = (call: CallRequest) => (names.push(...[...call.headers].map(([name]) => name)), {});
      new ScriptHost({ onRequestHeaders: [CALL, HOLD] }, { clusters: { service } }).request({ headers });
      return names.sort();
    };
    const others = { baggage: "user=alice", authorization: "Bearer x", "x-request-id": "1", "x-b3-traceid": "1" };
    const without = namesOf(others);
    expect(namesOf({ ...others, ...TRACED })).toEqual([...without, "traceparent", "tracestate"].sort());
    expect(without.filter((name) => name in others)).toEqual([]);
  });

  it("read once a call, and not at all without one", () => {
    const reads = (script: Script) => {
      const { scripted } = new Recorder(script, true).request();
      return scripted.host.trace.filter((line) => line.includes("proxy_get_header_map_pairs")).length;
    };
    expect(reads({ onRequestHeaders: [] })).toBe(0);
    expect(reads({ onRequestHeaders: [CALL, HOLD] })).toBe(1);
    expect(reads({ onRequestHeaders: [["http.private", ...CALL.slice(1)], HOLD] })).toBe(0);
  });

  it("and leaves the author's list as it was", () => {
    const { scripted } = new Recorder({ onRequestHeaders: [["http.count", ...CALL.slice(1)], HOLD] }).request();
    expect(scripted.lines()[0]).toMatch(/= 0 3$/);
  });
});

describe("what the author of a filter sets stays", () => {
  it.each<[string, string[], Carried]>([
    ["traceparent", ["traceparent", OTHER_PARENT], { traceparent: OTHER_PARENT, tracestate: null }],
    ["traceparent in other case", ["Traceparent", OTHER_PARENT], { traceparent: OTHER_PARENT, tracestate: null }],
    ["tracestate", ["tracestate", "z=26"], { traceparent: null, tracestate: "z=26" }],
  ])("%s", (_, pair, expected) => {
    const http = [...CALL, "", ...pair];
    const grpc = [...GRPC, ...pair];
    expect(callsOf({ onRequestHeaders: [http, grpc, HOLD] })).toEqual([expected, expected]);
  });

  it("and so does the wish to send none", () => {
    expect(callsOf({ onRequestHeaders: [["http.private", ...CALL.slice(1)], HOLD] })).toEqual([NOTHING]);
  });
});

describe("calls that belong to no request, or to one that cannot be read, carry none", () => {
  it("of a root", () => {
    const { calls, scripted } = new Recorder({
      onConfigure: [["root.tick", "10"]],
      onTick: [CALL, GRPC],
    });
    scripted.request({ headers: TRACED });
    scripted.host.advance(15);
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(calls.map((call) => JSON.stringify(call)))).toEqual(new Set([JSON.stringify(NOTHING)]));
  });

  it("of a root, in a callback of a stream", () => {
    expect(callsOf({ onRequestHeaders: [["http.root", ...CALL.slice(1)]] })).toEqual([NOTHING]);
  });

  it.each(["onRequestBody", "onResponseHeaders", "onResponseBody"])("in %s", (callback) => {
    expect(callsOf({ [callback]: [CALL] }, { method: "POST", headers: TRACED, body: "x" })[0]).toEqual(NOTHING);
  });

  it("of another stream than the one that the callback is of", () => {
    const recorder = new Recorder({ onRequestHeaders: [["http.first", ...CALL.slice(1)], HOLD] });
    recorder.request();
    recorder.request({ headers: { traceparent: OTHER_PARENT } });
    expect(recorder.calls).toEqual([TRACED, NOTHING]);
  });
});

describe("TraceContext", () => {
  it("keeps it for a call in a callback of the response", () => {
    const script = {
      onRequestHeaders: [["trace.keep"]],
      onResponseHeaders: [["http.kept", ...CALL.slice(1)]],
    };
    expect(callsOf(script)).toEqual([TRACED]);
    expect(callsOf(script, { headers: { traceparent: PARENT } })).toEqual([{ ...NOTHING, traceparent: PARENT }]);
  });

  it("is null where there is none", () => {
    const { scripted } = new Recorder({ onRequestHeaders: [["trace.keep"]], onResponseHeaders: [["trace.keep"]] });
    scripted.request({ headers: { tracestate: "a=1" } });
    scripted.request({ headers: TRACED });
    expect(scripted.lines()).toEqual([
      "onRequestHeaders: trace.keep = false",
      "onResponseHeaders: trace.keep = false",
      "onRequestHeaders: trace.keep = true",
      "onResponseHeaders: trace.keep = false",
    ]);
  });
});
