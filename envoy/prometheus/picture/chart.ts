/** Time series as SVG, legible on light and on dark pages. */
import type { Unit } from "../dashboard/queries.ts";

export interface Line {
  name: string;
  /** Time in seconds and value; what is not finite is a gap. */
  points: readonly (readonly [number, number])[];
}

export interface Chart {
  title: string;
  unit: Unit;
  lines: readonly Line[];
}

export interface Page {
  title: string;
  /** What all charts show, in seconds. */
  start: number;
  end: number;
  columns: number;
  charts: readonly Chart[];
}

const WIDTH = 400;
const HEIGHT = 240;
const GAP = 12;
const HEADER = 44;
/** Room for the title above a plot, the values left of it, and the times and the legend below. */
const PLOT = { left: 62, top: 36, right: 14, bottom: 62 };
const LEGEND = { line: 15, top: 34, swatch: 14, gap: 14 };
/** Of letters of the legend, on average, in pixels. */
const LETTER = 6.4;

/** Steps between ticks, times a power of ten; at most so many of them. */
const STEPS = [1, 2, 2.5, 5, 10];
const TICKS = 4;
/** Seconds between the times below a plot. */
const TIME_STEP = 30;

/** Told apart on both backgrounds, also by those who do not tell red from green. */
const COLORS = ["#3b8bd0", "#e08a1e", "#2f9e77", "#cf4f4f", "#8f6fd0", "#b5951c", "#17a2b0", "#d1649f"];

const STYLE = `
  svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
  .page { fill: #f4f5f7; } .panel { fill: #ffffff; stroke: #dcdfe4; }
  .grid { stroke: #e4e7eb; } .text { fill: #24292f; } .dim { fill: #57606a; }
  .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #111217; } .panel { fill: #181b1f; stroke: #2c3036; }
    .grid { stroke: #2c3036; } .text { fill: #e6e8eb; } .dim { fill: #a0a6ae; }
  }`;

/** All charts in a grid, as one SVG document. */
export function draw({ title, start, end, columns, charts }: Page): string {
  const rows = Math.ceil(charts.length / columns);
  const width = columns * (WIDTH + GAP) + GAP;
  const height = HEADER + rows * (HEIGHT + GAP);
  const panels = charts.map((chart, index) => {
    const x = GAP + (index % columns) * (WIDTH + GAP);
    const y = HEADER + Math.floor(index / columns) * (HEIGHT + GAP);
    return `<g transform="translate(${x} ${y})">${panel(chart, start, end)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="6"/>`,
    text(GAP + 2, 28, title, "text", { size: 15, weight: 600 }),
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function panel({ title, unit, lines }: Chart, start: number, end: number): string {
  const right = WIDTH - PLOT.right;
  const bottom = HEIGHT - PLOT.bottom;
  const highest = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => finite(value))));
  const ticks = valueTicks(highest);
  const top = ticks.at(-1) ?? 1;
  const x = (time: number) => PLOT.left + ((time - start) / (end - start)) * (right - PLOT.left);
  const y = (value: number) => bottom - (value / top) * (bottom - PLOT.top);
  const times = Array.from(
    { length: Math.floor((end - start) / TIME_STEP) + 1 },
    (_, index) => start + index * TIME_STEP,
  );
  return [
    `<rect class="panel" width="${WIDTH}" height="${HEIGHT}" rx="4"/>`,
    text(14, 22, title, "text", { size: 13, weight: 600 }),
    ...ticks.map((tick) => `<path class="grid" d="M${PLOT.left} ${round(y(tick))}H${right}"/>`),
    ...ticks.map((tick) => text(PLOT.left - 8, y(tick) + 4, label(tick, unit, top), "dim", { anchor: "end" })),
    ...times.map((time) => text(x(time), bottom + 16, clock(time - start), "dim", { anchor: "middle" })),
    ...lines.map(({ points }, index) => `<path class="line" stroke="${color(index)}" d="${path(points, x, y)}"/>`),
    ...legend(lines, bottom + LEGEND.top),
  ].join("\n");
}

/** Names with the colors of their lines, in as many rows as they need. */
function legend(lines: readonly Line[], top: number): string[] {
  let x = 14;
  let y = top;
  return lines.map(({ name }, index) => {
    const width = LEGEND.swatch + 6 + name.length * LETTER;
    if (x > 14 && x + width > WIDTH - 10) {
      x = 14;
      y += LEGEND.line;
    }
    const at = x;
    x += width + LEGEND.gap;
    const swatch = `<path stroke="${color(index)}" stroke-width="3" d="M${at} ${y - 4}h${LEGEND.swatch}"/>`;
    return `${swatch}${text(at + LEGEND.swatch + 6, y, name, "text")}`;
  });
}

/** From 0 to a round number that is at least the highest value. */
function valueTicks(highest: number): number[] {
  const goal = highest === 0 ? 1 : highest;
  const power = 10 ** Math.floor(Math.log10(goal / TICKS));
  const step = (STEPS.find((one) => one * power * TICKS >= goal) ?? 10) * power;
  return Array.from({ length: Math.ceil(goal / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** A line with gaps where there are no values. */
function path(points: Line["points"], x: (time: number) => number, y: (value: number) => number): string {
  let isGap = true;
  return points
    .map(([time, value]) => {
      const command = isGap ? "M" : "L";
      isGap = !Number.isFinite(value);
      return isGap ? "" : `${command}${round(x(time))} ${round(y(value))}`;
    })
    .join("");
}

/** @param top  the axis ends there: it decides how many decimals its values need */
function label(value: number, unit: Unit, top: number): string {
  const short = (number: number) => String(Number(number.toPrecision(3)));
  switch (unit) {
    case "percentunit":
      return `${short(value * 100)} %`;
    case "ms":
      return `${short(value)} ms`;
    case "decbytes":
      return top >= 1_000 ? `${short(value / 1_000)} kB` : `${short(value)} B`;
    case "reqps":
    case "cps":
      return `${short(value)}/s`;
    case "short":
      return short(value);
  }
}

/** Minutes and seconds. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

interface TextStyle {
  size?: number;
  weight?: number;
  anchor?: "start" | "middle" | "end";
}

function text(x: number, y: number, content: string, kind: "text" | "dim", style: TextStyle = {}): string {
  const { size = 11, weight = 400, anchor = "start" } = style;
  const font = `font-size="${size}"${weight === 400 ? "" : ` font-weight="${weight}"`}`;
  const place = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" ${font}${place}>${escape(content)}</text>`;
}

function color(index: number): string {
  return COLORS[index % COLORS.length] ?? "gray";
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
