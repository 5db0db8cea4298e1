/** What a case comes to in one host, in a form that two hosts and two runs have in common. */

export interface ConformanceRecord {
  /** Lines of the probe before the first step: sorted, because threads start in any order. */
  startup?: string[];
  steps: StepRecord[];
  /** The process ended. */
  crashed?: true;
}

export interface StepRecord {
  /** Lines of the probe: `<number of the filter>: <text>`. */
  logs: string[];
  /** Of requests. `reset`: the client got no complete response. */
  response?: { status: number; headers: string[]; body: string; trailers?: string[] } | "reset";
  /** `%RESPONSE_CODE_DETAILS%`. */
  details?: string;
  /** Filter state `wasm.x`, when there is any. */
  filterState?: string;
  upstream?: { start: string; headers: string[]; body: string } | "nothing";
}

/** Pseudo-headers, and what the codecs and servers write in ways of their own. */
const NOT_COMPARED = /^(:|host:|connection:|keep-alive:|transfer-encoding:|date:|server:)/;

/** Headers as sorted lines, without what has no meaning for a filter. */
export function headerLines(headers: Iterable<readonly [string, string]>): string[] {
  return Array.from(headers, ([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => !NOT_COMPARED.test(line))
    .map((line) => normalize(line))
    .sort();
}

/** Hides what differs from run to run. */
export function normalize(line: string): string {
  return line
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/(x-envoy-upstream-service-time(?:=|: ))\d+/g, "$1<ms>")
    .replace(/127\.0\.0\.1:\d+/g, "<address>")
    .replace(/date=[^ ]+/g, "date=<date>");
}

/** A long body as its length: what is in it is not the point. */
export function shorten(body: string): string {
  return body.length > 300 ? `(${body.length} characters)` : body;
}
