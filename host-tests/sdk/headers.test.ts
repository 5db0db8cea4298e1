import { describe, expect, it } from "vitest";
import { onRequest, results, resultsOf } from "./script.ts";

const Status = { Ok: "0", BadArgument: "2" } as const;

describe("reading", () => {
  const headers: [string, string][] = [
    ["x-one", "1"],
    ["x-empty", ""],
    ["x-many", "a"],
    ["x-many", "b,c"],
    ["x-many", ""],
    ["x-utf8", "Zoë"],
  ];

  it.each([
    ["a value", ["get", "request", "x-one"], '"1"'],
    ["an empty value, which is there", ["get", "request", "x-empty"], '""'],
    ["a missing header, which is not", ["get", "request", "x-none"], "null"],
    ["the first of several values", ["get", "request", "x-many"], '"a"'],
    ["whatever the case of the name", ["get", "request", "X-One"], '"1"'],
    ["a pseudo-header", ["get", "request", ":path"], '"/p?q=1"'],
    ["presence", ["has", "request", "x-one"], "true"],
    ["presence of an empty value", ["has", "request", "x-empty"], "true"],
    ["absence", ["has", "request", "x-none"], "false"],
    ["all values", ["getAll", "request", "x-many"], "[a|b,c|]"],
    ["all of one value", ["getAll", "request", "x-one"], "[1]"],
    ["all of none", ["getAll", "request", "x-none"], "[]"],
    ["all under another name", ["copyTo", "request", "x-many", "y"], "3 [y=a, y=b,c, y=]"],
    ["none under another name", ["copyTo", "request", "x-none", "y"], "0 []"],
    ["the first pair", ["first", "request", "x-many"], '"a"'],
    ["no pair", ["first", "request", "x-none"], "null"],
  ])("%s", (_, command, expected) => {
    expect(onRequest(command, { path: "/p?q=1", headers })).toBe(expected);
  });

  it("all pairs in one call", () => {
    const pairs =
      "[:authority=example.com, :path=/, :method=GET, :scheme=http, x-many=a, x-many=, x-forwarded-proto=http";
    const result = onRequest(["pairs", "request"], {
      headers: [
        ["x-many", "a"],
        ["x-many", ""],
      ],
    });
    expect(result.slice(result.indexOf("["))).toContain(pairs.slice(0, pairs.indexOf("x-forwarded")));
    expect(Number.parseInt(result)).toBeGreaterThanOrEqual(6);
  });

  it("the size of the map", () => {
    const size = Number(onRequest(["byteSize", "request"]));
    expect(Number(onRequest(["byteSize", "request"], { headers: { abc: "defg" } }))).toBe(size + 7);
  });
});

describe("writing", () => {
  function upstream(...commands: string[][]): Record<string, string> {
    const { results: all, exchange } = resultsOf(
      { onRequestHeaders: commands },
      {
        headers: [
          ["x-a", "old"],
          ["x-a", "older"],
          ["x-b", "kept"],
        ],
      },
    );
    for (const [, status] of all) expect(status).toBe(Status.Ok);
    return exchange.upstreamRequest?.headers.toObject() ?? {};
  }

  it("set takes the place of all values", () => {
    expect(upstream(["set", "request", "x-a", "new"])).toMatchObject({ "x-a": "new", "x-b": "kept" });
  });

  it("set makes what was not there", () => {
    expect(upstream(["set", "request", "X-New", "1"])).toMatchObject({ "x-new": "1", "x-a": "old, older" });
  });

  it("add keeps what was there", () => {
    expect(upstream(["add", "request", "x-a", "new"])).toMatchObject({ "x-a": "old, older, new" });
  });

  it("remove takes all values", () => {
    const headers = upstream(["remove", "request", "x-a"]);
    expect(headers).not.toHaveProperty("x-a");
    expect(headers).toMatchObject({ "x-b": "kept" });
  });

  it("an empty value is a value", () => {
    expect(upstream(["set", "request", "x-a", ""])).toMatchObject({ "x-a": "" });
  });

  it("a pseudo-header", () => {
    const { exchange } = resultsOf({ onRequestHeaders: [["set", "request", ":path", "/new"]] });
    expect(exchange.upstreamRequest?.path).toBe("/new");
  });

  it("the whole map", () => {
    const pairs = [
      ":method",
      "PUT",
      ":path",
      "/all",
      ":authority",
      "a",
      ":scheme",
      "http",
      "x-forwarded-proto",
      "http",
      "x-n",
      "1",
      "x-n",
      "2",
    ];
    const { exchange } = resultsOf(
      { onRequestHeaders: [["replaceAll", "request", ...pairs]] },
      { headers: { "x-b": "gone" } },
    );
    expect(exchange.upstreamRequest).toMatchObject({ method: "PUT", path: "/all" });
    expect(exchange.upstreamRequest?.headers.all("x-n")).toEqual(["1", "2"]);
    expect(exchange.upstreamRequest?.headers.has("x-b")).toBe(false);
  });
});

