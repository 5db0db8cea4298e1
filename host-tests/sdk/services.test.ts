/** What the proxy offers beside the stream: metrics, timers, log, time, foreign functions. */
import { describe, expect, it } from "vitest";
import { onRequest, resultsOf, ScriptHost } from "./script.ts";

describe("metrics", () => {
  it("count, by name, over all VMs", () => {
    const host = new ScriptHost({ onRequestHeaders: [["counter", "requests", "2"]] }, { workers: 2 });
    host.request({ worker: 0 });
    host.request({ worker: 1 });
    expect(host.host.counter("requests")).toBe(4);
    expect(host.lines().at(-1)).toBe("onRequestHeaders: counter requests 2 = 4");
  });

  it("do not change by nothing", () => {
    expect(onRequest(["counter", "requests", "0"])).toBe("0");
  });

  it("go up and down as gauges", () => {
    const script = {
      onRequestHeaders: [
        ["gauge.set", "g", "5"],
        ["gauge.add", "g", "-7"],
        ["gauge.add", "g", "3"],
      ],
    };
    const host = new ScriptHost(script);
    host.request();
    expect(host.lines().map((line) => line.split(" = ")[1])).toEqual(["5", "-2", "1"]);
    expect(host.host.gauge("g")).toBe(1);
  });

  it("record values as histograms, which have no value of their own", () => {
    const host = new ScriptHost({
      onRequestHeaders: [
        ["histogram", "h", "15"],
        ["histogram", "h", "3"],
      ],
    });
    host.request();
    expect(host.host.histogram("h")).toEqual([15, 3]);
    expect(host.lines().map((line) => line.split(" = ")[1])).toEqual(["0", "0"]);
  });
});

describe("a timer", () => {
  /** Ticks within so many milliseconds, in the main thread and one worker each. */
  function ticks(host: ScriptHost, milliseconds: number): number {
    host.host.advance(milliseconds);
    return host.lines().filter((line) => line.startsWith("onTick")).length / 2;
  }

  it("ticks until it is stopped", () => {
    const host = new ScriptHost({ onConfigure: [["root.tick", "100"]], onTick: [["now"]] });
    expect(ticks(host, 99)).toBe(0);
    expect(ticks(host, 1)).toBe(1);
    expect(ticks(host, 500)).toBe(5);
  });

  it("stops at 0", () => {
    const host = new ScriptHost({ onConfigure: [["root.tick", "100"]], onTick: [["root.tick", "0"]] });
    expect(ticks(host, 1000)).toBe(1);
  });

  it("changes its period", () => {
    const host = new ScriptHost({ onConfigure: [["root.tick", "10"]], onTick: [["root.tick", "300"]] });
    expect(ticks(host, 10)).toBe(1);
    expect(ticks(host, 299)).toBe(0);
    expect(ticks(host, 1)).toBe(1);
  });
});

describe("time", () => {
  it("is the host's, in milliseconds and in nanoseconds", () => {
    const host = new ScriptHost({ onRequestHeaders: [["now"]] }, { now: 1_800_000_000_123 });
    host.request();
    expect(host.lines()[0]).toBe("onRequestHeaders: now = 1800000000123 1800000000123000000");
    host.host.advance(5);
    host.request();
    expect(host.lines()[0]).toBe("onRequestHeaders: now = 1800000000128 1800000000128000000");
  });
});

const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;

describe.each(LEVELS)("with log level %s", (threshold) => {
  const shown = LEVELS.slice(LEVELS.indexOf(threshold));

  it("shows lines of this level and above", () => {
    const logs = LEVELS.filter((level) => level !== "info");
    const onRequestHeaders = logs.flatMap((level) => [
      ["log", level, `plain ${level}`],
      ["log.line", level, `parts ${level}`, "-42"],
    ]);
    const host = new ScriptHost({ onRequestHeaders }, { logLevel: threshold });
    host.request();
    const said = host.host.logs.filter(({ message }) => message.startsWith("plain") || message.startsWith("parts"));
    const expected = logs
      .filter((level) => shown.includes(level))
      .flatMap((level) => [
        { level, message: `plain ${level}` },
        { level, message: `parts ${level}|-42` },
      ]);
    expect(said.map(({ level, message }) => ({ level, message }))).toEqual(expected);
  });
});

describe("a line that is not shown", () => {
  const MIB = 1024 * 1024;

  /** Pages that logging a large body adds to the memory. */
  function pagesForLogging(level: string): number {
    const host = new ScriptHost({ onRequestBody: [["log.body", level]] }, { logLevel: "warn", bufferLimit: 8 * MIB });
    const before = host.filter.memoryPages();
    host.request({ method: "POST", protocol: "http2", chunks: ["x".repeat(2 * MIB)] });
    return host.filter.memoryPages() - before;
  }

  it("is not even put together", () => {
    expect(pagesForLogging("info")).toBeLessThan(pagesForLogging("warn"));
  });

  it("costs one question to the host, and no log call", () => {
    const host = new ScriptHost(
      { onRequestHeaders: [["log.line", "debug", "secret", "1"]] },
      { logLevel: "error", trace: true },
    );
    const before = host.host.trace.length;
    host.request();
    const calls = host.host.trace
      .slice(before)
      .filter((line) => line.includes("proxy_log") || line.includes("proxy_get_log_level"));
    expect(calls.filter((line) => line.includes("proxy_log("))).toEqual([]);
    // One for the line, one for the script's own log of its command.
    expect(calls).toHaveLength(2);
  });
});

describe("foreign functions", () => {
  it("give their result", () => {
    expect(onRequest(["foreign", "compress", "aaaaaaaaaaaa", "uncompress"])).toBe('0 "aaaaaaaaaaaa"');
  });

  it("that do not exist are told apart from those that fail", () => {
    expect(onRequest(["foreign", "no_such_function", ""])).toBe("1 null");
    expect(onRequest(["foreign", "uncompress", "not zlib"])).toMatch(/^[^01] null$/);
  });

  it("may give nothing", () => {
    expect(onRequest(["foreign", "clear_route_cache", ""])).toBe('0 ""');
  });

  it("make Envoy choose the route again", () => {
    const routes = [{ name: "blue", match: () => false }, { name: "rest" }];
    let asked = 0;
    routes[0]!.match = () => (asked++, false);
    const count = (commands: string[][]): number => {
      asked = 0;
      resultsOf({ onRequestHeaders: commands }, {}, { routes });
      return asked;
    };
    const route = ["property.string", "xds", "route_name"];
    expect(count([route, ["envoy.clearRouteCache"], route])).toBe(count([route, route]) + 1);
  });
});
