import { describe, expect, it } from "vitest";
import {
  EnvoyHost,
  loadModule,
  type CallRequest,
  type FilterModule,
  type HostOptions,
  type ReplyInit,
} from "../host/index.ts";
import { ScriptHost, type Script } from "./script.ts";

const HOLD = ["return", "4"];
const GO_ON = [["stream.enter"], ["stream.continueRequest"]];

/** A service whose answers take as long as their path says: `/30`. */
const slow = (call: CallRequest): ReplyInit => ({ delayMs: Number(call.path.slice(1)), body: call.path });

function lines(script: Script, options: HostOptions, advance = 0): string[] {
  const host = new ScriptHost(script, options);
  host.request({ path: "/in" });
  host.host.advance(advance);
  return host.lines();
}

describe("a call", () => {
  it("sends what it is given", () => {
    const seen: CallRequest[] = [];
    const clusters = { service: (call: CallRequest) => (seen.push(call), {}) };
    lines({ onRequestHeaders: [["http", "a", "service", "/check?x=1", "250", "question"], HOLD] }, { clusters });
    expect(seen[0]).toMatchObject({
      method: "GET",
      path: "/check?x=1",
      authority: "service",
      body: "question",
      timeoutMs: 250,
    });
  });

  it("hands over the answer: status, headers, body, trailers, in the stream that asked", () => {
    const service = () => ({
      status: 201,
      headers: { "x-header": "h" },
      body: "answer",
      trailers: { "x-trailer": "t" },
    });
    const said = lines({ onRequestHeaders: [["http", "a", "service", "/", "250"], HOLD] }, { clusters: { service } });
    expect(said).toEqual([
      "onRequestHeaders: http a service / 250 = 0",
      'onResponse a: 201 "answer" header h trailer t in /in',
    ]);
  });

  it.each([
    ["a missing cluster", {}, "2"],
    ["a cluster without hosts", { service: { fault: "no-hosts" } }, "10"],
  ] as const)("fails at once for %s, and is never answered", (_, clusters, status) => {
    const script = { onRequestHeaders: [["http", "a", "service", "/", "250"], ["http.pending", "a"], HOLD] };
    expect(lines(script, { clusters }, 1000)).toEqual([
      `onRequestHeaders: http a service / 250 = ${status}`,
      "onRequestHeaders: http.pending a = false",
    ]);
  });

  it.each([
    ["refuse", 0, "503"],
    ["reset", 0, "503"],
    ["hang", 250, "504"],
    ["reset-body", 0, "0"],
  ] as const)("that fails by %s has the status that the host gives", (fault, advance, status) => {
    const script = { onRequestHeaders: [["http", "a", "service", "/", "250"], HOLD] };
    expect(lines(script, { clusters: { service: { fault } } }, advance)[1]).toMatch(`onResponse a: ${status} `);
  });

  it("is pending until it is answered", () => {
    const script = {
      onRequestHeaders: [["http", "a", "service", "/5", "250"], ["http.pending", "a"], HOLD],
      "onResponse a": [["http.pending", "a"]],
    };
    const said = lines(script, { clusters: { service: slow } }, 5);
    expect(said.filter((line) => line.includes("pending"))).toEqual([
      "onRequestHeaders: http.pending a = true",
      "onResponse a: http.pending a = false",
    ]);
  });

  it("can be sent again once it is answered, and not before", () => {
    const again = ["http", "a", "service", "/7", "250"];
    const script = { onRequestHeaders: [["http", "a", "service", "/5", "250"], again, HOLD], "onResponse a": [again] };
    const said = lines(script, { clusters: { service: slow } }, 13);
    expect(said.slice(0, 5)).toEqual([
      "onRequestHeaders: http a service /5 250 = 0",
      "onRequestHeaders: http a service /7 250 = 2",
      'onResponse a: 200 "/5" in /in',
      "onResponse a: http a service /7 250 = 0",
      'onResponse a: 200 "/7" in /in',
    ]);
  });
});

