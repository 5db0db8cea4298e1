/** Compares what a host saw with what a scenario expects. */
import type { Expectation } from "./format.ts";
import { select } from "./metric-selector.ts";

export type LogLevelName = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** One log line of a filter. */
export interface LogLine {
  level: LogLevelName;
  message: string;
}

/** What the upstream got of a request. */
export interface UpstreamRequest {
  /** Which upstream. */
  name: string;
  method: string;
  path: string;
  /** In order; names in lower case. */
  headers: readonly (readonly [string, string])[];
  body: string;
}

/** Metrics of all plugins, by full name. */
export interface SeenMetrics {
  /** By how much each counter grew during the request. */
  counters: Readonly<Record<string, number>>;
  /** Their values after it. */
  gauges: Readonly<Record<string, number>>;
  /** How many values each got during it. */
  histograms: Readonly<Record<string, number>>;
}

/** What a host saw of one request. */
export interface Observation {
  /** 0: the connection ended without an answer. */
  status: number;
  /** The answer broke off, or never came. */
  broken: boolean;
  headers: readonly (readonly [string, string])[];
  body: string;
  trailers: readonly (readonly [string, string])[];
  /** Response code details; `undefined` when there are none. */
  details: string | undefined;
  /** `undefined`: it got nothing. */
  upstream: UpstreamRequest | undefined;
  metrics: SeenMetrics;
  /** Filter state at the end of the stream, by name; `null`, or no entry: not set. */
  filterState: Readonly<Record<string, string | null>>;
  /** The filter's log lines during the request. */
  logs: readonly LogLine[];
}

/** Characters of a long text that a difference shows. */
const EXCERPT = 160;

/** Shorter texts are no evidence that a log line shows a token. */
const SHORTEST_SECRET = 16;

/**
 * The differences between what was seen and what was expected, one readable line each; none: all is as expected.
 *
 * @param minted  the scenario's tokens: neither they nor their signatures may be in a log line
 */
export function check(seen: Observation, expected: Expectation, minted: Iterable<string> = []): string[] {
  return [
    ...same("status", seen.status, expected.status),
    ...same("broken", seen.broken, expected.broken),
    ...same("body", seen.body, expected.body),
    ...contained("body", seen.body, expected.bodyContains),
    ...sameHeaders("headers", seen.headers, expected.headers),
    ...sameHeaders("trailers", seen.trailers, expected.trailers),
    ...same("details", seen.details, expected.details),
    ...sameUpstream(seen.upstream, expected.upstream),
    ...sameMetrics("metrics", seen.metrics.counters, expected.metrics),
    ...sameMetrics("gauges", seen.metrics.gauges, expected.gauges),
    ...sameMetrics("histograms", seen.metrics.histograms, expected.histograms),
    ...noMetrics(seen.metrics, expected.metricsNever),
    ...sameFilterState(seen.filterState, expected.filterState),
    ...loggedAll(seen.logs, expected.logs),
    ...loggedNone(seen.logs, [...(expected.logsNeverContain ?? []), ...secretsOf(minted)]),
  ];
}

/** Several values of one name as one, joined with `, `; `null` when there is none. Names compare without case. */
export function joined(headers: Observation["headers"], name: string): string | null {
  const values = headers.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? null : values.join(", ");
}

function same(what: string, seen: unknown, expected: unknown): string[] {
  if (expected === undefined || seen === expected) return [];
  if (typeof seen === "string" && typeof expected === "string") {
    const longest = Math.max(seen.length, expected.length);
    const start = longest <= EXCERPT ? 0 : Math.max(0, firstDifference(seen, expected) - EXCERPT / 2);
    return [`${what}: expected ${excerpt(expected, start)}, got ${excerpt(seen, start)}`];
  }
  return [`${what}: expected ${show(expected)}, got ${show(seen)}`];
}

function firstDifference(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a[index] === b[index]) index++;
  return index;
}

/** A long text is shown from around its first difference on. */
function excerpt(text: string, start: number): string {
  if (text.length <= EXCERPT) return show(text);
  const shown = show(text.slice(start, start + EXCERPT));
  return `${start > 0 ? "…" : ""}${shown}${start + EXCERPT < text.length ? "…" : ""} (${text.length} characters)`;
}

function contained(what: string, seen: string, part: string | undefined): string[] {
  if (part === undefined || seen.includes(part)) return [];
  return [`${what}: expected it to contain ${show(part)}, got ${show(seen)}`];
}

function sameHeaders(
  what: string,
  seen: Observation["headers"],
  expected: Record<string, string | null> = {},
): string[] {
  return Object.entries(expected).flatMap(([name, value]) => same(`${what}[${name}]`, joined(seen, name), value));
}

function sameUpstream(seen: UpstreamRequest | undefined, expected: Expectation["upstream"]): string[] {
  if (expected === undefined) return [];
  if (expected === false) {
    return seen === undefined ? [] : [`upstream: expected nothing to arrive, got ${seen.method} ${seen.path}`];
  }
  if (seen === undefined) return ["upstream: expected a request, nothing arrived"];
  return [
    ...same("upstream.name", seen.name, expected.name),
    ...same("upstream.method", seen.method, expected.method),
    ...same("upstream.path", seen.path, expected.path),
    ...sameHeaders("upstream.headers", seen.headers, expected.headers),
    ...same("upstream.body", seen.body, expected.body),
  ];
}

/** A counter or a histogram that is not there has not grown, a gauge is 0. */
function sameMetrics(
  what: string,
  seen: Readonly<Record<string, number>>,
  expected: Record<string, number> = {},
): string[] {
  return Object.entries(expected).flatMap(([name, value]) => same(`${what}[${name}]`, select(seen, name) ?? 0, value));
}

function noMetrics({ counters, gauges, histograms }: SeenMetrics, patterns: readonly string[] = []): string[] {
  const names = [counters, gauges, histograms].flatMap((metrics) => Object.keys(metrics));
  return patterns.flatMap((pattern) =>
    names
      .filter((name) => new RegExp(pattern).test(name))
      .map((name) => `metricsNever: there is a metric ${name}, which ${pattern} matches`),
  );
}

function sameFilterState(seen: Observation["filterState"], expected: Record<string, string | null> = {}): string[] {
  return Object.entries(expected).flatMap(([name, value]) => same(`filterState[${name}]`, seen[name] ?? null, value));
}

function loggedAll(seen: readonly LogLine[], expected: Expectation["logs"] = []): string[] {
  return expected
    .filter(({ level, contains }) => !seen.some((line) => line.level === level && line.message.includes(contains)))
    .map(({ level, contains }) => `logs: no ${level} line contains ${show(contains)}; there were: ${showLines(seen)}`);
}

function loggedNone(seen: readonly LogLine[], forbidden: readonly string[]): string[] {
  return seen.flatMap(({ level, message }) =>
    forbidden
      .filter((text) => message.includes(text))
      .map((text) => `logs: a ${level} line must not contain ${show(text)}: ${show(message)}`),
  );
}

/** A token shows when it is there whole, or its signature: whoever has that and the claims has the token. */
function secretsOf(minted: Iterable<string>): string[] {
  return [...minted]
    .flatMap((token) => [token, token.split(".").at(-1) ?? ""])
    .filter((text) => text.length >= SHORTEST_SECRET);
}

function showLines(lines: readonly LogLine[]): string {
  return lines.length === 0 ? "none" : lines.map(({ level, message }) => `${level} ${show(message)}`).join("; ");
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
