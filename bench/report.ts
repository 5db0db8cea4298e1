/** The results as text for a terminal. */
import Table from "cli-table3";
import type { GroupResult, Results } from "./results.ts";
import { algorithmsTable, filtersTable, goalsTable, type TextTable } from "./tables.ts";

export function report(results: Results): string {
  const { loadGenerator, versions, machine, groups, quotable } = results;
  const goals = goalsTable(results);
  return [
    `CPU of the Envoy process for each request, medians; Envoy ${versions["envoy"] ?? ""}, ${loadGenerator}, ` +
      `${machine["cores"] ?? ""} × ${machine["cpu"] ?? ""}`,
    ...groups.flatMap((group) => ["", headingOf(group), rendered(tableOf(group))]),
    ...(goals.rows.length > 0 ? ["", rendered(goals)] : []),
    ...(quotable ? [] : ["", "some of it, or quick: not for quoting"]),
  ].join("\n");
}

/** What a group's table is about, and how it was measured. */
function headingOf({ name, settings: { rounds, seconds, connections } }: GroupResult): string {
  const what = {
    filters: "one token again and again",
    algorithms: "µs above bare Envoy with tokens that were never seen",
  };
  return `${what[name]}: ${rounds} rounds of ${seconds} s with ${connections} connections`;
}

function tableOf(group: GroupResult): TextTable {
  return group.name === "filters" ? filtersTable(group) : algorithmsTable(group);
}

function rendered({ head, rows }: TextTable): string {
  const colAligns = head.map((_, column): "left" | "right" => (column === 0 ? "left" : "right"));
  const table = new Table({ head, style: { head: [], border: [], compact: true }, colAligns });
  table.push(...rows);
  return table.toString();
}
