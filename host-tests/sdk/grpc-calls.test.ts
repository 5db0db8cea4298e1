import { describe, expect, it } from "vitest";
import type { GrpcReplyInit, GrpcRequest, GrpcServerStream, HostOptions } from "../host/index.ts";
import { ScriptHost, type Script } from "./script.ts";

const HOLD = ["return", "4"];
const CALL = ["grpc", "a", "service", "question", "250", "x-meta", "m"];

function lines(script: Script, options: HostOptions, advance = 0): string[] {
  const host = new ScriptHost(script, options);
  host.request();
  host.host.advance(advance);
  return host.lines();
}

function answering(reply: GrpcReplyInit): HostOptions {
  return { clusters: { service: { grpc: () => reply } } };
}

describe("a unary call", () => {
  it("sends message, method and metadata", () => {
    const seen: GrpcRequest[] = [];
    const grpc = (call: GrpcRequest) => (seen.push(call), { message: "" });
    lines({ onRequestHeaders: [CALL, HOLD] }, { clusters: { service: { grpc } } });
    expect(seen[0]).toMatchObject({ cluster: "service", service: "test.Service", method: "Unary", timeoutMs: 250 });
    expect(seen[0]?.message.toString()).toBe("question");
    expect(seen[0]?.metadata.get("x-meta")).toBe("m");
  });

  it("needs no metadata", () => {
    const said = lines(
      { onRequestHeaders: [["grpc", "a", "service", "question", "250"], HOLD] },
      answering({ message: "yes" }),
    );
    expect(said[1]).toBe('onMessage a: "yes"');
  });

  it("ends with its message", () => {
    const script = { onRequestHeaders: [CALL, ["grpc.pending", "a"], HOLD], "onClose a": [["grpc.pending", "a"]] };
    expect(lines(script, answering({ message: "yes" })).slice(1)).toEqual([
      "onRequestHeaders: grpc.pending a = true",
      'onMessage a: "yes"',
      'onClose a: 0 ""',
      "onClose a: grpc.pending a = false",
    ]);
  });

  it("ends with an empty message", () => {
    const said = lines({ onRequestHeaders: [CALL, HOLD] }, answering({}));
    expect(said.slice(1)).toEqual(['onMessage a: ""', 'onClose a: 0 ""']);
  });

  it("ends with a status and its text", () => {
    const said = lines({ onRequestHeaders: [CALL, HOLD] }, answering({ status: 7, statusMessage: "not you" }));
    expect(said.slice(1)).toEqual(['onClose a: 7 "not you{via_upstream}"']);
  });

  it("lets its request go on", () => {
    const script = { onRequestHeaders: [CALL, HOLD], "onClose a": [["stream.enter"], ["stream.continueRequest"]] };
    const host = new ScriptHost(script, answering({ message: "yes", delayMs: 5 }));
    const exchange = host.request();
    expect(exchange.state).toBe("pending");
    host.host.advance(5);
    expect(exchange.response?.status).toBe(200);
  });

  it.each([
    ["refuse", 0],
    ["hang", 250],
  ] as const)("is UNAVAILABLE on %s", (fault, advance) => {
    const said = lines({ onRequestHeaders: [CALL, HOLD] }, { clusters: { service: { fault } } }, advance);
    expect(said[1]).toMatch(/^onClose a: 14 /);
  });

  it.each([
    ["a missing cluster", {}, "4"],
    ["a cluster without hosts", { service: { fault: "no-hosts" } }, "10"],
  ] as const)("fails at once for %s, and is never closed", (_, clusters, status) => {
    const said = lines({ onRequestHeaders: [CALL, ["grpc.pending", "a"], HOLD] }, { clusters }, 1000);
    expect(said).toEqual([
      `onRequestHeaders: ${CALL.join(" ")} = ${status}`,
      "onRequestHeaders: grpc.pending a = false",
    ]);
  });

  it("is silent once it is cancelled", () => {
    const script = { onRequestHeaders: [CALL, ["grpc.cancel", "a"], ["grpc.cancel", "a"], ["grpc.pending", "a"]] };
    expect(lines(script, answering({ message: "yes" }), 1000).slice(1)).toEqual([
      "onRequestHeaders: grpc.cancel a = ok",
      "onRequestHeaders: grpc.cancel a = ok",
      "onRequestHeaders: grpc.pending a = false",
    ]);
  });

  it("is cancelled when its stream ends", () => {
    const host = new ScriptHost(
      { onRequestHeaders: [CALL, HOLD] },
      { ...answering({ message: "yes", delayMs: 5 }), trace: true },
    );
    host.request().reset();
    host.host.advance(1000);
    expect(host.lines().filter((line) => line.startsWith("onMessage"))).toEqual([]);
    expect(host.host.trace.some((line) => line.includes("proxy_grpc_cancel"))).toBe(true);
  });

  it("of several finds its own stream, out of order", () => {
    const script = {
      onRequestHeaders: [["grpc", "a", "service", "20", "250"], ["grpc", "b", "service", "10", "250"], HOLD],
    };
    const grpc = ({ message }: GrpcRequest) => ({ message, delayMs: Number(message.toString()) });
    const said = lines(script, { clusters: { service: { grpc } } }, 20);
    expect(said.filter((line) => line.startsWith("onMessage"))).toEqual(['onMessage b: "10"', 'onMessage a: "20"']);
  });
});

