/** The results as text for a terminal. */
import type { MeshResults } from "./mesh-results.ts";
import { meshTable, sizeLines, sizesTable } from "./mesh-tables.ts";
import type { GroupResult, Results } from "./results.ts";
import { algorithmsTable, filtersTable, goalsTable, metricsTable, policiesTable } from "./tables.ts";
import { asText, type TextTable } from "./text-table.ts";

export function report(results: Results): string {
  const { loadGenerator, versions, machine, groups, mesh, quotable } = results;
  const goals = goalsTable(results);
  return [
    `CPU of the Envoy process for each request, medians; Envoy ${versions["envoy"] ?? ""}, ${loadGenerator}, ` +
      `${machine["cores"] ?? ""} × ${machine["cpu"] ?? ""}`,
    ...groups.flatMap((group) => ["", headingOf(group), asText(tableOf(group))]),
    ...(mesh === undefined ? [] : meshReport(mesh)),
    ...(goals.rows.length > 0 ? ["", asText(goals)] : []),
    ...(quotable ? [] : ["", "some of it, or quick: not for quoting"]),
  ].join("\n");
}

function meshReport(mesh: MeshResults): string[] {
  const { rounds, seconds, rate } = mesh.settings;
  const heading = `waypoints in a mesh: ${rounds} rounds of ${seconds} s, latencies at ${rate} requests a second`;
  const size = sizeLines(mesh).map((line) => line.replaceAll("**", ""));
  return ["", heading, asText(meshTable(mesh)), "", "their size", asText(sizesTable(mesh)), ...size];
}

/** What a group's table is about, and how it was measured. */
function headingOf({ name, settings: { rounds, seconds, connections } }: GroupResult): string {
  const what = {
    filters: "one token again and again",
    policies: "policies and routes",
    metrics: "metrics, alone and behind the filters that decide",
    algorithms: "µs above bare Envoy with tokens that were never seen",
  };
  return `${what[name]}: ${rounds} rounds of ${seconds} s with ${connections} connections`;
}

/** By group. */
const TABLES = { filters: filtersTable, policies: policiesTable, metrics: metricsTable, algorithms: algorithmsTable };

function tableOf(group: GroupResult): TextTable {
  return TABLES[group.name](group);
}
