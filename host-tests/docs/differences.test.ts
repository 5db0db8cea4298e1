/** docs/differences.md lists exactly the differences to jwt_authn that the scenarios declare. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadScenarios } from "../scenario/load.ts";

const page = readFileSync(new URL("../../docs/differences.md", import.meta.url), "utf8");
const scenarios = loadScenarios(fileURLToPath(new URL("../scenarios/jwt-auth", import.meta.url)));

/** `file: name` of each scenario and step that a table's last column names: `file: name; name; other-file: name`. */
function listed(): string[] {
  const rows = page.split("\n").filter((line) => line.startsWith("|") && !/^[-| ]+$/.test(line));
  return rows
    .map(
      (row) =>
        row
          .split(/(?<!\\)\|/)
          .at(-2)
          ?.trim() ?? "",
    )
    .filter((cell) => cell !== "shown by")
    .flatMap(namesIn);
}

function namesIn(cell: string): string[] {
  let file = "";
  return cell.split("; ").map((entry) => {
    const named = /^([a-z-]+): (.*)$/.exec(entry);
    file = named?.[1] ?? file;
    return `${file}: ${named?.[2] ?? entry}`;
  });
}

function declared(): string[] {
  return scenarios.flatMap(({ file, scenario }) =>
    (scenario.steps ?? [])
      .filter(({ native }) => native !== undefined)
      .map(({ name }) => `${file.replace(".yaml", "")}: ${name}`),
  );
}

function existing(): string[] {
  return scenarios.flatMap(({ file, scenario }) =>
    [scenario, ...(scenario.steps ?? [])].map(({ name }) => `${file.replace(".yaml", "")}: ${name}`),
  );
}

describe("docs/differences.md", () => {
  it("names every step that declares a difference", () => {
    expect(declared().filter((name) => !listed().includes(name))).toEqual([]);
  });

  it("names only what there is", () => {
    expect(listed().filter((name) => !existing().includes(name))).toEqual([]);
    expect(listed().length).toBeGreaterThan(40);
  });
});
