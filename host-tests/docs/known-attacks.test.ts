/** docs/known-attacks.md: every row has its case, and every case its row. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { namedIn, tableRows } from "./scenario-names.ts";

const page = readFileSync(new URL("../../docs/known-attacks.md", import.meta.url), "utf8");
const rows = tableRows(page).map(([id = "", , shownBy = ""]) => ({ id, shownBy: shownBy.split("; ") }));
const named = namedIn("jwt-auth");

/** Steps and scenarios that begin with a number: `P1`, `E1 to E9`, `P3 and P10`. */
const numbered = named
  .filter(({ file }) => /^(peers|adversary)-/.test(file))
  .filter(({ step }) => step !== undefined)
  .flatMap(({ file, step }) => {
    const [, id] = /^([PEA]\d+): /.exec(step?.name ?? "") ?? [];
    return id === undefined ? [] : [{ file, id }];
  });

/** Scenarios without steps: configurations that are refused. */
const refused = named
  .filter(({ step, scenario }) => step === undefined && scenario.refused !== undefined)
  .flatMap(({ file, scenario }) => {
    const [, id] = /^([PEA]\d+): /.exec(scenario.name) ?? [];
    return id === undefined ? [] : [{ file, id }];
  });

const cases = [...numbered, ...refused];

/** Whether what a row names is there, and is for it. */
function isShown(id: string, where: string): boolean {
  if (where.endsWith(".test.ts")) {
    return existsSync(where) && readFileSync(where, "utf8").includes(id);
  }
  if (where.includes(": ")) return named.some(({ name }) => name === where);
  return cases.some((one) => one.id === id && one.file === where);
}

describe("docs/known-attacks.md", () => {
  it("has a row for each of them, numbered without a gap", () => {
    const count = { P: 12, E: 25, A: 14 };
    const wanted = Object.entries(count).flatMap(([letter, last]) =>
      Array.from({ length: last }, (_, i) => `${letter}${i + 1}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(wanted);
  });

  it.each(rows)("$id is shown by what its row says", ({ id, shownBy }) => {
    expect(shownBy.filter((where) => !isShown(id, where))).toEqual([]);
  });

  it("names the file of every case", () => {
    const missing = cases.filter(({ id, file }) => !rows.some((row) => row.id === id && row.shownBy.includes(file)));
    expect(missing).toEqual([]);
  });
});
