import { describe, expect, it } from "vitest";
import { Double, Duration, EnvoyHost, Timestamp, Uint } from "../host/index.ts";
import { module, onRequest, results, resultsOf, ScriptHost } from "./script.ts";

const properties = {
  given: {
    text: "Zoë",
    empty: "",
    bytes: Buffer.from("abc"),
    int: -5n,
    uint: new Uint(7n),
    large: 9_007_199_254_740_993n,
    double: new Double(1.5),
    yes: true,
    no: false,
    moment: new Timestamp(1_700_000_000_123_456_789n),
    length: new Duration(1_500_000_000n),
    map: { a: "1", b: "" },
    emptyMap: {},
    list: ["x", "y"],
    nested: { inner: { k: "v" } },
  },
};

function read(type: string, ...path: string[]): string {
  return onRequest([`property.${type}`, ...path], {}, { properties });
}

describe("a property", () => {
  it.each([
    ["string", ["given", "text"], '"Zoë"'],
    ["string", ["given", "empty"], '""'],
    ["bytes", ["given", "bytes"], '"abc"'],
    ["int", ["given", "int"], "-5"],
    ["int", ["given", "uint"], "7"],
    ["int", ["given", "large"], "9007199254740993"],
    ["double", ["given", "double"], "1.5"],
    ["bool", ["given", "yes"], "true true"],
    ["bool", ["given", "no"], "false false"],
    ["timestamp", ["given", "moment"], "1700000000123456789"],
    ["duration", ["given", "length"], "1500000000"],
    ["map", ["given", "map"], "2 [a=1, b=]"],
    ["map", ["given", "emptyMap"], "0 []"],
    ["list", ["given", "list"], "2 [x=, y=]"],
    ["string", ["given", "nested", "inner", "k"], '"v"'],
    ["has", ["given", "empty"], "true"],
  ])("of type %s: %j", (type, path, expected) => {
    expect(read(type, ...path)).toBe(expected);
  });

  it.each([
    ["string", "null"],
    ["bytes", "null"],
    ["has", "false"],
    ["int", "-1"],
    ["double", "-1.0"],
    ["bool", "false true"],
    ["timestamp", "-1"],
    ["duration", "-1"],
    ["map", "null"],
    ["list", "null"],
  ])("that is absent, read as %s, is %s", (type, expected) => {
    expect(read(type, "given", "nothing")).toBe(expected);
    expect(read(type, "nothing at all")).toBe(expected);
  });

  it.each([
    ["int", "given", "text", "-1"],
    ["int", "given", "yes", "-1"],
    ["double", "given", "text", "-1.0"],
    ["bool", "given", "int", "false true"],
    ["timestamp", "given", "empty", "-1"],
  ])("of another size than %s has is absent", (type, first, second, expected) => {
    expect(read(type, first, second)).toBe(expected);
  });

  it.each(["text", "int", "yes", "bytes"])("that is no map has no members: %s", (name) => {
    expect(read("map", "given", name)).toBe("0 []");
  });
});

describe("Envoy's own attributes", () => {
  it.each([
    ["string", ["request", "path"], '"/orders?id=1"'],
    ["string", ["request", "headers", "x-a"], '"1"'],
    ["string", ["plugin_name"], '"sdk-script"'],
    ["timestamp", ["request", "time"], "1700000000000000000"],
    ["bool", ["connection", "mtls"], "false false"],
  ])("%s %j", (type, path, expected) => {
    expect(onRequest([`property.${type}`, ...path], { path: "/orders?id=1", headers: { "x-a": "1" } })).toBe(expected);
  });

  it("the whole header map", () => {
    expect(onRequest(["property.map", "request", "headers"], { headers: { "x-a": "1" } })).toContain("x-a=1");
  });
});

describe("filter state", () => {
  it("is set, read back, and seen outside", () => {
    const script = {
      onRequestHeaders: [
        ["property.set", "lane", "blue"],
        ["property.string", "lane"],
        ["property.string", "filter_state", "wasm.lane"],
      ],
    };
    const { results: all, exchange } = resultsOf(script);
    expect(all.map(([, result]) => result)).toEqual(["0", '"blue"', '"blue"']);
    expect(exchange.filterState["wasm.lane"]).toBe("blue");
  });

  it("is text for CEL once its root has declared it", () => {
    const isBlue = ["foreign", "expr_create", 'filter_state["wasm.lane"] == "blue"', "expr_evaluate"];
    const onRequestHeaders = [["property.set", "lane", "blue"], isBlue];
    expect(results({ onRequestHeaders })[1]?.[1]).toBe('0 "\0"');
    const host = new ScriptHost({
      onConfigure: [
        ["envoy.declare", "lane"],
        ["envoy.declare", "lane"],
      ],
      onRequestHeaders,
    });
    host.request();
    expect(host.lines().at(-1)).toContain('0 "\x01"');
  });

  it("cannot be declared twice", () => {
    const host = new EnvoyHost();
    const script = {
      onConfigure: [
        ["envoy.declare", "lane"],
        ["envoy.declare", "lane"],
      ],
    };
    host.addFilter({ name: "sdk-script", module, configuration: JSON.stringify(script) });
    const said = host.logs.map(({ message }) => message.split(" = ")[1]);
    expect(said.slice(0, 2)).toEqual(["0", "2"]);
  });

  it("of Envoy is set by its key", () => {
    const script = {
      onRequestHeaders: [
        ["envoy.setFilterState", "envoy.network.upstream_server_name", "a.example"],
        ["envoy.setFilterState", "no.such.key", "x"],
      ],
    };
    expect(results(script).map(([, result]) => result)).toEqual(["0", "1"]);
  });
});
