/** What RE2 itself was seen to do where the judge of the generated patterns differs from it (judge.ts). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RegexModule, type Captures } from "./regex-module.ts";

const regex = new RegexModule();

const cases = readFileSync(new URL("re2-cases.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t") as [string, string, string, string, string]);

const byPattern = new Map(cases.map(([pattern]) => [pattern, cases.filter(([other]) => other === pattern)] as const));

describe("texts that are not UTF-8, bytes, and boundaries within characters", () => {
  it.each([...byPattern])("%s", (pattern, rows) => {
    expect(regex.compile(pattern)).toBeNull();
    for (const [, hex, from, search, full] of rows) {
      const text = Buffer.from(hex, "hex");
      expect(regex.search(text, Number(from)), `search in ${hex} from ${from}`).toEqual(captures(search));
      expect(regex.fullCapture(text), hex).toEqual(captures(full));
      expect(regex.matches(text), hex).toBe(full !== "none");
    }
  });
});

/** `0-3 - 1-2` as the groups; `none`: no match. */
function captures(text: string): Captures | null {
  if (text === "none") return null;
  return text.split(" ").map((group) => {
    const [start, end] = group.split("-").map(Number);
    return group === "-" || start === undefined || end === undefined ? null : [start, end];
  });
}
