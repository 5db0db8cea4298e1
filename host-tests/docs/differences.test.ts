/** docs/differences.md lists exactly the differences to jwt_authn that the scenarios declare. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { namedIn, namesIn, tableRows } from "./scenario-names.ts";

const page = readFileSync(new URL("../../docs/differences.md", import.meta.url), "utf8");
const named = namedIn("jwt-auth");

/** What a table's last column names, in each section (`## …`) of the page. */
const listed = page.split(/^## /m).flatMap((section) => {
  const [title = ""] = section.split("\n");
  return tableRows(section).flatMap((cells) => namesIn(cells.at(-1) ?? "").map((name) => ({ title, name })));
});

/** Where the judge beside us answers otherwise; the other sections are about what it does not compare. */
const JUDGED = [
  "Refused here, accepted by jwt_authn",
  "Passed here, refused by jwt_authn",
  "Refused by both, for another reason",
];

const declared = named.filter(({ step }) => step?.native !== undefined).map(({ name }) => name);

/**
 * Beside a declared difference: what a configuration is refused for, what only a clock that stands still can show, and the
 * same case with an answer that agrees.
 */
const UNDECLARED = [
  "refused: Key sets that are none",
  "refused: Keys none of which can be used, and why",
  "times: 60 seconds after exp",
  "default-locations: a token behind another scheme",
  "adversary-tokens: E3: a good token behind another scheme is none",
];

describe("docs/differences.md", () => {
  it("names every step that declares a difference", () => {
    const judged = listed.filter(({ title }) => JUDGED.includes(title)).map(({ name }) => name);
    expect(declared.filter((name) => !judged.includes(name))).toEqual([]);
  });

  it("names only what there is", () => {
    const names = named.map(({ name }) => name);
    expect(listed.filter(({ name }) => !names.includes(name))).toEqual([]);
    expect(new Set(listed.map(({ title }) => title)).size).toBeGreaterThanOrEqual(JUDGED.length + 3);
  });

  it("has no row that nothing shows, and no difference that is none", () => {
    const unshown = listed.filter(({ title, name }) => JUDGED.includes(title) && !declared.includes(name));
    expect(unshown.map(({ name }) => name).filter((name) => !UNDECLARED.includes(name))).toEqual([]);
    expect(UNDECLARED.filter((name) => !unshown.some((one) => one.name === name))).toEqual([]);
  });

  it("gives a reason in every row", () => {
    const rows = tableRows(page).filter((cells) => cells.some((cell) => cell === ""));
    expect(rows).toEqual([]);
  });
});
