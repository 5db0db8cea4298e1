import { describe, expect, it } from "vitest";
import { ConfigurationRefused, EnvoyHost, HeaderMap, loadModule, type FilterOptions } from "../host/index.ts";
import { module, ScriptHost } from "./script.ts";

const HOLD = ["return", "4"];
const filters = await loadModule("build/test/sdk-filters.wasm");

function messages(host: EnvoyHost): string[] {
  return host.logs.splice(0).map(({ message }) => message);
}

function hostWith(...options: Partial<FilterOptions>[]): EnvoyHost {
  const host = new EnvoyHost({ workers: 2 });
  options.forEach((given, index) => host.addFilter({ name: `filter-${index}`, module: filters, ...given }));
  return host;
}

describe("a module with several filters", () => {
  const label = { rootId: "label", configuration: "one" };

  it("runs the one that root_id names", () => {
    const host = hostWith(label, { rootId: "recycling" });
    const exchange = host.request();
    expect(exchange.upstreamRequest?.headers.get("x-label")).toBe("one");
    expect(exchange.response?.headers.get("x-answer")).toBe("0");
  });

  it("runs the first one when root_id is empty", () => {
    expect(hostWith({ configuration: "one" }).request().upstreamRequest?.headers.get("x-label")).toBe("one");
  });

  it("holds several configurations of one filter apart, in one VM", () => {
    const host = hostWith(label, { ...label, configuration: "two" }, { ...label, configuration: "three" });
    for (const worker of [0, 1, 0]) {
      expect(host.request({ worker }).upstreamRequest?.headers.all("x-label")).toEqual(["one", "two", "three"]);
    }
    host.filters[1]?.reconfigure("2");
    expect(host.request().upstreamRequest?.headers.all("x-label")).toEqual(["one", "2", "three"]);
    host.filters[0]?.remove();
    expect(host.request().upstreamRequest?.headers.all("x-label")).toEqual(["2", "three"]);
  });

  it("refuses a root_id that it does not have, and names those it has", () => {
    const refuse = () => hostWith({ rootId: "lable" });
    expect(refuse).toThrow(ConfigurationRefused);
    expect(refuse).toThrow("root_id (Istio: pluginName): unknown, expected one of: label, recycling");
  });
});

describe("a module with one filter", () => {
  it("runs it whatever root_id is", () => {
    const host = new ScriptHost({ onRequestHeaders: [["get", "request", ":path"]] }, {}, { rootId: "anything" });
    host.request();
    expect(host.lines()).toEqual(['onRequestHeaders: get request :path = "/"']);
  });
});

describe("a root", () => {
  it("starts with the configuration of its VM, and may refuse it", () => {
    const host = new EnvoyHost();
    host.addFilter({ name: "a", module, configuration: "{}", vmConfiguration: "hello" });
    expect(messages(host)).toContain("onVmStart: hello");
    expect(() => host.addFilter({ name: "b", module, configuration: "{}", vmConfiguration: "refuse" })).toThrow(
      ConfigurationRefused,
    );
  });

  it("may refuse its configuration", () => {
    expect(() => new ScriptHost({ onConfigure: [["return", "0"]] })).toThrow(ConfigurationRefused);
  });

  it("may take its time to end", () => {
    const host = new ScriptHost({
      onRootDone: [
        ["root.tick", "10"],
        ["return", "0"],
      ],
      onTick: [["root.done"]],
      onRootDelete: [["now"]],
    });
    host.filter.remove();
    expect(host.lines().filter((line) => line.startsWith("onRootDelete"))).toEqual([]);
    host.host.advance(10);
    // On the main thread and on the worker.
    expect(host.lines().filter((line) => line.startsWith("onRootDelete"))).toHaveLength(2);
  });
});

describe("a stream", () => {
  it("is told of its life", () => {
    const say = [["now"]];
    const script = { onRequestHeaders: say, onResponseHeaders: say, onDone: say, onLog: say, onDelete: say };
    const host = new ScriptHost(script);
    host.request();
    const callbacks = host.lines().map((line) => line.slice(0, line.indexOf(":")));
    expect(callbacks).toEqual(["onRequestHeaders", "onResponseHeaders", "onLog", "onDone", "onDelete"]);
  });

  it("can be entered from a callback of its root, while it lives", () => {
    const script = {
      onConfigure: [["root.tick", "10"]],
      onTick: [["stream.enter"], ["set", "request", "x-ticked", "yes"], ["stream.continueRequest"], ["root.tick", "0"]],
      onRequestHeaders: [HOLD],
    };
    const host = new ScriptHost(script);
    const exchange = host.request();
    host.host.advance(10);
    expect(exchange.upstreamRequest?.headers.get("x-ticked")).toBe("yes");
    expect(host.lines()).toContain("onTick: stream.enter = true");
  });

  it("cannot be entered when it is over", () => {
    const host = new ScriptHost({
      onConfigure: [["root.tick", "10"]],
      onTick: [["stream.enter"]],
      onRequestHeaders: [HOLD],
    });
    host.request().reset();
    host.lines();
    host.host.advance(10);
    expect(host.lines()).toContain("onTick: stream.enter = false");
  });

  it("has no response to go on with before one began: Envoy would crash", () => {
    const script = {
      onConfigure: [["root.tick", "10"]],
      onTick: [["stream.enter"], ["stream.continueResponse"]],
      onRequestHeaders: [HOLD],
    };
    const host = new ScriptHost(script);
    const exchange = host.request();
    host.host.advance(10);
    expect(host.lines()).toContain("onTick: stream.enter = true");
    expect(exchange.state).toBe("pending");
  });

  it("that waits goes on in both directions", () => {
    const script = {
      onConfigure: [["root.tick", "10"]],
      onTick: [["stream.enter"], ["stream.continueResponse"]],
      onResponseHeaders: [HOLD],
    };
    const host = new ScriptHost(script);
    const exchange = host.request();
    expect(exchange.state).toBe("pending");
    host.host.advance(10);
    expect(exchange.response?.status).toBe(200);
  });
});

describe("entries that nest", () => {
  it("do not take from the outer one what the host handed over", () => {
    const kept = "o".repeat(5_000);
    const onRequestHeaders = [
      ["get", "request", "x-nested"],
      ["stopUnless", "has", "request", "x-outer", "true"],
      ["keep", "x-outer"],
      ["kept"],
    ];
    let entered = 0;
    const host = new ScriptHost(
      { onRequestHeaders },
      {
        onLog: ({ message }) => {
          if (!message.startsWith("onRequestHeaders: keep")) return;
          // The outer callback is inside of its hostcall, and this enters its VM again, as another plugin's stream would.
          for (let i = 0; i < 3; i++) {
            const nested: [string, string] = ["x-nested", "n".repeat(10_000)];
            const headers = new HeaderMap([[":method", "GET"], [":path", "/"], [":authority", "a"], nested], "request");
            host.host.stream().exchange.stream.receiveHeaders(headers, true);
            entered += 1;
          }
        },
      },
    );
    host.request({ headers: { "x-outer": kept } });
    expect(entered).toBe(3);
    expect(host.lines().at(-1) === `onRequestHeaders: kept = "${kept}"`).toBe(true);
    expect(host.filter.failed()).toBe(false);
  });
});
