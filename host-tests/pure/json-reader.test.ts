import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";
import { EVENTS, JSON_ALPHABET, jsonText, judge, readTrace, STATUSES, type TracedEvent, valueOf } from "./json-text.ts";

const pure = new PureModule();
const { exports } = pure;

function trace(text: Input, maxDepth = 32): TracedEvent[] {
  const bytes = pure.everywhere([text], (view) => pure.read(exports.jsonTrace(view, maxDepth)));
  return readTrace(bytes ?? Buffer.alloc(0));
}

function lastOf(events: TracedEvent[]): TracedEvent {
  const last = events.at(-1);
  if (last === undefined) throw new Error("no event at all");
  return last;
}

/** `End`, or status and offset of the error. */
function verdict(text: Input, maxDepth = 32): string {
  const { event, status, offset } = lastOf(trace(text, maxDepth));
  return event === "End" ? "End" : `${status} ${offset}`;
}

function agreesWithJudge(text: Uint8Array, maxDepth: number): void {
  const events = trace(text, maxDepth);
  const expected = judge(text, maxDepth);
  const last = lastOf(events);
  if (expected === undefined) {
    expect(last.event).toBe("Error");
    expect(last.status).not.toBe("Ok");
    expect(last.offset).toBeLessThanOrEqual(text.length);
  } else {
    expect(last.event, `${last.status} at ${last.offset}`).toBe("End");
    expect(valueOf(events)).toEqual(expected);
  }
}

describe("JsonReader agrees with JSON.parse, but for our stricter rules,", () => {
  test("on JSON", () => {
    check(4000, [jsonText], (text) => agreesWithJudge(Buffer.from(text.toWellFormed()), 32));
  });

  test("on damaged JSON", () => {
    const damaged = mutated(
      jsonText.map((text) => Buffer.from(text)),
      JSON_ALPHABET,
    );
    check(10_000, [damaged], (text) => agreesWithJudge(text, 32));
  });

  test("on short texts of JSON's own characters", () => {
    const byte = fc.constantFrom(...Buffer.from(JSON_ALPHABET));
    check(10_000, [fc.array(byte, { maxLength: 8 })], (bytes) => agreesWithJudge(Uint8Array.from(bytes), 32));
  });

  test("on every byte at every place of a longer string", () => {
    for (let place = 0; place < 18; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const text = Buffer.from(`"${"a".repeat(18)}"`);
        text[1 + place] = byte;
        agreesWithJudge(text, 32);
      }
    }
  });

  test("on any bytes", () => {
    check(2000, [fc.uint8Array({ maxLength: 12 })], (bytes) => agreesWithJudge(bytes, 32));
  });

  test("at every limit of depth", () => {
    check(2000, [jsonText, fc.nat(5)], (text, maxDepth) => agreesWithJudge(Buffer.from(text.toWellFormed()), maxDepth));
  });

  test("on every text cut off at every byte", () => {
    const whole = Buffer.from('{"a\\u00e9\\ud83d\\ude00é😀":[true,false,null,-12.5e+7,"",{}],"b":"c"} ');
    for (let length = 0; length < whole.length - 1; length++) {
      expect(verdict(whole.subarray(0, length)), whole.toString("utf8", 0, length)).not.toBe("End");
    }
    expect(verdict(whole)).toBe("End");
  });
});

