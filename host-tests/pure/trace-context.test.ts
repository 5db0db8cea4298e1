import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, pieces, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

const isTraceparent = (value: Input) => pure.everywhere([value], (view) => exports.isTraceparent(view)) === 1;

/** What is passed on of headers: nothing, `traceparent`, or that and `tracestate`. */
function passedOn(...headers: [name: string, value: string][]): string[] {
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`).join("");
  return pieces(pure.everywhere([lines], (view) => pure.read(exports.traceContextOf(view))));
}

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const VALID = `00-${TRACE_ID}-${PARENT_ID}-01`;
const ZEROS = "0".repeat(32);

describe("traceparent", () => {
  test.each([
    [VALID],
    [`00-${TRACE_ID}-${PARENT_ID}-00`],
    [`00-${TRACE_ID}-${PARENT_ID}-ff`],
    [`00-${"0".repeat(31)}1-${"0".repeat(15)}1-00`],
    // Later versions: the same fields, or more of them.
    [`01-${TRACE_ID}-${PARENT_ID}-01`],
    [`fe-${TRACE_ID}-${PARENT_ID}-01`],
    [`cc-${TRACE_ID}-${PARENT_ID}-01-what.the.future-will?bring`],
    [`f0-${TRACE_ID}-${PARENT_ID}-01-`],
  ])("%s is one", (value) => expect(isTraceparent(value)).toBe(true));

  test.each([
    ["empty", ""],
    ["version ff", `ff-${TRACE_ID}-${PARENT_ID}-01`],
    ["version 00 with more fields", `${VALID}-extra`],
    ["version 00 with a dash behind", `${VALID}-`],
    ["a later version with more of a field", `cc-${TRACE_ID}-${PARENT_ID}-01.extra`],
    ["a later version that is shorter", `cc-${TRACE_ID}-${PARENT_ID}-0`],
    ["a later version without measure", `cc-${TRACE_ID}-${PARENT_ID}-01-${"x".repeat(500)}`],
    ["a trace id of zeros", `00-${ZEROS}-${PARENT_ID}-01`],
    ["a parent id of zeros", `00-${TRACE_ID}-${ZEROS.slice(16)}-01`],
    ["a later version with an id of zeros", `cc-${ZEROS}-${PARENT_ID}-01`],
    ["an upper-case version", `0A-${TRACE_ID}-${PARENT_ID}-01`],
    ["an upper-case trace id", `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
    ["an upper-case parent id", `00-${TRACE_ID}-${PARENT_ID.toUpperCase()}-01`],
    ["upper-case flags", `00-${TRACE_ID}-${PARENT_ID}-0A`],
    ["other letters", `00-${TRACE_ID.replace("a", "g")}-${PARENT_ID}-01`],
    ["flags of one digit", `00-${TRACE_ID}-${PARENT_ID}-1`],
    ["other delimiters", VALID.replaceAll("-", ".")],
    ["white space in front", ` ${VALID}`],
    ["white space behind", `${VALID} `],
    ["two of them, as Envoy joins them", `${VALID},${VALID}`],
  ])("%s: none", (_, value) => expect(isTraceparent(value)).toBe(false));

  test("agrees with the grammar on whatever comes out of a valid one", () => {
    const version = fc.constantFrom("00", "01", "cc", "fe", "ff", "0a");
    const hex = (size: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${size}}$`));
    const id = (size: number) => fc.oneof({ weight: 9, arbitrary: hex(size) }, fc.constant("0".repeat(size)));
    const rest = fc.constantFrom("", "", "-", "-x", "x");
    const valid = fc.tuple(version, id(32), id(16), hex(2), rest).map(([v, trace, parent, flags, more]) => {
      return new Uint8Array(Buffer.from(`${v}-${trace}-${parent}-${flags}${more}`));
    });
    check(3000, [valid], (bytes) => expect(isTraceparent(bytes)).toBe(judge(Buffer.from(bytes).toString("latin1"))));
    check(3000, [mutated(valid, "0aAfFg-")], (bytes) =>
      expect(isTraceparent(bytes)).toBe(judge(Buffer.from(bytes).toString("latin1"))),
    );
  });
});

/** The grammar, said with a regular expression. */
function judge(value: string): boolean {
  const [, version, trace, parent, more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[^]*)?$/.exec(value) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return false;
  return !/^0+$/.test(trace ?? "") && !/^0+$/.test(parent ?? "");
}

describe("tracestate", () => {
  const parent: [string, string] = ["traceparent", VALID];
  const state = (...values: string[]) =>
    passedOn(parent, ...values.map((value): [string, string] => ["tracestate", value]))[1];

  test("is passed on as it is", () => {
    expect(state("congo=t61rcWkgMzE")).toBe("congo=t61rcWkgMzE");
    expect(state("a=1, b = 2 ,,c=3,")).toBe("a=1, b = 2 ,,c=3,");
    expect(state("not a list")).toBe("not a list");
  });

  test("of several headers is one list, in their order", () => {
    expect(state("a=1,b=2", "c=3", "d=4")).toBe("a=1,b=2,c=3,d=4");
    const between = passedOn(["tracestate", "a=1"], parent, ["x", "y"], ["tracestate", "b=2"]);
    expect(between).toEqual([VALID, "a=1,b=2"]);
  });

  test("that is empty is not sent", () => {
    expect(state("")).toBeUndefined();
    expect(state(" ", "")).toBeUndefined();
    expect(state("", "a=1", " ")).toBe("a=1");
  });

  test.each([
    ["no traceparent", []],
    ["a malformed one", [["traceparent", VALID.toUpperCase()]]],
    ["two of them", [parent, parent]],
    ["two, the second malformed", [parent, ["traceparent", "x"]]],
    ["three", [parent, parent, parent]],
  ] as [string, [string, string][]][])("is not passed on with %s", (_, parents) => {
    expect(passedOn(...parents, ["tracestate", "a=1"])).toEqual([]);
  });

  test("of 512 bytes is whole; of more it loses its long members first, then its last", () => {
    const long = `long=${"x".repeat(124)}`;
    const fits = `a=${"x".repeat(380)},${long}`;
    expect(fits).toHaveLength(512);
    expect(state(fits)).toBe(fits);
    expect(state(`${fits},`)).toBeUndefined();
    expect(state(`first=1,${long},${fits},last=2`)).toBe("first=1,last=2");
    const members = Array.from({ length: 40 }, (_, index) => `member-${index + 100}=12345`);
    expect(state(...members)).toBe(members.slice(0, 30).join(","));
  });

  test("keeps whole members, in their order, within the limits", () => {
    const member = fc.stringMatching(/^[a-z0-9= ]{0,160}$/);
    check(500, [fc.array(member, { maxLength: 40 })], (members) => {
      const list = members.join(",");
      const kept = state(list) ?? "";
      expect(kept.length).toBeLessThanOrEqual(512);
      if (list.trim() === "") expect(kept).toBe("");
      else if (list.length <= 512) expect(kept).toBe(list);
      else expect(kept).toBe(shortened(members));
    });
  });
});

/** As the specification says it. */
function shortened(members: string[]): string {
  const kept = members.filter(({ length }) => length > 0 && length <= 128);
  while (kept.join(",").length > 512) kept.pop();
  return kept.join(",");
}