describe("what must not be written is refused, and changes nothing", () => {
  const REFUSED: [string, string, string][] = [
    ["a carriage return", "x-a", "a\rb"],
    ["a line feed", "x-a", "a\nx-injected: 1"],
    ["a NUL", "x-a", "a\0b"],
    ["a delete character", "x-a", "a\x7fb"],
    ["a leading space", "x-a", " a"],
    ["a trailing tab", "x-a", "a\t"],
    ["a name with a line break", "x-a\r\nx-injected", "1"],
    ["a name with a space", "x a", "1"],
    ["a name with a colon", "x:a", "1"],
    ["an empty name", "", "1"],
    ["a lone colon as name", ":", "1"],
  ];

  it.each(REFUSED)("%s", (_, name, value) => {
    for (const verb of ["set", "add"]) {
      const { results: all, exchange } = resultsOf({ onRequestHeaders: [[verb, "request", name, value]] });
      expect(all[0]?.[1]).toBe(Status.BadArgument);
      expect(exchange.upstreamRequest?.headers.has("x-a")).toBe(false);
      expect(exchange.upstreamRequest?.headers.has("x-injected")).toBe(false);
    }
  });

  it.each(REFUSED)("%s, in a whole map", (_, name, value) => {
    const map = ["replaceAll", "request", ":method", "GET", ":path", "/", ":authority", "a", name, value];
    const { results: all, exchange } = resultsOf({ onRequestHeaders: [map] }, { headers: { "x-b": "kept" } });
    expect(all[0]?.[1]).toBe(Status.BadArgument);
    expect(exchange.upstreamRequest?.headers.get("x-b")).toBe("kept");
  });

  it("in a response too, where Envoy would let it through", () => {
    const { results: all, exchange } = resultsOf({
      onResponseHeaders: [["add", "response", "x-a", "1\r\nset-cookie: a=b"]],
    });
    expect(all[0]?.[1]).toBe(Status.BadArgument);
    expect(exchange.response?.headers.has("set-cookie")).toBe(false);
  });

  it("a map so large that the host would read it as an empty one", () => {
    const { results: all, exchange } = resultsOf({ onRequestHeaders: [["replaceAllBy", "request", "1025"]] });
    expect(all[0]?.[1]).toBe(Status.BadArgument);
    expect(exchange.upstreamRequest?.path).toBe("/");
    expect(onRequest(["replaceAllBy", "request", "1024"])).toBe(Status.Ok);
  });

  it.each(["tab\tinside", "Zoë", "", "!#$%&'*+-.^_`|~"])("but %j is a value", (value) => {
    expect(onRequest(["set", "request", "x-a", value])).toBe(Status.Ok);
  });
});

describe("a map that is not open", () => {
  it.each([
    ["get", "null"],
    ["has", "false"],
    ["getAll", "[]"],
  ])("answers %s with %s", (verb, expected) => {
    expect(onRequest([verb, "response", ":status"])).toBe(expected);
  });

  it("has no pairs and no size", () => {
    expect(onRequest(["pairs", "response"])).toBe("0 []");
    expect(onRequest(["byteSize", "response"])).toBe("0");
  });

  it("refuses to be written", () => {
    expect(results({ onResponseHeaders: [["set", "request", "x-a", "1"]] })[0]?.[1]).toBe(Status.BadArgument);
  });
});

describe("response headers and trailers", () => {
  const upstream = () => ({
    status: 201,
    headers: { "x-up": "1" },
    body: "body",
    trailers: { "x-sum": "7", "grpc-status": "0" },
  });

  it("can be read and changed", () => {
    const script = {
      onResponseHeaders: [
        ["get", "response", ":status"],
        ["get", "response", "x-up"],
        ["set", "response", ":status", "202"],
        ["remove", "response", "x-up"],
      ],
      onResponseTrailers: [
        ["get", "responseTrailers", "x-sum"],
        ["set", "responseTrailers", "x-sum", "8"],
        ["add", "responseTrailers", "x-new", "9"],
      ],
    };
    const { results: all, exchange } = resultsOf(script, { protocol: "http2" }, { upstream });
    expect(all.map(([, result]) => result)).toEqual(['"201"', '"1"', "0", "0", '"7"', "0", "0"]);
    expect(exchange.response?.status).toBe(202);
    expect(exchange.response?.headers.has("x-up")).toBe(false);
    expect(exchange.response?.trailers?.toObject()).toMatchObject({ "x-sum": "8", "x-new": "9" });
  });

  it("of a request too", () => {
    const script = {
      onRequestTrailers: [
        ["get", "requestTrailers", "x-sum"],
        ["set", "requestTrailers", "x-sum", "8"],
      ],
    };
    const init = { method: "POST", protocol: "http2", body: "body", trailers: { "x-sum": "7" } } as const;
    const { results: all, exchange } = resultsOf(script, init);
    expect(all.map(([, result]) => result)).toEqual(['"7"', "0"]);
    expect(exchange.upstreamRequest?.trailers?.get("x-sum")).toBe("8");
  });

  it("are all there again when the stream is logged", () => {
    const script = {
      onLog: [
        ["get", "request", "x-q"],
        ["get", "response", ":status"],
        ["get", "responseTrailers", "x-sum"],
      ],
    };
    const init = { protocol: "http2", headers: { "x-q": "1" } } as const;
    expect(results(script, init, { upstream }).map(([, result]) => result)).toEqual(['"1"', '"201"', '"7"']);
  });
});
