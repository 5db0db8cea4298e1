/**
 * Reads Prometheus text (exposition format 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format), strictly: half a line would be another
 * number. Our own reader, because parse-prometheus-text-format, the one on npm, keeps one series of each histogram and
 * drops its labels, and takes what is no number for a value.
 */

/** One line with a value. A histogram's series have names that end in `_bucket`, `_sum` and `_count`. */
export interface Sample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const BLANKS = /[ \t]*/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\[\\"n])*)"[ \t]*/y;
/** The value, and perhaps the time, which is of no use here. */
const VALUE = /[ \t]*(\S+)(?:[ \t]+-?\d+)?[ \t]*$/y;
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]?Inf)$/;
const ESCAPES: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/** All samples in their order. Throws an Error that names the first line that is wrong. */
export function parsePrometheusText(text: string): Sample[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error("Prometheus text broke off: its last line has no end");
  const lines = text.slice(0, -1).split("\n");
  return lines.flatMap((line, index) => {
    if (/^[ \t]*(?:#|$)/.test(line)) return [];
    const sample = parseLine(line);
    if (sample !== undefined) return [sample];
    throw new Error(`line ${index + 1} of Prometheus text is no sample: ${JSON.stringify(line)}`);
  });
}

function parseLine(line: string): Sample | undefined {
  const name = matchAt(NAME, line, 0)?.[0];
  if (name === undefined) return undefined;
  const labels = new Map<string, string>();
  const end = readLabels(line, name.length, labels);
  const value = end === undefined ? undefined : matchAt(VALUE, line, end)?.[1];
  return value !== undefined && NUMBER.test(value) ? { name, labels, value: numberOf(value) } : undefined;
}

/** Reads `{…}`, if it is there, into `labels`. Answers the position behind it; undefined: it is wrong. */
function readLabels(line: string, start: number, labels: Map<string, string>): number | undefined {
  const open = skipBlanks(line, start);
  // Without labels, blanks come before the value.
  if (!line.startsWith("{", open)) return open > start ? open : undefined;
  let position = skipBlanks(line, open + 1);
  while (!line.startsWith("}", position)) {
    const [whole, name, value] = matchAt(LABEL, line, position) ?? [];
    if (whole === undefined || name === undefined || value === undefined || labels.has(name)) return undefined;
    labels.set(
      name,
      value.replace(/\\./g, (escape) => ESCAPES[escape] ?? escape),
    );
    position += whole.length;
    if (line.startsWith(",", position)) position = skipBlanks(line, position + 1);
    else if (!line.startsWith("}", position)) return undefined;
  }
  return position + 1;
}

function skipBlanks(line: string, position: number): number {
  return position + (matchAt(BLANKS, line, position)?.[0].length ?? 0);
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

/** As Go's strconv.ParseFloat names what is not finite. */
function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, "Infinity"));
}
