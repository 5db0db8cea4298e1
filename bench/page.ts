/** Puts the results into docs/performance.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { withSection } from "../cli/docs/section.mjs";
import type { MeshResults } from "./mesh-results.ts";
import { meshTable, sizeLines, sizesTable } from "./mesh-tables.ts";
import type { GroupResult, Results } from "./results.ts";
import { algorithmsTable, filtersTable, goalsTable, metricsTable, policiesTable } from "./tables.ts";
import { asMarkdown } from "./text-table.ts";

export const PAGE = "docs/performance.md";

const START = "<!-- results: `npm run bench -- --write` writes them -->";
const END = "<!-- end of results -->";

/** Writes the page anew. */
export async function writePage(results: Results): Promise<void> {
  writeFileSync(PAGE, await withResults(readFileSync(PAGE, "utf8"), results));
}

/** The page with these results in place of those that it has. */
export function withResults(page: string, results: Results): Promise<string> {
  return withSection(page, START, END, sections(results).join("\n\n"));
}

function sections(results: Results): string[] {
  const { loadGenerator, versions, machine, date, groups, mesh } = results;
  const where = `${machine["cores"] ?? ""} cores of a shared ${machine["cpu"] ?? ""}`;
  const run = `Envoy ${versions["envoy"] ?? ""}, ${loadGenerator}, ${date.slice(0, 10)}`;
  return [
    `${where}; ${run}.`,
    ...groups.flatMap(section),
    ...(mesh === undefined ? [] : meshSections(mesh)),
    "### Goals",
    asMarkdown(goalsTable(results)),
  ];
}

function meshSections(mesh: MeshResults): string[] {
  const { rounds, seconds, rate } = mesh.settings;
  return [
    "### A waypoint in the mesh",
    `Microseconds of CPU of the waypoint for each request, and latencies at ${rate} requests a second; medians of ${rounds} ` +
      `rounds of ${seconds} s of each.`,
    asMarkdown(meshTable(mesh)),
    "### Size of a waypoint",
    "Requests a second that use one CPU up; VMs of Wasm, of which each plugin has one for each worker and two for the main " +
      "thread; resident memory of the Envoy process before the first request and after the last.",
    asMarkdown(sizesTable(mesh)),
    sizeLines(mesh)
      .map((line) => `- ${line}`)
      .join("\n"),
  ];
}

function section(group: GroupResult): string[] {
  const { rounds, seconds } = group.settings;
  const measured = `Microseconds of CPU for each request, medians of ${rounds} rounds of ${seconds} s.`;
  switch (group.name) {
    case "filters":
      return ["### Filters beside each other", measured, asMarkdown(filtersTable(group))];
    case "policies":
      return ["### Policies, routes, and all in one", measured, asMarkdown(policiesTable(group))];
    case "metrics":
      return ["### Metrics", measured, asMarkdown(metricsTable(group))];
    case "algorithms":
      return [
        "### Tokens never seen, by algorithm",
        `${measured} Above bare Envoy.`,
        asMarkdown(algorithmsTable(group)),
      ];
  }
}
