import { describe, expect, test } from "vitest";
import { type Input, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";
import { JSON_ALPHABET, jsonText, judge, readTrace, STATUSES } from "./json-text.ts";

const pure = new PureModule();
const { exports } = pure;

/** The document written again without white space, or its problem. */
function parse(text: Input, maxDepth = 32): string {
  return pure.everywhere([text], (view) => {
    const status = exports.documentParse(view, maxDepth);
    return pure.text(status === 0 ? exports.documentText() : exports.documentProblem()) ?? "";
  });
}

/** How many members a value has, those of its parts included. */
function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, part) => sum + countMembers(part), own);
}

/** How many members a text has, of which JSON.parse keeps one for each name. */
function keyCount(text: Uint8Array): number {
  const trace = pure.everywhere([text], (view) => pure.read(exports.jsonTrace(view, 32)));
  return readTrace(trace ?? Buffer.alloc(0)).filter(({ event }) => event === "Key").length;
}

describe("JsonDocument", () => {
  test("holds everything that the text says, in its order", () => {
    const text = ' {"b": [1, 2.50, -0, 1e3, "é\\n", {}], "a": {"x": null, "": [true, false, []]}, "2": 0, "1": 0} ';
    expect(parse(text)).toBe('{"b":[1,2.50,-0,1e3,"é\\n",{}],"a":{"x":null,"":[true,false,[]]},"2":0,"1":0}');
    expect(parse('"x"')).toBe('"x"');
  });

  test("refuses what the reader refuses, and members of one name", () => {
    const damaged = mutated(
      jsonText.map((text) => Buffer.from(text)),
      JSON_ALPHABET,
    );
    check(3000, [damaged], (text) => {
      const written = parse(text);
      const expected = judge(text, 32);
      if (expected === undefined) {
        expect(written).toMatch(/^line \d+, column \d+: /);
      } else if (countMembers(expected) === keyCount(text)) {
        expect(JSON.parse(written)).toEqual(expected);
      } else {
        expect(written).toMatch(/: duplicate member$/);
      }
    });
  });

  test("values know their path, kind, place and number", () => {
    const text = '{"jwtRules":[{"issuer":"a","n":7},[[9223372036854775808]]],"b":1.5}';
    const values = pure.everywhere([text], (view) => {
      exports.documentParse(view, 32);
      return pure.text(exports.documentValues());
    });
    expect(values?.trimEnd().split("\n")).toEqual([
      " 5 0 67 2 -",
      "jwtRules 4 12 58 2 -",
      "jwtRules[0] 5 13 33 2 -",
      "jwtRules[0].issuer 3 23 26 0 -",
      "jwtRules[0].n 2 31 32 0 7",
      "jwtRules[1] 4 34 57 1 -",
      "jwtRules[1][0] 4 35 56 1 -",
      "jwtRules[1][0][0] 2 36 55 0 overflow",
      "b 2 63 66 0 -",
    ]);
  });

  test("get finds members of objects only", () => {
    const get = (text: string, name: string) =>
      pure.everywhere([text, name], (document, name) => {
        exports.documentParse(document, 32);
        return pure.text(exports.documentGet(name));
      });
    expect(get('{"a":1,"b":2}', "b")).toBe("b");
    expect(get('{"\\u0062":2}', "b")).toBe("b");
    expect(get('{"a":1}', "b")).toBeNull();
    expect(get("{}", "b")).toBeNull();
    expect(get('["b"]', "b")).toBeNull();
  });

  test.each([
    ["", "line 1, column 1: unexpected end"],
    ["{\n  'a': 1\n}", "line 2, column 3: unexpected character"],
    ['{"é😀": x}', "line 1, column 8: unexpected character"],
    ['{"a": 1,\r\n "a": 2}', "line 2, column 2: duplicate member"],
    ['{"a": {"b": 1}, "\\u0061": 2}', "line 1, column 17: duplicate member"],
    ['[{"a":1},{"a":1}]', '[{"a":1},{"a":1}]'],
    ["[1] ]", "line 1, column 5: unexpected data after the value"],
    ["[\n01]", "line 2, column 1: invalid number"],
    ['"\n"', "line 1, column 2: control character in a string"],
    ['"\\q"', "line 1, column 2: invalid escape sequence"],
  ])("%j: %s", (text, expected) => expect(parse(text)).toBe(expected));

  test("depth is bounded, and depth within the bounds is no matter", () => {
    expect(parse("[".repeat(33) + "]".repeat(33))).toBe("line 1, column 33: nested too deeply");
    const deep = '{"a":['.repeat(32) + "]}".repeat(32);
    expect(parse(deep, 64)).toBe(deep);
  });

  test("every status has words", () => {
    expect(STATUSES.map((_, status) => pure.text(exports.statusWords(status)))).not.toContain("unknown error");
  });
});
