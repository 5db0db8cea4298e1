import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, pieces, PureModule } from "./pure-module.ts";
import { check } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

function pairs(header: Input): [string, string][] {
  const found = pieces(pure.everywhere([header], (view) => pure.read(exports.cookiePairs(view))));
  return found.flatMap((name, i) => (i % 2 === 0 ? [[name, found[i + 1] ?? ""]] : []));
}

const find = (header: Input, name: Input) =>
  pure.everywhere([header, name], (a, b) => pure.text(exports.findCookie(a, b)));

/** The same grammar, said with strings. */
function judge(header: string): [string, string][] {
  return header.split(";").flatMap((pair) => {
    const [, name, value] = /^[ \t]*([^=]*?)[ \t]*=([^]*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return [];
    return [[name, /^"([^]*)"$/.exec(value)?.[1] ?? value]];
  });
}

describe("cookies", () => {
  test("agree with the grammar on whatever a client may send", () => {
    check(5000, [fc.stringMatching(/^[ab"=; \t]{0,14}$/)], (header) => expect(pairs(header)).toEqual(judge(header)));
    check(1000, [fc.string({ unit: "binary" })], (header) => expect(pairs(header)).toEqual(judge(header)));
  });

  test.each([
    ["a=1; b=2", "b", "2"],
    ["a=1;b=2", "b", "2"],
    ["a=1;   b=2", "b", "2"],
    ["token=x=y==", "token", "x=y=="],
    ['token="x y"', "token", "x y"],
    ['token=""', "token", ""],
    ['token="', "token", '"'],
    ['token="a', "token", '"a'],
    ["token=", "token", ""],
    ["token=1; token=2", "token", "1"],
    ["junk; token=1", "token", "1"],
    ["; ;;token=1;", "token", "1"],
    ["=x; a=1", "", "x"],
    ["token=a%20b", "token", "a%20b"],
    ["token =1", "token", "1"],
    ["a=1;\t token \t= 1", "token", " 1"],
  ])("%j: %s is %j", (header, name, value) => expect(find(header, name)).toBe(value));

  test.each([
    ["", "token"],
    ["token", "token"],
    ["tokens=1", "token"],
    ["xtoken=1", "token"],
    ["toke=1", "token"],
    ["Token=1", "token"],
    ["tok en=1", "token"],
    ["a=token=1", "token"],
    ['a="b; token=1', "tok"],
  ])("%j has no %s", (header, name) => expect(find(header, name)).toBeNull());

  test("a quote does not hide a semicolon", () => {
    expect(pairs('a="b; token=1"')).toEqual([
      ["a", '"b'],
      ["token", '1"'],
    ]);
  });
});
