import { describe, expect, it } from "vitest";
import { results, resultsOf, ScriptHost, type Script } from "./script.ts";
import type { RequestInit } from "../host/index.ts";

const BUFFER = ["return", "1"];
const NO_BUFFER = ["return", "3"];

/** Without its length, which the scripts change. */
const POST: RequestInit = { method: "POST", protocol: "http2", body: "hello world" };

/** What the upstream gets when these commands run on the body. */
function upstreamBody(...commands: string[][]): string | undefined {
  return resultsOf({ onRequestBody: commands }, POST).exchange.upstreamRequest?.body;
}

describe("a body in one piece", () => {
  it.each([
    ["size", ["body.size", "request"], "11"],
    ["whole", ["body.read", "request"], '"hello world"'],
    ["from the middle", ["body.read", "request", "6", "100"], '"world"'],
    ["a part", ["body.read", "request", "4", "3"], '"o w"'],
    ["behind its end", ["body.read", "request", "11", "5"], '""'],
    ["far behind its end", ["body.read", "request", "2000000000", "2000000000"], '""'],
    ["nothing", ["body.read", "request", "3", "0"], '""'],
  ])("is read: %s", (_, command, expected) => {
    expect(results({ onRequestBody: [command] }, POST)[0]?.[1]).toBe(expected);
  });

  it.each([
    ["replace", ["body.replace", "request", "new"], "new"],
    ["replace by nothing", ["body.replace", "request", ""], ""],
    ["replace by something longer", ["body.replace", "request", "x".repeat(100)], "x".repeat(100)],
    ["prepend", ["body.prepend", "request", ">> "], ">> hello world"],
    ["append", ["body.append", "request", " <<"], "hello world <<"],
    ["replaceRange in the middle", ["body.replaceRange", "request", "6", "3", "W"], "hello Wld"],
    ["replaceRange at the start", ["body.replaceRange", "request", "0", "5", "bye"], "bye world"],
    ["replaceRange at the end", ["body.replaceRange", "request", "10", "1", "t!"], "hello worlt!"],
    ["replaceRange beyond the end", ["body.replaceRange", "request", "6", "1000", "all"], "hello all"],
    ["replaceRange of all that follows", ["body.replaceRange", "request", "6", "2147483647", "all"], "hello all"],
    ["replaceRange far behind the end", ["body.replaceRange", "request", "2000000000", "5", "!"], "hello world!"],
    ["replaceRange that only inserts", ["body.replaceRange", "request", "5", "0", ","], "hello, world"],
    ["replaceRange that only removes", ["body.replaceRange", "request", "5", "6", ""], "hello"],
    ["replaceRange at a negative place", ["body.replaceRange", "request", "-1", "5", "x"], "hello world"],
    ["replaceRange of negative length", ["body.replaceRange", "request", "1", "-5", "x"], "hello world"],
  ])("is changed: %s", (_, command, expected) => {
    expect(upstreamBody(command)).toBe(expected);
  });

  it("is changed several times", () => {
    const change = [
      ["body.append", "request", "!"],
      ["body.prepend", "request", "<"],
      ["body.append", "request", ">"],
    ];
    expect(upstreamBody(...change)).toBe("<hello world!>");
  });

  it("may be JSON, of which one value is set", () => {
    const script = { onRequestBody: [["body.setJson", "request", "/a/b", "[1]"]] };
    const { results: all, exchange } = resultsOf(script, { ...POST, body: '{"a": {"b": 0 }}' });
    expect(all[0]?.[1]).toBe("0");
    expect(exchange.upstreamRequest?.body).toBe('{"a": {"b": [1] }}');
  });

  it("stays as it is when it is no JSON", () => {
    const { results: all, exchange } = resultsOf({ onRequestBody: [["body.setJson", "request", "/a", "1"]] }, POST);
    expect(all[0]?.[1]).toBe("1");
    expect(exchange.upstreamRequest?.body).toBe("hello world");
  });
});