describe("several calls", () => {
  it("of one stream are answered in the order of the answers", () => {
    const script = {
      onRequestHeaders: [
        ["http", "a", "service", "/30", "250"],
        ["http", "b", "service", "/10", "250"],
        ["http", "c", "service", "/20", "250"],
        HOLD,
      ],
      "onResponse a": GO_ON,
    };
    const host = new ScriptHost(script, { clusters: { service: slow } });
    const exchange = host.request({ path: "/in" });
    host.host.advance(29);
    expect(exchange.state).toBe("pending");
    host.host.advance(1);
    expect(exchange.response?.status).toBe(200);
    expect(host.lines().filter((line) => line.startsWith("onResponse") && !line.includes("stream"))).toEqual([
      'onResponse b: 200 "/10" in /in',
      'onResponse c: 200 "/20" in /in',
      'onResponse a: 200 "/30" in /in',
    ]);
  });

  it("of many streams each find their own", async () => {
    const host = await recyclingHost((call) => ({
      status: 200 + Number(call.path.slice(1)),
      delayMs: 100 - Number(call.path.slice(1)),
    }));
    const exchanges = Array.from({ length: 90 }, (_, i) => host.request({ headers: { "x-ask": `/${i}` } }));
    host.advance(100);
    expect(exchanges.map((exchange) => exchange.response?.headers.get("x-answer"))).toEqual(
      Array.from({ length: 90 }, (_, i) => String(200 + i)),
    );
  });

  it("of a root go to the root", () => {
    const script = {
      onConfigure: [["root.tick", "10"]],
      onTick: [
        ["root.tick", "0"],
        ["http", "a", "service", "/5", "250"],
      ],
    };
    const host = new ScriptHost(script, { clusters: { service: slow } });
    host.host.advance(20);
    // Once in the main thread, once in the worker.
    expect(host.lines().filter((line) => line.startsWith("onResponse"))).toEqual(
      Array(2).fill('onResponse a: 200 "/5"'),
    );
  });
});

describe("an answer that comes after its stream has ended", () => {
  it("goes to onLateResponse, where the stream is no more", () => {
    const script = { onRequestHeaders: [["http", "a", "service", "/30", "250"], HOLD] };
    const host = new ScriptHost(script, { clusters: { service: slow } });
    host.request({ path: "/in" }).reset();
    host.lines();
    host.host.advance(30);
    expect(host.lines()).toEqual(['onLateResponse a: 200 "/30"']);
  });

  it("as a time-out too", () => {
    const script = { onRequestHeaders: [["http", "a", "service", "/900", "250"], HOLD] };
    const host = new ScriptHost(script, { clusters: { service: slow } });
    host.request().reset();
    host.lines();
    host.host.advance(1000);
    expect(host.lines()).toEqual(['onLateResponse a: 504 "upstream request timeout"']);
  });

  it("never reaches the stream that uses the object next", async () => {
    const host = await recyclingHost((call) => ({ status: call.path === "/first" ? 201 : 202, delayMs: 50 }));
    host.request({ headers: { "x-ask": "/first" } }).reset();
    host.advance(10);
    const second = host.request({ headers: { "x-ask": "/second" } });
    expect(host.counter("streams_created")).toBe(1);
    host.advance(40);
    expect(host.logs.map(({ message }) => message)).toEqual(["late 201"]);
    expect(second.state).toBe("pending");
    host.advance(10);
    expect(second.response?.headers.get("x-answer")).toBe("202");
  });

  it("keeps a careless filter from asking with an object whose call is pending", async () => {
    const host = await recyclingHost(
      (call) => ({ status: call.path === "/first" ? 201 : 202, delayMs: 50 }),
      "careless",
    );
    host.request({ headers: { "x-ask": "/first" } }).reset();
    const second = host.request({ headers: { "x-ask": "/second" } });
    expect(second.response).toMatchObject({ status: 503, body: "not sent: 2" });
    host.advance(50);
    expect(host.logs.map(({ message }) => message)).toEqual(["late 201"]);
    const third = host.request({ headers: { "x-ask": "/third" } });
    host.advance(50);
    expect(third.response?.headers.get("x-answer")).toBe("202");
  });
});

describe("a root that is deleted with a call pending", () => {
  it("hears nothing, and neither does its successor", () => {
    const script = { onRequestHeaders: [["http", "a", "service", "/30", "250"], HOLD] };
    const host = new ScriptHost(script, { clusters: { service: slow } });
    host.request().reset();
    host.filter.reconfigure(JSON.stringify({}));
    host.lines();
    host.host.advance(1000);
    expect(host.lines().filter((line) => line.startsWith("on"))).toEqual([]);
    expect(host.filter.failed()).toBe(false);
  });
});

describe("recycled objects", () => {
  it("serve one stream after another", async () => {
    const host = await recyclingHost({ status: 207 });
    for (let i = 0; i < 10; i++) host.request({ headers: { "x-ask": "/" } });
    expect(host.counter("streams_created")).toBe(1);
    expect(host.request().response?.headers.get("x-answer")).toBe("0");
  });

  it("are as many as streams at once", async () => {
    const host = await recyclingHost({ delayMs: 10 });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 100; i++) host.request({ headers: { "x-ask": "/" } });
      host.advance(10);
    }
    expect(host.counter("streams_created")).toBe(100);
  });
});

let filters: FilterModule | undefined;

async function recyclingHost(
  service: ReplyInit | ((call: CallRequest) => ReplyInit),
  configuration = "",
): Promise<EnvoyHost> {
  filters ??= await loadModule("build/test/sdk-filters.wasm");
  const host = new EnvoyHost({ clusters: { service } });
  host.addFilter({ name: "recycling", rootId: "recycling", module: filters, configuration });
  return host;
}
