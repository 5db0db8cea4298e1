/** A report in the forms that people and programs read. */
import type { Colors } from "picocolors/types.js";
import type { Counts } from "./validate.ts";
import { printable, type Problem } from "./problem.ts";

export const FORMATS = ["text", "json", "github"] as const;
export type Format = (typeof FORMATS)[number];

/** What `--format json` prints. */
export interface Report {
  problems: Problem[];
  /** Paths that gave no text. */
  unreadable: { file: string; why: string }[];
  summary: Counts & { errors: number; warnings: number };
}

export function summaryOf(problems: readonly Problem[], counts: Counts): Report["summary"] {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return { ...counts, errors, warnings: problems.length - errors };
}

export function formatted(report: Report, format: Format, colors: Colors): string {
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  const lines =
    format === "github" ? report.problems.map(workflowCommand) : report.problems.map((one) => line(one, colors));
  return [...lines, summaryLine(report.summary), ""].join("\n");
}

/** `deploy/plugin.yaml:14:9 error spec.pluginConfig.jwtRules[0].audience: unknown field` */
function line({ file, line, column, severity, path, message }: Problem, colors: Colors): string {
  const place = `${printable(file)}:${line}:${column}`;
  const word = severity === "error" ? colors.red(severity) : colors.yellow(severity);
  return `${place} ${word} ${path === "" ? "" : `${colors.bold(path)}: `}${message}`;
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
function workflowCommand({ file, line, column, severity, path, message }: Problem): string {
  const place = `file=${property(file)},line=${line},col=${column}`;
  return `::${severity} ${place}::${data(path === "" ? message : `${path}: ${message}`)}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function summaryLine({ checked, notChecked, passedOver, errors, warnings }: Report["summary"]): string {
  const parts = [`${checked} checked: ${counted(errors, "error")}, ${counted(warnings, "warning")}`];
  if (notChecked > 0) parts.push(`${counted(notChecked, "plugin")} of other modules: not checked`);
  if (passedOver > 0) parts.push(`${counted(passedOver, "other resource")} passed over`);
  return parts.join("; ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
