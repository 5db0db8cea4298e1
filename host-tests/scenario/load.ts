/** Reads scenario files. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Scenario } from "./format.ts";
import { scenarioProblems } from "./schema.ts";

/** A scenario and where it stands. */
export interface LoadedScenario {
  /** Path of its file from the folder that was loaded, with `/`. */
  file: string;
  /** Position in the file, from 0. */
  index: number;
  scenario: Scenario;
}

/**
 * Reads all scenarios of the `.yaml` files below `folder`, in order of their paths. A file holds one scenario, several
 * documents, or a list.
 *
 * Throws an Error that lists every problem, by file and path, when a file is no YAML or a document is no scenario, or when
 * two scenarios of a file have the same name.
 */
export function loadScenarios(folder: string): LoadedScenario[] {
  const problems: string[] = [];
  const scenarios = yamlFiles(folder).flatMap((file) => {
    const found = scenariosOf(path.join(folder, file), problems);
    return found.map((scenario, index) => ({ file, index, scenario }));
  });
  if (problems.length > 0) throw new Error(`These scenarios cannot be read:\n  ${problems.join("\n  ")}`);
  return scenarios;
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.split(path.sep).join("/"))
    .sort();
}

function scenariosOf(file: string, problems: string[]): Scenario[] {
  // `merge` (`<<: *anchor`) lets a file write what its scenarios share only once.
  const documents = parseAllDocuments(readFileSync(file, "utf8"), { merge: true });
  const syntax = documents.flatMap((document) => document.errors.map((error) => `${file}: ${error.message}`));
  problems.push(...syntax);
  if (syntax.length > 0) return [];
  const data = documents.flatMap((document): unknown[] => {
    const value: unknown = document.toJS();
    return Array.isArray(value) ? (value as unknown[]) : [value];
  });
  const scenarios = data.filter((item, index): item is Scenario => {
    const found = scenarioProblems(item).map((problem) => `${file}[${index}] ${nameOf(item)}: ${problem}`);
    problems.push(...found);
    return found.length === 0;
  });
  problems.push(...repeatedNames(scenarios).map((name) => `${file}: there are two scenarios ${JSON.stringify(name)}`));
  return scenarios;
}

function nameOf(item: unknown): string {
  const name = typeof item === "object" && item !== null && "name" in item ? item.name : undefined;
  return typeof name === "string" ? JSON.stringify(name) : "(no name)";
}

function repeatedNames(scenarios: readonly Scenario[]): string[] {
  const names = scenarios.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index);
}