describe("a body in chunks", () => {
  const chunks = ["one ", "two ", "three"];

  it("passes chunk by chunk", () => {
    const script = {
      onRequestBody: [
        ["body.read", "request"],
        ["body.append", "request", "| "],
      ],
    };
    const { results: all, exchange } = resultsOf(script, { ...POST, body: undefined, chunks });
    expect(all.filter(([command]) => command.startsWith("body.read")).map(([, result]) => result)).toEqual([
      '"one "',
      '"two "',
      '"three"',
    ]);
    expect(exchange.upstreamRequest?.body).toBe("one | two | three| ");
  });

  it("is collected, and seen whole at each step", () => {
    const script = {
      onRequestBody: [["body.read", "request"], BUFFER],
      onRequestBodyEnd: [
        ["body.read", "request"],
        ["body.replaceRange", "request", "4", "3", "2"],
      ],
    };
    const { results: all, exchange } = resultsOf(script, { ...POST, body: undefined, chunks });
    const reads = all.filter(([command]) => command.startsWith("body.read")).map(([, result]) => result);
    expect(reads).toEqual(['"one "', '"one two "', '"one two three"']);
    expect(exchange.upstreamRequest?.body).toBe("one 2 three");
  });

  it("can be taken away", () => {
    const script = { onRequestBody: [NO_BUFFER], onRequestBodyEnd: [["body.read", "request"]] };
    const { exchange } = resultsOf(script, { ...POST, body: undefined, chunks });
    expect(exchange.upstreamRequest?.body).toBe("three");
  });

  it("that is collected ends with its trailers", () => {
    const script = {
      onRequestBody: [BUFFER],
      onRequestTrailers: [
        ["body.read", "request"],
        ["body.append", "request", "!"],
      ],
    };
    const { results: all, exchange } = resultsOf(script, {
      ...POST,
      body: undefined,
      chunks,
      trailers: { "x-t": "1" },
    });
    expect(all[0]?.[1]).toBe('"one two three"');
    expect(exchange.upstreamRequest?.body).toBe("one two three!");
  });
});

describe("a response body", () => {
  it("is read and changed like that of a request", () => {
    const script: Script = {
      onResponseHeaders: [["remove", "response", "content-length"]],
      onResponseBody: [BUFFER],
      onResponseBodyEnd: [
        ["body.size", "response"],
        ["body.replaceRange", "response", "0", "4", "Good"],
        ["body.append", "response", "!"],
      ],
    };
    const upstream = () => ({ chunks: ["Evil ", "twin"] });
    const { results: all, exchange } = resultsOf(script, {}, { upstream });
    expect(all.find(([command]) => command.startsWith("body.size"))?.[1]).toBe("9");
    expect(exchange.response?.body).toBe("Good twin!");
  });

  it("cannot be changed in the request's callback", () => {
    const { results: all } = resultsOf(
      {
        onRequestBody: [
          ["body.replace", "response", "x"],
          ["body.size", "response"],
        ],
      },
      POST,
    );
    expect(all.map(([, result]) => result)).not.toContain("11");
    expect(all[0]?.[1]).not.toBe("0");
  });
});

describe("a large body", () => {
  const MIB = 1024 * 1024;

  it("passes through the filter's memory, which is given back", () => {
    const script = { onRequestBody: [BUFFER], onRequestBodyEnd: [["body.replaceRange", "request", "1", "2", "B"]] };
    const host = new ScriptHost(script, { bufferLimit: 16 * MIB, logLevel: "error" });
    const send = () => host.request({ ...POST, body: `a__${"x".repeat(5 * MIB)}z` }).upstreamRequest?.body;
    const body = send();
    expect(body?.length).toBe(5 * MIB + 3);
    expect(body?.slice(0, 3)).toBe("aBx");
    expect(body?.endsWith("xz")).toBe(true);
    for (let i = 0; i < 5; i++) send();
    const pages = host.filter.memoryPages();
    for (let i = 0; i < 20; i++) expect(send()?.length).toBe(5 * MIB + 3);
    expect(host.filter.memoryPages()).toBe(pages);
  });

  it("can grow many times over", () => {
    const script = { onRequestBody: [["body.repeat", "request", "1000"]] };
    const host = new ScriptHost(script, { bufferLimit: 64 * MIB });
    expect(host.request({ ...POST, body: "0123456789" }).upstreamRequest?.body).toBe("0123456789".repeat(1000));
  });
});
