/** What costs others an exponential time costs us no more than its length, and no memory. */
import { describe, expect, it } from "vitest";
import { RegexModule } from "./regex-module.ts";

const regex = new RegexModule();

/** Patterns, and texts of any length that make backtracking try all ways. */
const CATASTROPHIC: [pattern: string, text: (length: number) => string][] = [
  ["(a+)+$", (length) => `${"a".repeat(length)}!`],
  ["(a|aa)+$", (length) => `${"a".repeat(length)}!`],
  ["(a|a|b)*c", (length) => "a".repeat(length)],
  ["(.*)(.*)(.*)(.*)(.*)x", (length) => "y".repeat(length)],
  ["(x+x+)+y", (length) => "x".repeat(length)],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", (length) => "a".repeat(length)],
  ["(a?){50}a{50}", (length) => "a".repeat(length)],
  ["a{0,60}a{60}b", (length) => "a".repeat(length)],
  ["(a|b)*a(a|b){12}", (length) => pseudoRandom(length)],
  ["(?:.*a.{8}|.*b.{9}|\\w*){3}", (length) => pseudoRandom(length)],
  ["(\\b|a|\\B)*$", (length) => `${"a ".repeat(length / 2)}\xff`],
  ["(?:(?:)*)*(?:a*)*b", (length) => "a".repeat(length)],
];

/** Both too long for backtracking, so that the same code runs. */
const SHORT = 8000;
const LONG = 8 * SHORT;

/** Nanoseconds that a short text takes when all of it is read. */
const MEASURABLE = 20_000;

describe("a text eight times as long takes about eight times as long", () => {
  it.each(CATASTROPHIC)("%s", (pattern, text) => {
    expect(regex.compile(pattern)).toBeNull();
    for (const name of ["matches", "search", "fullCapture"] as const) {
      // A quadratic time would be 64 times as long; the machine may be busy, and a call may end after a few bytes.
      const ratio = nanoseconds(name, text(LONG)) / Math.max(nanoseconds(name, text(SHORT)), MEASURABLE);
      expect(ratio, name).toBeLessThan(32);
    }
  });
});

describe("memory", () => {
  it("does not grow with what is matched", () => {
    for (const [pattern, text] of CATASTROPHIC) {
      expect(regex.compile(pattern)).toBeNull();
      for (const name of ["matches", "search", "fullCapture"] as const) regex.repeat(name, text(100), 1);
      for (const name of ["matches", "search", "fullCapture"] as const) {
        const before = regex.heapMark();
        regex.repeat(name, text(SHORT), 2);
        expect(regex.heapMark(), `${name} of ${pattern}`).toBe(before);
      }
    }
  });

  it("is given back with the expression", () => {
    const compileAll = () => {
      for (const [pattern] of CATASTROPHIC) expect(regex.compile(pattern)).toBeNull();
      regex.collect();
      return regex.memorySize;
    };
    for (let i = 0; i < 20; i++) compileAll();
    const before = compileAll();
    for (let i = 0; i < 200; i++) compileAll();
    expect(regex.memorySize).toBe(before);
  });
});

describe("states that are kept", () => {
  it.each([
    ["(?m)\\C^b", ["ab", "\nb", "ab"], [false, true, false]],
    ["(?m)\\C$\\C", ["ab", "a\n", "\nb"], [false, true, false]],
    ["\\C\\b\\C", ["aa", "a-", "--", "[-", "_-", "-9", "Z_"], [false, true, false, false, true, true, false]],
    ["\\C\\B\\C", ["aa", "a-", "--", "[-", "_-", "-9", "Z_"], [true, false, true, true, false, false, true]],
    ["\\C\\b", ["a", "-", "é"], [true, false, false]],
  ])("are those of bytes that %s tells apart", (pattern, texts, expected) => {
    expect(regex.compile(pattern)).toBeNull();
    expect(texts.map((text) => regex.matches(text))).toEqual(expected);
  });

  it("are right after all were dropped", () => {
    const pattern = "[ab]*a[ab]{9}";
    expect(regex.compile(pattern)).toBeNull();
    const expression = new RegExp(`^${pattern}$`);
    const text = pseudoRandom(4000);
    for (let from = 0; from < 3900; from++) {
      const part = text.slice(from, from + 10 + (from % 9));
      expect(regex.matches(part), part).toBe(expression.test(part));
    }
  });
});

describe("long texts", () => {
  it("are searched by threads where there is no room for backtracking, and find the same", () => {
    const pattern = "((?:a|b)+?)(c|d*)(\\d{2,})(x?)";
    const tail = "abd12";
    expect(regex.compile(pattern)).toBeNull();
    const short = regex.search(`${"-".repeat(10)}${tail}`);
    for (const length of [10_000, 200_000]) {
      const shift = length - 10;
      const expected = short?.map((group) => group && [group[0] + shift, group[1] + shift]);
      expect(regex.search(`${"-".repeat(length)}${tail}`)).toEqual(expected);
    }
    expect(regex.compile("(a*)(b|a)*c")).toBeNull();
    expect(regex.fullCapture(`${"a".repeat(100_000)}bc`)).toEqual([
      [0, 100_002],
      [0, 100_000],
      [100_000, 100_001],
    ]);
  });

  it("have more states than there is room for", () => {
    const pattern = "(?:a|b)*a(?:a|b){11}";
    expect(regex.compile(pattern)).toBeNull();
    const expression = new RegExp(`^${pattern}$`);
    const text = pseudoRandom(30_000);
    for (let length = 29_970; length < 30_000; length++) {
      expect(regex.matches(text.slice(0, length))).toBe(expression.test(text.slice(length - 12, length)));
    }
  });
});

/** Time of one call, the best of some. */
function nanoseconds(name: "matches" | "search" | "fullCapture", text: string): number {
  return Math.min(...Array.from({ length: 4 }, () => regex.repeat(name, text, 1)));
}

/** The letters a and b without a period. */
function pseudoRandom(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 0x80000000;
    return state > 0x40000000 ? "a" : "b";
  }).join("");
}
