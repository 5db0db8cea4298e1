/** Unicode classes and cases mean what they mean to this JavaScript engine, whose Unicode may be newer. */
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { RegexModule } from "./regex-module.ts";

const regex = new RegexModule();
const require = createRequire(import.meta.url);

/** Blocks in which all characters have the same properties: a few of each will do. */
const UNIFORM = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xe000, 0xf8ff],
  [0x17000, 0x18cff],
  [0x20000, 0x323af],
  [0xf0000, 0x10ffff],
] as const;

/** Characters whose category changed since Unicode 15.1. */
const CHANGED = new Set([0x295, 0x1171e]);

const characters = String.fromCodePoint(...assigned().filter((codePoint) => !CHANGED.has(codePoint)));

const CATEGORIES =
  "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co".split(" ");
const SCRIPTS = (require("regenerate-unicode-properties") as Map<string, string[]>).get("Script") ?? [];

describe("classes", () => {
  it.each(CATEGORIES)("\\p{%s} has the characters of the category", (name) => {
    expectMembers(name, new RegExp(`\\p{${name}}`, "gu"));
  });

  it("have the characters of each script", () => {
    expect(SCRIPTS.length).toBeGreaterThan(160);
    for (const name of SCRIPTS) expectMembers(name, new RegExp(`\\p{Script=${name}}`, "gu"));
  });

  it("have negations", () => {
    for (const negation of ["\\P{Lu}", "\\p{^Lu}", "[^\\p{Lu}]", "[\\P{Lu}]", "[^\\P{^Lu}]"]) {
      expect(regex.compile(negation)).toBeNull();
      expect([regex.matches("A"), regex.matches("a"), regex.matches("1")], negation).toEqual([false, true, true]);
    }
  });
});

describe("cases", () => {
  const cased = (characters.match(/[\p{Changes_When_Casefolded}\p{Changes_When_Casemapped}]/gu) ?? []).join("");

  it("are those of simple case folding, for each character", () => {
    for (const character of cased) {
      const expected = (cased.match(new RegExp(character, "giu")) ?? []).join("");
      expect(regex.compile(character, true)).toBeNull();
      expect(
        Array.from(expected).filter((other) => !regex.matches(other)),
        character,
      ).toEqual([]);
      expect(regex.compile(`[^${character}]`, true)).toBeNull();
      expect(remaining(cased), character).toBe(expected);
    }
  });

  it("belong to a class that has one of them", () => {
    expect(regex.compile("(?i)[\\p{Lu}]")).toBeNull();
    expect(Array.from("aAſ\u1c80", (character) => regex.matches(character))).toEqual([true, true, true, true]);
    expect(regex.compile("(?i)[^\\P{Lu}]")).toBeNull();
    expect(Array.from("aA1", (character) => regex.matches(character))).toEqual([true, true, false]);
  });
});

function expectMembers(name: string, expression: RegExp): void {
  expect(regex.compile(`\\p{${name}}`)).toBeNull();
  expect(remaining(characters) === characters.replace(expression, ""), name).toBe(true);
}

/** What is left of a text without what the expression matches. */
function remaining(text: string): string {
  return Buffer.from(regex.replaceAll(text, "")).toString();
}

/** Code points that Unicode 15.1 assigns, without surrogates, which UTF-8 does not have. */
function assigned(): number[] {
  const unassigned = new Set(
    (
      require("regenerate-unicode-properties/General_Category/Unassigned.js") as {
        characters: { toArray(): number[] };
      }
    ).characters.toArray(),
  );
  return Array.from({ length: 0x110000 }, (_, codePoint) => codePoint).filter((codePoint) => {
    const isSkipped = codePoint % 61 !== 0 && UNIFORM.some(([first, last]) => codePoint > first && codePoint < last);
    return !isSkipped && !unassigned.has(codePoint) && (codePoint < 0xd800 || codePoint > 0xdfff);
  });
}
