/** What is a pattern, and what is said of what is none. */
import { describe, expect, it } from "vitest";
import { page } from "../docs/pages.ts";
import { tableRows } from "../docs/scenario-names.ts";
import { Judge } from "./judge.ts";
import { RegexModule } from "./regex-module.ts";

const regex = new RegexModule();

/** What RE2 refuses, and what we say of it. */
const REFUSED: [pattern: string, problem: string][] = [
  ["*", "nothing to repeat with * at offset 0"],
  ["a|+?", "nothing to repeat with +? at offset 2"],
  ["({2})", "nothing to repeat with {2} at offset 1"],
  ["a**", "repetition ** of a repetition at offset 1"],
  ["a++", "repetition ++ of a repetition at offset 1"],
  ["é*{2}", "repetition *{2} of a repetition at offset 1"],
  ["😀a+??", "repetition +?? of a repetition at offset 2"],
  ["a{1001}", "invalid repetition {1001} at offset 1"],
  ["a{2,1}", "invalid repetition {2,1} at offset 1"],
  ["(a{100}){11}", "nested repetitions of more than 1000 with {11} at offset 8"],
  ["(x{1000}){0}{2}", "repetition {0}{2} of a repetition at offset 9"],
  ["(a", "missing ) of the group at offset 0"],
  ["((a)(?i:b|c", "missing ) of the group at offset 4"],
  ["a)", "unexpected ) at offset 1"],
  ["[a", "missing ] of the class at offset 0"],
  ["[]", "missing ] of the class at offset 0"],
  ["b[^]", "missing ] of the class at offset 1"],
  ["[z-a]", "invalid range z-a at offset 1"],
  ["[a-\\d]", "invalid escape sequence \\d at offset 3"],
  ["[[:foo:]]", "unknown class [:foo:] at offset 1"],
  ["[[:^foo:]]", "unknown class [:^foo:] at offset 1"],
  ["\\pX", "unknown Unicode class \\pX at offset 0"],
  ["[\\p{greek}]", "unknown Unicode class \\p{greek} at offset 1"],
  ["\\p{Greek", "missing } of the Unicode class at offset 0"],
  ["\\p{Cn}", "unknown Unicode class \\p{Cn} at offset 0"],
  ["\\p{}", "unknown Unicode class \\p{} at offset 0"],
  ["\\p", "unknown Unicode class \\p at offset 0"],
  ["\\", "backslash with nothing behind it at offset 0"],
  ["\\1", "unsupported reference \\1 at offset 0"],
  ["(a)\\18", "unsupported reference \\1 at offset 3"],
  ["\\8", "invalid escape sequence \\8 at offset 0"],
  ["\\Z", "invalid escape sequence \\Z at offset 0"],
  ["\\x{110000}", "invalid escape sequence \\x{110000 at offset 0"],
  ["\\x{}", "invalid escape sequence \\x{} at offset 0"],
  ["\\xg0", "invalid escape sequence \\x at offset 0"],
  ["\\é", "invalid escape sequence \\é at offset 0"],
  ["a(?=b)", "unsupported lookaround (?= at offset 1"],
  ["(?!b)", "unsupported lookaround (?! at offset 0"],
  ["(?<=b)", "unsupported lookaround (?<= at offset 0"],
  ["(?<!b)", "unsupported lookaround (?<! at offset 0"],
  ["(?>b)", "invalid group (?> at offset 0"],
  ["(?x)", "invalid group (?x at offset 0"],
  ["(?i-)", "invalid group (?i-) at offset 0"],
  ["(?--i)", "invalid group (?-- at offset 0"],
  ["(?P=n)", "invalid group (?P at offset 0"],
  ["(?", "invalid group (? at offset 0"],
  ["(?P<n", "missing > behind the name of the group at offset 0"],
  ["(?P<n-m>a)", "invalid name in (?P<n-m> at offset 0"],
  ["(?<>a)", "invalid name in (?<> at offset 0"],
];

describe("a pattern that RE2 refuses", () => {
  it.each(REFUSED)("%s: %s", (pattern, problem) => {
    expect(regex.compile(pattern)).toBe(problem);
    if (Judge.knows(pattern)) expect(Judge.of(pattern)).toBeNull();
  });
});

