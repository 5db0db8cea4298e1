/** Replacing all matches, as RE2::GlobalReplace, and what RE2::CheckRewriteString refuses. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { Judge } from "./judge.ts";
import { samples, textsFor } from "./patterns.ts";
import { RegexModule } from "./regex-module.ts";

const regex = new RegexModule();

function replaced(pattern: string, text: string | Uint8Array, rewrite: string): string {
  expect(regex.compile(pattern)).toBeNull();
  return Buffer.from(regex.replaceAll(text, rewrite)).toString("latin1");
}

describe("a rewrite", () => {
  it.each([
    ["^/api/v[0-9]+/(.*)$", "/api/v1/users", "/internal/\\1", "/internal/users"],
    ["/([^/]+)/([^/]+)", "/a/b/c/d", "/\\2/\\1", "/b/a/d/c"],
    ["a", "banana", "", "bnn"],
    ["a", "banana", "\\\\\\0", "b\\an\\an\\a"],
    ["x", "banana", "y", "banana"],
    ["(a)|(n)", "ban", "[\\1\\2]", "b[a][n]"],
    ["x*", "abc", "-", "-a-b-c-"],
    ["b*", "abbc", "-", "-a-c-"],
    ["", "ab", "-", "-a-b-"],
    ["", "", "-", "-"],
    ["^", "aaa", "-", "-aaa"],
    ["$", "aaa", "-", "aaa-"],
    ["(?m)^", "a\nb", "> ", "> a\n> b"],
    ["\\b", "ab c", "|", "|ab| |c|"],
    ["^a", "aaa", "b", "baa"],
  ])("%s in %s by %s: %s", (pattern, text, rewrite, expected) => {
    expect(replaced(pattern, text, rewrite)).toBe(expected);
    expect(Judge.of(pattern)?.replaceAll(text, rewrite)).toBe(expected);
  });

  it("gives up when each of many matches has to look at all that follows", () => {
    for (const pattern of ["a.*b|a", "a(?:.*b)?"]) {
      expect(replaced(pattern, "a".repeat(1000), "x")).toBe("x".repeat(1000));
      expect(replaced(pattern, "a".repeat(60_000), "x")).toBe("");
    }
    expect(replaced("a+|b", "ab".repeat(30_000), "x")).toBe("x".repeat(60_000));
  });

  it("goes on after a whole character, and byte by byte where there is none", () => {
    expect(replaced("", "é", "-")).toBe("-\xc3\xa9-");
    expect(replaced("", Buffer.from([0xc3, 0x28, 0xff]), "-")).toBe("-\xc3-(-\xff-");
    expect(replaced("", Buffer.from([0xe2, 0x82]), "-")).toBe("-\xe2-\x82-");
  });

  it.each([
    ["a", "\\", "a backslash without a digit or a backslash behind it at offset 0"],
    ["a", "b\\n", "a backslash without a digit or a backslash behind it at offset 1"],
    ["(a)", "\\0\\1\\2", "\\2 at offset 4: the pattern has 1 groups"],
    ["a", "\\1", "\\1 at offset 0: the pattern has 0 groups"],
  ])("for %s is not %s: %s", (pattern, rewrite, problem) => {
    expect(regex.compile(pattern)).toBeNull();
    expect(regex.rewriteProblem(rewrite)).toBe(problem);
  });

  it("replaces what the judge finds in generated texts", () => {
    const pieces = fc.constantFrom("\\0", "\\1", "\\2", "\\\\", "-", "é", "");
    const cases = samples.chain((sample) =>
      fc.tuple(fc.constant(sample.pattern), textsFor(sample), fc.array(pieces, { maxLength: 4 })),
    );
    check(600, [cases], ([pattern, texts, rewrite]) => {
      const judge = Judge.of(pattern);
      if (judge === null || regex.compile(pattern) !== null) return;
      const allowed = rewrite.filter((piece) => !/^\\\d/.test(piece) || Number(piece[1]) <= regex.groups).join("");
      for (const text of texts) {
        if (!judge.knowsText(text)) continue;
        const ours = Buffer.from(regex.replaceAll(text, allowed)).toString();
        expect(ours, `${pattern} in ${JSON.stringify(text)} by ${allowed}`).toBe(judge.replaceAll(text, allowed));
      }
    });
  });
});
