import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";
import { JSON_ALPHABET, jsonText, judge } from "./json-text.ts";

const pure = new PureModule();
const { exports } = pure;

/** `JsonEditStatus` of assembly/json/edit.ts. */
const STATUS = ["Ok", "InvalidJson", "InvalidPointer", "InvalidValue", "Absent", "NotContainer", "Duplicate"];

/** The changed text, or the status. */
function outcome(status: number): string {
  if (status !== 0) return STATUS[status] ?? "?";
  return pure.text(exports.editResult()) ?? "";
}

const set = (text: Input, pointer: string, value: string) =>
  pure.everywhere([text, pointer, value], (...views) => outcome(exports.editSet(...views)));
const remove = (text: Input, pointer: string) =>
  pure.everywhere([text, pointer], (...views) => outcome(exports.editRemove(...views)));

describe("JsonEditor.set", () => {
  test.each([
    ["a member", ' { "a" : 1 , "b":2 } ', "/a", "[3]", ' { "a" : [3] , "b":2 } '],
    ["a member of a member", '{"a":{"b":{"c":1}},"c":2}', "/a/b/c", "9", '{"a":{"b":{"c":9}},"c":2}'],
    ["an object", '{"a":{"b":1}}', "/a", "null", '{"a":null}'],
    ["an element", "[1, 2 ,3]", "/1", '"x"', '[1, "x" ,3]'],
    ["a member of an element", '{"a":[{"b":1},{"b":2}]}', "/a/1/b", "3", '{"a":[{"b":1},{"b":3}]}'],
    ["a name with escapes", '{"\\u0061":1}', "/a", "2", '{"\\u0061":2}'],
    ["a name with slash and tilde", '{"a/b":1,"~":2,"~1":3}', "/a~1b", "9", '{"a/b":9,"~":2,"~1":3}'],
    ["a name with a tilde and a digit", '{"a/b":1,"~":2,"~1":3}', "/~01", "9", '{"a/b":1,"~":2,"~1":9}'],
    ["the member without a name", '{"":1}', "/", "2", '{"":2}'],
    ["a name outside ASCII", '{"é":1}', "/é", "2", '{"é":2}'],
    ["adds a member", '{"a":1 }', "/b", "2", '{"a":1,"b":2 }'],
    ["adds a member to an empty object", "{ }", "/b", "2", '{"b":2 }'],
    ["adds a member whose name needs escapes", "{}", '/"\n', "2", '{"\\"\\n":2}'],
    ["adds a member without a name", "{}", "/", "2", '{"":2}'],
    ["adds a member further in", '{"a":{"b":1}}', "/a/c", "2", '{"a":{"b":1,"c":2}}'],
  ])("%s", (_, text, pointer, value, expected) => expect(set(text, pointer, value)).toBe(expected));

  test.each([
    ["a malformed text", '{"a":1,}', "/a", "2", "InvalidJson"],
    ["a text malformed behind the member", '{"a":1} x', "/a", "2", "InvalidJson"],
    ["a malformed text that is no object", "1 2", "/a", "2", "InvalidJson"],
    ["an empty text", "", "/a", "2", "InvalidJson"],
    ["a malformed value", '{"a":1}', "/a", "", "InvalidValue"],
    ["a value and more", '{"a":1}', "/a", '1,"b":2', "InvalidValue"],
    ["a pointer to the whole", '{"a":1}', "", "2", "InvalidPointer"],
    ["a pointer without a slash", '{"a":1}', "a", "2", "InvalidPointer"],
    ["a pointer with a lone tilde", '{"a":1}', "/a~", "2", "InvalidPointer"],
    ["a pointer with an unknown escape", '{"a":1}', "/~2", "2", "InvalidPointer"],
    ["a way that leads nowhere", '{"a":1}', "/b/c", "2", "Absent"],
    ["an element that is not there", "[1]", "/1", "2", "Absent"],
    ["an element behind the last", "[1]", "/-", "2", "Absent"],
    ["an index with a leading zero", "[1,2]", "/01", "2", "Absent"],
    ["a name in an array", "[1]", "/a", "2", "Absent"],
    ["something inside a number", '{"a":1}', "/a/b", "2", "NotContainer"],
    ["something inside a text that is a string", '"a"', "/a", "2", "NotContainer"],
    ["a member that is there twice", '{"a":1,"\\u0061":2}', "/a", "3", "Duplicate"],
    ["a way through a member that is there twice", '{"a":{},"a":{"b":1}}', "/a/b", "3", "Duplicate"],
  ])("refuses %s", (_, text, pointer, value, expected) => expect(set(text, pointer, value)).toBe(expected));
});

describe("JsonEditor.remove", () => {
  test.each([
    ["the first member", '{ "a":1 , "b":2 }', "/a", '{ "b":2 }'],
    ["a member in the middle", '{"a":1 , "b":2 , "c":3}', "/b", '{"a":1 , "c":3}'],
    ["the last member", '{"a":1 , "b":2 }', "/b", '{"a":1 }'],
    ["the only member", '{ "a":1 }', "/a", "{  }"],
    ["a member of an element", '[{"a":1,"b":{}}]', "/0/b", '[{"a":1}]'],
    ["the first element", "[1, 2]", "/0", "[2]"],
    ["the last element", "[[1], 2]", "/1", "[[1]]"],
    ["the only element", "[[1]]", "/0", "[]"],
  ])("%s", (_, text, pointer, expected) => expect(remove(text, pointer)).toBe(expected));

  test("refuses what is not there", () => {
    expect(remove('{"a":1}', "/b")).toBe("Absent");
    expect(remove('{"a":1', "/a")).toBe("InvalidJson");
    expect(remove('{"a":1,"a":2}', "/a")).toBe("Duplicate");
  });
});

test("the offset says where a text is malformed, also when that is inside", () => {
  const offset = (text: string) =>
    pure.everywhere([text, "/a", "1"], (...views) => {
      exports.editSet(...views);
      return exports.editOffset();
    });
  expect(offset('{"a":[1,}]}')).toBe(8);
  expect(offset('{"b":[1,]}')).toBe(8);
  expect(offset('{"a":1}}')).toBe(7);
});

test("changes of any text agree with changes of its value", () => {
  const text = mutated(
    fc.record({ a: jsonText, b: jsonText }).map(({ a, b }) => Buffer.from(`{"a":${a}, "b" :{"c":${b}}}`)),
    JSON_ALPHABET,
  );
  check(3000, [text], (text) => {
    const value = judge(text, 64) as { a?: unknown; b?: { c?: unknown } } | undefined;
    const changed = set(text, "/b/c", "[7]");
    const removed = remove(text, "/a");
    if (value === undefined) {
      expect([changed, removed]).toEqual(["InvalidJson", "InvalidJson"]);
      return;
    }
    if (STATUS.includes(removed)) expect(["Absent", "NotContainer", "Duplicate"]).toContain(removed);
    // Not strictly, which compares members named `constructor` as types.
    else expect(JSON.parse(removed)).toEqual(without(value, "a"));
    if (STATUS.includes(changed)) expect(["Absent", "NotContainer", "Duplicate"]).toContain(changed);
    else expect(JSON.parse(changed)).toEqual({ ...value, b: { ...value.b, c: [7] } });
  });
});

function without(value: object, name: string): unknown {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