describe("a pattern that looks like a mistake and is none", () => {
  it.each([
    ["{", "{"],
    ["a{,2}", "a{,2}"],
    ["a{01}", "a{01}"],
    ["a{2", "a{2"],
    ["a{1,2,3}", "a{1,2,3}"],
    ["]", "]"],
    ["}", "}"],
    ["[]a]+", "]a]"],
    ["[a-]", "-"],
    ["[-a]", "-"],
    ["[[:alpha]", ":"],
    ["[[]", "["],
    ["(|a)+", "aa"],
    ["()", ""],
    ["^*a", "a"],
    ["a(?i)*", "aaa"],
    ["a*(?i)*", "aa"],
    ["\\Qa*", "a*"],
    ["\\Qa\\E*", "aa"],
    ["\\_", "_"],
    ["\\0", "\0"],
    ["\\018", "\x018"],
    ["\\1234", "S4"],
    ["\\x{0000041}", "A"],
    ["(?i)(?-i)a", "a"],
    ["(?P<a>b)(?P<a>c)", "bc"],
    ["(?<é٣>b)", "b"],
  ])("%s matches %j", (pattern, text) => {
    expect(regex.compile(pattern)).toBeNull();
    expect(regex.matches(text)).toBe(true);
    if (Judge.knows(pattern)) expect(Judge.of(pattern)?.fullCapture(text)).not.toBeNull();
  });
});

describe("limits", () => {
  it("refuses a program that is too large, without making it first", () => {
    const problem = /^pattern too large \(more than 32768 instructions\) at offset \d+$/;
    expect(regex.compile("(?:\\pL{100}){10}")).toMatch(problem);
    expect(regex.compile("a".repeat(40_000))).toMatch(problem);
    expect(regex.compile(`(?:${"é".repeat(100)}){1000}`)).toMatch(problem);
    expect(regex.compile(`\\Q${"a".repeat(40_000)}`)).toMatch(problem);
    expect(regex.compile("a{1000}".repeat(4))).toBeNull();
    expect(regex.compile("(a{500}){500}")).toMatch(/^nested/);
  });

  it("refuses more groups than there could be captures for", () => {
    const pattern = "(a)".repeat(1000);
    expect(regex.compile(pattern)).toBe("pattern too large (1000 groups) at offset 3000");
  });

  it("takes groups as deep as a pattern can have them", () => {
    expect(regex.compile(`${"(".repeat(500)}a${")".repeat(500)}`)).toBeNull();
    expect(regex.fullCapture("a")).toEqual(Array.from({ length: 501 }, () => [0, 1]));
    expect(regex.compile(`${"(?:".repeat(100_000)}a${")".repeat(100_000)}`)).toBeNull();
    expect(regex.compile("(?:".repeat(100_000))).toBe("missing ) of the group at offset 299997");
  });
});

describe("groups", () => {
  it("have the number of their parenthesis, and names", () => {
    expect(regex.compile("(a)(?:b)(?P<one>c(?<two_2>d))(?<one>e)")).toBeNull();
    expect(regex.groups).toBe(4);
    expect(["one", "two_2", "", "three"].map((name) => regex.groupNamed(name))).toEqual([2, 3, -1, -1]);
  });

  it("count where their part of the pattern was left out", () => {
    expect(regex.compile("(a){0}(b)")).toBeNull();
    expect(regex.fullCapture("b")).toEqual([[0, 1], null, [0, 1]]);
  });
});

describe("ignoreCase", () => {
  it.each([
    ["straße", "STRAẞE", true],
    ["k", "\u212a", true],
    ["(?-i)k", "K", false],
    ["[^a]", "A", false],
  ])("%s matches %s: %s", (pattern, text, expected) => {
    expect(regex.compile(pattern, true)).toBeNull();
    expect(regex.matches(text)).toBe(expected);
  });
});

describe("docs/regular-expressions.md", () => {
  const sections = page("docs/regular-expressions.md").text.split(/^## /m);
  const rowsOf = (title: string) => tableRows(sections.find((section) => section.startsWith(title)) ?? "");
  const code = (cell = "") => Array.from(cell.matchAll(/`([^`]+)`/g), ([, text = ""]) => text.replace("\\|", "|"));

  it("shows syntax that is accepted", () => {
    const patterns = rowsOf("Syntax").flatMap(([written]) => code(written));
    expect(patterns.length).toBeGreaterThan(50);
    for (const pattern of patterns) expect(regex.compile(pattern), pattern).toBeNull();
  });

  it("shows what is said of what is refused", () => {
    const rows = rowsOf("What is refused");
    expect(rows.length).toBeGreaterThan(10);
    for (const [pattern, problem] of rows) expect(regex.compile(code(pattern).join())).toBe(problem);
  });

  it("has the limit of a program", () => {
    expect(regex.compile("a".repeat(40_000))).toContain("more than 32768 instructions");
    expect(sections.find((section) => section.startsWith("Limits"))).toContain("| 32768 instructions.");
  });
});