describe("JsonReader tells", () => {
  test("each token with its place and depth", () => {
    const events = trace(' {"a": [1, "b"], "c\\n": {}} ');
    expect(events.map(({ event, start, end, depth }) => `${event} ${start}-${end} ${depth}`)).toEqual([
      "ObjectStart 1-2 1",
      "Key 2-5 1",
      "ArrayStart 7-8 2",
      "Number 8-9 2",
      "String 11-14 2",
      "ArrayEnd 14-15 1",
      "Key 17-22 1",
      "ObjectStart 24-25 2",
      "ObjectEnd 25-26 1",
      "ObjectEnd 26-27 0",
      "End 28-28 0",
    ]);
    const strings = events.filter(({ event }) => event === "Key" || event === "String");
    expect(strings.map(({ text, escaped }) => `${text} ${escaped}`)).toEqual(["a false", "b false", "c\n true"]);
  });

  test("what kind of number it is", () => {
    const numbers = trace(
      "[0, -0, 7, 1.0, 1e2, 9223372036854775807, -9223372036854775808, 9223372036854775808, -1e400]",
    );
    expect(
      numbers
        .filter(({ event }) => event === "Number")
        .map(({ text, isInteger, overflow, integer, number }) => [text, isInteger, overflow, integer, number]),
    ).toEqual([
      ["0", true, false, 0n, 0],
      ["-0", true, false, 0n, -0],
      ["7", true, false, 7n, 7],
      ["1.0", false, false, 0n, 1],
      ["1e2", false, false, 0n, 100],
      ["9223372036854775807", true, false, 2n ** 63n - 1n, 2 ** 63],
      ["-9223372036854775808", true, false, -(2n ** 63n), -(2 ** 63)],
      ["9223372036854775808", true, true, 2n ** 63n - 1n, 2 ** 63],
      ["-1e400", false, false, 0n, -Infinity],
    ]);
  });

  test.each([
    ["", "UnexpectedEnd 0"],
    [" \n", "UnexpectedEnd 2"],
    ["[", "UnexpectedEnd 1"],
    ["[1", "UnexpectedEnd 2"],
    ["[1,", "UnexpectedEnd 3"],
    ['{"a"', "UnexpectedEnd 4"],
    ['{"a":', "UnexpectedEnd 5"],
    ['"abc', "UnexpectedEnd 4"],
    ["tru", "UnexpectedEnd 3"],
    ["fals", "UnexpectedEnd 4"],
    ["-", "UnexpectedEnd 1"],
    ["1.", "UnexpectedEnd 2"],
    ["1e", "UnexpectedEnd 2"],
    ["1e+", "UnexpectedEnd 3"],
    ["\ufeff1", "UnexpectedByte 0"],
    ["[1,]", "UnexpectedByte 3"],
    ['{"a":1,}', "UnexpectedByte 7"],
    ["[1 2]", "UnexpectedByte 3"],
    ["[}", "UnexpectedByte 1"],
    ["{]", "UnexpectedByte 1"],
    ["[1}", "UnexpectedByte 2"],
    ['{"a":1]', "UnexpectedByte 6"],
    ["{a:1}", "UnexpectedByte 1"],
    ["{1:1}", "UnexpectedByte 1"],
    ['{"a" 1}', "UnexpectedByte 5"],
    ['{"a"}', "UnexpectedByte 4"],
    ["[,1]", "UnexpectedByte 1"],
    ["trux", "UnexpectedByte 3"],
    ["falsy", "UnexpectedByte 4"],
    ["True", "UnexpectedByte 0"],
    ["NaN", "UnexpectedByte 0"],
    ["Infinity", "UnexpectedByte 0"],
    ["'a'", "UnexpectedByte 0"],
    ["// c\n1", "UnexpectedByte 0"],
    ["+1", "UnexpectedByte 0"],
    [".5", "UnexpectedByte 0"],
    ["\u00a01", "UnexpectedByte 0"],
    ["\f1", "UnexpectedByte 0"],
    ["\0", "UnexpectedByte 0"],
    ['"a\nb"', "InvalidString 2"],
    ['"\0"', "InvalidString 1"],
    ['"\u001f"', "InvalidString 1"],
    ['"ab\\x"', "InvalidEscape 3"],
    ['"\\u12g4"', "InvalidEscape 1"],
    ['"\\ud800"', "InvalidEscape 1"],
    ['"\\ud800\\u0041"', "InvalidEscape 1"],
    ['"\\udc00"', "InvalidEscape 1"],
    ['"\\udc00\\ud800"', "InvalidEscape 1"],
    ['"\\', "InvalidEscape 1"],
    ["01", "InvalidNumber 0"],
    ["-01", "InvalidNumber 1"],
    ["00", "InvalidNumber 0"],
    ["1.x", "InvalidNumber 2"],
    ["1.e5", "InvalidNumber 2"],
    ["-x", "InvalidNumber 1"],
    ["1ex", "InvalidNumber 2"],
    ["1e+-2", "InvalidNumber 3"],
    ["1 2", "TrailingData 2"],
    ["{} {}", "TrailingData 3"],
    ["1x", "TrailingData 1"],
    ["[]]", "TrailingData 2"],
    ["null\0", "TrailingData 4"],
  ])("where %j goes wrong", (text, expected) => expect(verdict(text)).toBe(expected));

  test.each([
    ["a byte that is never part of a character", [0xff]],
    ["an overlong form", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a character that is cut off", [0xe2, 0x82]],
  ])("invalid UTF-8: %s", (_, bytes) => {
    expect(verdict(Buffer.from([0x22, 0x61, ...bytes, 0x22]))).toBe("InvalidUtf8 2");
    expect(verdict(Buffer.from([0x22, 0x61, ...bytes]))).toBe("InvalidUtf8 2");
  });

  test("nesting: as deep as allowed, and one level more; never more than 64", () => {
    for (const [allowed, real] of [
      [0, 0],
      [1, 1],
      [32, 32],
      [64, 64],
      [1000, 64],
    ] as const) {
      expect(verdict("[".repeat(real) + "1".repeat(real === 0 ? 1 : 0) + "]".repeat(real), allowed)).toBe("End");
      expect(verdict("[".repeat(real + 1) + "]".repeat(real + 1), allowed)).toBe(`TooDeep ${real}`);
    }
    const mixed = '{"a":[';
    expect(verdict(mixed.repeat(32) + "0" + "]}".repeat(32), 64)).toBe("End");
    expect(verdict("[".repeat(1_000_000), 64)).toBe("TooDeep 64");
  });

  test("the end and an error again and again", () => {
    for (const [text, event] of [
      ["[1]", "End"],
      ["[1,]", "Error"],
    ] as const) {
      const again = pure.everywhere([text], (view) => {
        exports.jsonScan(view, 32);
        return [exports.jsonNextAgain(), exports.jsonNextAgain(), exports.jsonOffset()];
      });
      expect(again.slice(0, 2).map((number) => EVENTS[number])).toEqual([event, event]);
      if (event === "Error") expect(again[2]).toBe(3);
    }
  });
});

describe("JsonReader.skip", () => {
  /** Skips at the event of number `index`, and tells the success, the event then current, its depth and its end. */
  function skip(text: string, index: number): string {
    return pure.everywhere([text], (view) => {
      const result = exports.jsonSkip(view, index);
      return `${(result & 1) === 1} ${String(EVENTS[(result >> 8) & 0xff])} ${result >> 16} ${exports.jsonEnd()}`;
    });
  }

  const text = '{"a":{"b":[1,2]},"c":3,"d":[4,[5],6]} ';

  test.each([
    ["the whole text", 0, "true ObjectEnd 0 37"],
    ["from the start of the object", 1, "true ObjectEnd 0 37"],
    ["the value of a key", 2, "true ObjectEnd 1 16"],
    ["from the start of an inner object", 3, "true ObjectEnd 1 16"],
    ["from the start of an inner array", 5, "true ArrayEnd 2 15"],
    ["the element behind another", 6, "true Number 3 14"],
    ["a scalar behind a key", 10, "true Number 1 22"],
    ["the member behind a member", 11, "true ArrayEnd 1 36"],
  ])("%s", (_, index, expected) => expect(skip(text, index)).toBe(expected));

  test("stops where the value is malformed", () => {
    expect(skip('{"a":[1,}', 2)).toMatch(/^false Error/);
    expect(skip('{"a":', 2)).toMatch(/^false Error/);
    expect(skip('{"a":[[[', 2)).toMatch(/^false Error/);
    expect(skip("[1", 0)).toMatch(/^false Error/);
  });
});

describe("JsonReader.keyEquals", () => {
  const equals = (literal: string, name: string) =>
    pure.everywhere([literal, name], (a, b) => exports.jsonStringEquals(a, b)) === 1;

  test("compares what a string stands for, not how it is written", () => {
    expect(equals('"exp"', "exp")).toBe(true);
    expect(equals('"\\u0065xp"', "exp")).toBe(true);
    expect(equals('"e\\u0078\\u0070"', "exp")).toBe(true);
    expect(equals('"\\/"', "/")).toBe(true);
    expect(equals('"\\ud83d\\ude00é"', "😀é")).toBe(true);
    expect(equals('"exp"', "ex")).toBe(false);
    expect(equals('"ex"', "exp")).toBe(false);
    expect(equals('"\\u0065x"', "exp")).toBe(false);
    expect(equals('"\\u0065xpp"', "exp")).toBe(false);
    expect(equals('"\\u00e9"', "\u00c3")).toBe(false);
    expect(equals('""', "")).toBe(true);
    expect(equals("1", "1")).toBe(false);
  });

  test("agrees with JSON.parse", () => {
    const some = fc.string({ unit: "binary", maxLength: 8 });
    check(2000, [some, some], (plain, other) => {
      const escaped = Array.from({ length: plain.length }, (_, i) => plain.charCodeAt(i))
        .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
        .join("");
      for (const literal of [JSON.stringify(plain), `"${escaped}"`]) {
        expect(equals(literal, plain)).toBe(true);
        expect(equals(literal, other)).toBe(plain === other);
        expect(equals(literal, `${plain}x`)).toBe(false);
      }
    });
  });
});

test("the names of the statuses here are as many as there", () => {
  expect(verdict("[[", 1)).toBe("TooDeep 1");
  expect(STATUSES).toHaveLength(10);
});
