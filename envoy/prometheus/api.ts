/** The HTTP API of a Prometheus server (https://prometheus.io/docs/prometheus/latest/querying/api/). */

export type Labels = Readonly<Record<string, string>>;

/** One element of an instant vector; a scalar is one without labels. */
export interface Sample {
  labels: Labels;
  /** May be NaN or infinite. */
  value: number;
}

/** One element of a range vector. */
export interface Series {
  labels: Labels;
  /** Time in seconds since 1970, and the value then. */
  points: (readonly [number, number])[];
}

export interface Target {
  job: string;
  /** What is scraped, whole. */
  url: string;
  health: "up" | "down" | "unknown";
  /** Of the last scrape; empty: none. */
  lastError: string;
}

/** A rule as Prometheus evaluated it last. */
export interface Rule {
  group: string;
  type: "alerting" | "recording";
  name: string;
  expression: string;
  health: "ok" | "err" | "unknown";
  /** Empty: none. */
  lastError: string;
  /** Of alerts only. */
  state?: "inactive" | "pending" | "firing";
}

/** Times and steps in seconds. */
export interface Range {
  start: number;
  end: number;
  step: number;
}

type Point = [number, string];

type QueryData =
  | { resultType: "vector"; result: { metric: Labels; value: Point }[] }
  | { resultType: "matrix"; result: { metric: Labels; values: Point[] }[] }
  | { resultType: "scalar" | "string"; result: Point };

interface TargetsData {
  activeTargets: { labels: Labels; scrapeUrl: string; health: Target["health"]; lastError: string }[];
}

interface RulesData {
  groups: {
    name: string;
    rules: (Omit<Rule, "group" | "expression" | "lastError"> & { query: string; lastError?: string })[];
  }[];
}

type Answer = { status: "success"; data: unknown } | { status: "error"; errorType: string; error: string };

/** Milliseconds that an answer may take. */
const ANSWER_TIMEOUT = 15_000;

export class PrometheusApi {
  /** `127.0.0.1:port` */
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  /**
   * Evaluates an expression at one time.
   *
   * @param time  in seconds since 1970; default: now
   */
  async query(expression: string, time?: number): Promise<Sample[]> {
    const data = (await this.#get("query", { query: expression, ...(time !== undefined && { time }) })) as QueryData;
    switch (data.resultType) {
      case "vector":
        return data.result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }));
      case "scalar":
        return [{ labels: {}, value: numberOf(data.result[1]) }];
      default:
        throw new Error(`${expression} is a ${data.resultType}: expected an instant vector or a scalar`);
    }
  }

  /** Evaluates an expression at each step of a range. */
  async queryRange(expression: string, range: Range): Promise<Series[]> {
    const data = (await this.#get("query_range", { query: expression, ...range })) as QueryData;
    if (data.resultType !== "matrix") throw new Error(`${expression}: expected a matrix, got a ${data.resultType}`);
    return data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([time, value]) => [time, numberOf(value)] as const),
    }));
  }

  /** Values that a label has in some series; what Grafana's `label_values(label)` shows. */
  async labelValues(label: string, selector?: string): Promise<string[]> {
    const parameters: Record<string, string> = selector === undefined ? {} : { "match[]": selector };
    return (await this.#get(`label/${label}/values`, parameters)) as string[];
  }

  /** What is scraped. */
  async targets(): Promise<Target[]> {
    const { activeTargets } = (await this.#get("targets", { state: "active" })) as TargetsData;
    return activeTargets.map(({ labels, scrapeUrl, health, lastError }) => ({
      job: labels["job"] ?? "",
      url: scrapeUrl,
      health,
      lastError,
    }));
  }

  /** Recording rules and alerts. */
  async rules(): Promise<Rule[]> {
    const { groups } = (await this.#get("rules", {})) as RulesData;
    return groups.flatMap(({ name: group, rules }) =>
      rules.map(({ type, name, query, health, lastError = "", state }) => ({
        ...{ group, type, name, expression: query, health, lastError },
        ...(state && { state }),
      })),
    );
  }

  async #get(path: string, parameters: Record<string, string | number>): Promise<unknown> {
    const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
    const url = `http://${this.address}/api/v1/${path}?${query.toString()}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
    const answer = (await response.json()) as Answer;
    if (answer.status === "success") return answer.data;
    const { query: expression = path } = parameters;
    throw new Error(`Prometheus refuses ${expression}: ${answer.errorType}: ${answer.error}`);
  }
}

/** Prometheus writes numbers as JSON cannot: `NaN`, `+Inf`. */
function numberOf(text: string): number {
  return text.endsWith("Inf") ? Number(text.replace("Inf", "Infinity")) : Number(text);
}
