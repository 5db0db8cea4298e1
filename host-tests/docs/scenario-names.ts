/** Names of scenarios and their steps, as tables of the documentation give them: `file: name`. */
import { fileURLToPath } from "node:url";
import type { Scenario, Step } from "../scenario/format.ts";
import { loadScenarios } from "../scenario/load.ts";

export interface Named {
  /** `file: name`, the file without its ending. */
  name: string;
  file: string;
  scenario: Scenario;
  /** Undefined: the scenario as a whole. */
  step: Step | undefined;
}

/** All of a filter's scenarios and steps. */
export function namedIn(filter: string): Named[] {
  const folder = fileURLToPath(new URL(`../scenarios/${filter}`, import.meta.url));
  return loadScenarios(folder).flatMap(({ file: path, scenario }) => {
    const file = path.replace(".yaml", "");
    const steps = scenario.steps ?? [];
    return [
      { name: `${file}: ${scenario.name}`, file, scenario, step: undefined },
      ...steps.map((step) => ({ name: `${file}: ${step.name}`, file, scenario, step })),
    ];
  });
}

/** The cells of each row of the tables in a Markdown text; heads and rulers left out. */
export function tableRows(markdown: string): string[][] {
  const lines = markdown.split("\n");
  const isRuler = (line: string | undefined) => line !== undefined && /^\|[-| :]+\|$/.test(line);
  return lines
    .filter((line, index) => line.startsWith("|") && !isRuler(line) && !isRuler(lines[index + 1]))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** What a cell names: `file: name; name; other-file: name`. */
export function namesIn(cell: string): string[] {
  let file = "";
  return cell.split("; ").map((entry) => {
    const named = /^([a-z0-9-]+): (.*)$/.exec(entry);
    file = named?.[1] ?? file;
    return `${file}: ${named?.[2] ?? entry}`;
  });
}
