/** Our expressions and re2js agree on generated patterns and texts: what is one, what matches, and what groups capture. */
import { describe, expect, it } from "vitest";
import { check } from "../pure/property.ts";
import { Judge } from "./judge.ts";
import { attempts, samples, textsFor } from "./patterns.ts";
import { RegexModule } from "./regex-module.ts";

const regex = new RegexModule();

const cases = samples.chain((sample) => textsFor(sample).map((texts) => ({ pattern: sample.pattern, texts })));

describe("generated patterns", () => {
  it("match the same texts, and capture the same", () => {
    check(1500, [cases], ({ pattern, texts }) => {
      const judge = Judge.of(pattern);
      expect(regex.compile(pattern), pattern).toBe(judge === null ? expect.any(String) : null);
      if (judge === null) return;
      for (const text of texts) {
        if (!judge.knowsText(text)) continue;
        const captures = judge.fullCapture(text);
        const about = `${pattern} on ${JSON.stringify(text)}`;
        expect(regex.matches(text), about).toBe(captures !== null);
        expect(regex.fullCapture(text), about).toEqual(captures);
        expect(regex.followThreads(text, 0, true), about).toEqual(captures);
        expectSameSearches(judge, text, about);
      }
    });
  });

  it("are accepted and refused alike", () => {
    check(5000, [attempts], (pattern) => {
      if (!Judge.knows(pattern)) return;
      const problem = regex.compile(pattern);
      // The judge has no limit for the program.
      if (problem?.startsWith("pattern too large") === true) return;
      expect(problem === null, `${pattern}: ${String(problem)}`).toBe(Judge.of(pattern) !== null);
      if (problem !== null) expect(problem).toMatch(/^\S.* at offset \d+$/su);
    });
  });
});

/** Compares the search from the start of each character. */
function expectSameSearches(judge: Judge, text: string, about: string): void {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const character of Array.from(`${text}\0`)) {
    const captures = judge.search(bytes, from);
    expect(regex.search(bytes, from), `${about} from ${from}`).toEqual(captures);
    expect(regex.followThreads(bytes, from, false), `${about} from ${from}`).toEqual(captures);
    from += Buffer.byteLength(character);
  }
}
