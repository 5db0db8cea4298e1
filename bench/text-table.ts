/** Tables of results, as text for a terminal and as Markdown. */
import Table from "cli-table3";

/** The first column is text, the others are numbers. */
export interface TextTable {
  head: string[];
  rows: string[][];
}

export function asText({ head, rows }: TextTable): string {
  const colAligns = head.map((_, column): "left" | "right" => (column === 0 ? "left" : "right"));
  const table = new Table({ head, style: { head: [], border: [], compact: true }, colAligns });
  table.push(...rows);
  return table.toString();
}

export function asMarkdown({ head, rows }: TextTable): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
