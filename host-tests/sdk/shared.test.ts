import { describe, expect, it } from "vitest";
import { EnvoyHost } from "../host/index.ts";
import { module, results, ScriptHost, type Script } from "./script.ts";

describe("shared data", () => {
  it("is read as it was written", () => {
    const script = {
      onRequestHeaders: [
        ["shared.get", "k"],
        ["shared.set", "k", "one"],
        ["shared.get", "k"],
        ["shared.set", "k", ""],
        ["shared.get", "k"],
      ],
    };
    expect(results(script).map(([, result]) => result)).toEqual(["null false", "0", '"one" true', "0", '"" true']);
  });

  it("is one for all workers", () => {
    const script = {
      onRequestHeaders: [
        ["shared.get", "k"],
        ["shared.set", "k", "seen"],
      ],
    };
    const host = new ScriptHost(script, { workers: 2 });
    host.request({ worker: 0 });
    host.request({ worker: 1 });
    expect(host.lines().filter((line) => line.includes("get"))).toEqual([
      "onRequestHeaders: shared.get k = null false",
      'onRequestHeaders: shared.get k = "seen" true',
    ]);
  });

  it("is replaced only when nobody else has changed it since", () => {
    const script = {
      onRequestHeaders: [["shared.get", "k"]],
      onRequestTrailers: [
        ["shared.replace", "k", "mine"],
        ["shared.get", "k"],
      ],
    };
    const host = new ScriptHost(script, { workers: 2 });
    host.host.sharedData.set("", "k", Buffer.from("first"), 0);
    const one = host.host.stream({ protocol: "http2", method: "POST", worker: 0 });
    const two = host.host.stream({ protocol: "http2", method: "POST", worker: 1 });
    one.requestHeaders();
    two.requestHeaders();
    host.lines();
    one.requestTrailers({ "x-t": "1" });
    expect(host.lines()[0]).toBe("onRequestTrailers: shared.replace k mine = 0");
    two.requestTrailers({ "x-t": "1" });
    expect(host.lines()[0]).toBe("onRequestTrailers: shared.replace k mine = 8");
  });

  it("of another vm_id is another map", () => {
    const script = {
      onRequestHeaders: [
        ["shared.get", "k"],
        ["shared.set", "k", "seen"],
      ],
    };
    const host = new ScriptHost(script, {}, { vmId: "one" });
    host.addFilter(script, { name: "second", vmId: "two" });
    host.request();
    expect(host.lines().filter((line) => line.includes('"seen"'))).toEqual([]);
  });
});

describe("a shared queue", () => {
  const consumer: Script = {
    onConfigure: [["queue.register", "jobs"]],
    onQueueReady: [["queue.dequeue"], ["queue.dequeue"]],
  };
  const producer: Script = {
    onRequestHeaders: [
      ["queue.resolve", "vm", "jobs"],
      ["queue.enqueue", "job one"],
      ["queue.enqueue", ""],
    ],
  };

  it("hands entries from one VM to another, in order", () => {
    const host = new ScriptHost(consumer, {}, { vmId: "vm" });
    host.addFilter(producer, { name: "producer", vmId: "other" });
    host.lines();
    host.request();
    const said = host.lines();
    expect(said.slice(0, 3)).toEqual([
      "onRequestHeaders: queue.resolve vm jobs = ok",
      "onRequestHeaders: queue.enqueue job one = 0",
      "onRequestHeaders: queue.enqueue  = 0",
    ]);
    // Told twice, by the one VM that registered last; the second time the queue is empty.
    expect(said.slice(3)).toEqual([
      'onQueueReady: queue.dequeue = "job one"',
      'onQueueReady: queue.dequeue = ""',
      "onQueueReady: queue.dequeue = null",
      "onQueueReady: queue.dequeue = null",
    ]);
  });

  it("that nobody registered is null", () => {
    expect(results(producer)[0]?.[1]).toBe("null");
  });

  it("is null in a fresh VM until it is registered", () => {
    const host = new EnvoyHost();
    const configuration = JSON.stringify({
      onRequestHeaders: [["queue.dequeue"], ["queue.register", "q"], ["queue.dequeue"]],
    });
    host.addFilter({ name: "q", module, configuration });
    host.request();
    expect(host.logs.map(({ message }) => message.split(" = ")[1])).toEqual(["null", "ok", "null"]);
  });
});