describe("a stream", () => {
  const OPEN = ["grpcStream.open", "s", "service", "x-meta", "m"];

  /** A server that the test drives, and a host with a request that opened a stream to it. */
  function open(script: Script = {}): {
    server: GrpcServerStream;
    host: ScriptHost;
    run: () => string[];
    end: () => void;
  } {
    const servers: GrpcServerStream[] = [];
    const clusters = { service: { grpcStream: (stream: GrpcServerStream) => void servers.push(stream) } };
    const host = new ScriptHost({ onRequestHeaders: [OPEN, HOLD], ...script }, { clusters });
    const exchange = host.request();
    host.lines();
    const run = () => {
      host.host.advance(1);
      return host.lines();
    };
    const [server] = servers;
    if (server === undefined) throw new Error("no stream was opened");
    return { server, host, run, end: () => exchange.reset() };
  }

  it("is opened with its metadata", () => {
    const { server } = open();
    expect(server.request).toMatchObject({ cluster: "service", service: "test.Service", method: "Stream" });
    expect(server.request.metadata.get("x-meta")).toBe("m");
  });

  it("carries messages and metadata both ways, and a status at the end", () => {
    const { server, run } = open({
      "onMessage s": [["grpcStream.send", "s", "pong"]],
      "onClose s": [["grpcStream.pending", "s"]],
    });
    server.initialMetadata([["x-initial", "i"]]);
    server.send("ping");
    expect(run()).toEqual(["onInitialMetadata s: i", 'onMessage s: "ping"', "onMessage s: grpcStream.send s pong = 0"]);
    expect(server.received.map(String)).toEqual(["pong"]);
    server.send("");
    server.close(9, "enough", [["x-trailing", "t"]]);
    expect(run()).toEqual([
      'onMessage s: ""',
      "onMessage s: grpcStream.send s pong = 0",
      "onTrailingMetadata s: t",
      'onClose s: 9 "enough{via_upstream}"',
      "onClose s: grpcStream.pending s = false",
    ]);
  });

  it("takes no more messages once it is over", () => {
    const { server, run } = open({
      "onClose s": [
        ["grpcStream.send", "s", "late"],
        ["grpcStream.close", "s"],
        ["grpcStream.cancel", "s"],
      ],
    });
    server.close();
    expect(run().at(-3)).toBe("onClose s: grpcStream.send s late = 1");
  });

  it("is closed on this side by the last message, or by itself", () => {
    const last = open({ onRequestHeaders: [OPEN, ["grpcStream.send", "s", "bye", "last"], HOLD] });
    last.run();
    expect(last.server.halfClosed).toBe(true);
    const closed = open({ onRequestHeaders: [OPEN, ["grpcStream.close", "s"], HOLD] });
    expect(closed.server.halfClosed).toBe(true);
    closed.server.send("still here");
    expect(closed.run().at(-1)).toBe('onMessage s: "still here"');
  });

  it("is silent once it is cancelled", () => {
    const { server, run } = open({ "onMessage s": [["grpcStream.cancel", "s"]] });
    server.send("one");
    run();
    expect(server.cancelled).toBe(true);
    server.send("two");
    server.close();
    expect(run()).toEqual([]);
  });

  it("is cancelled when its request ends", () => {
    const { server, run, end } = open();
    end();
    expect(server.cancelled).toBe(true);
    server.send("anybody?");
    expect(run()).toEqual([]);
  });

  it("cannot be opened to a missing cluster", () => {
    expect(lines({ onRequestHeaders: [OPEN, ["grpcStream.send", "s", "x"]] }, {})).toEqual([
      `onRequestHeaders: ${OPEN.join(" ")} = 4`,
      "onRequestHeaders: grpcStream.send s x = 1",
    ]);
  });
});
