/**
 * Conformance cases: what the probe module (`assembly/test/host-probe.ts`) is told to do, and what is sent through it.
 * The same cases run in the Node host and in a real Envoy; what Envoy did is kept in `recorded.json`, and the Node host
 * must do the same.
 */
import type { FailurePolicy } from "../types.ts";

export interface ConformanceCase {
  /** What is shown, as a sentence. Unique. */
  name: string;
  /** Scripts of the filters, in the order of the chain. `{{service}}`, `{{refused}}`, `{{hostless}}` are clusters. */
  scripts: string[];
  steps: ConformanceStep[];
  /** What the upstream answers. Default: 200 `ok`. */
  upstream?: ScriptedReply;
  /** What the cluster `{{service}}` answers. Default: 200 `served`. */
  service?: ScriptedReply;
  /** All filters in one VM (they are in any case when they are alike). Default: one for each. */
  sharedVm?: boolean;
  failurePolicy?: FailurePolicy;
  failOpen?: boolean;
  allowOnHeadersStopIteration?: boolean;
  /** Also compare what was logged before the first step. Default: only what the steps log. */
  startup?: boolean;
  /** Envoy ends here with a crash. Then it runs in a process of its own, and the Node host must throw. */
  crashes?: boolean;
  /** The upstream may have seen the beginning of the request, or not: a matter of microseconds. */
  upstreamVaries?: boolean;
}

export type ConformanceStep =
  /** Waits so many milliseconds; in the Node host the clock moves. */
  | { wait: number }
  | {
      request: {
        method?: string;
        path?: string;
        headers?: [string, string][];
        body?: string;
        /** Sent with a pause between them. */
        chunks?: string[];
        trailers?: [string, string][];
        protocol?: "http1" | "http2";
        /** The client goes away after so many milliseconds. */
        abortAfter?: number;
      };
    };

export interface ScriptedReply {
  status?: number;
  headers?: [string, string][];
  body?: string;
  chunks?: string[];
  trailers?: [string, string][];
  delayMs?: number;
  fault?: "hang" | "reset" | "reset-body";
}

/** What a case comes to, in one host. */
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

/** How long a step of the Node host may take in its own time: what waits longer is still pending. */
export const PATIENCE_MS = 700;

/** Hides what differs from run to run. */
export function normalize(line: string): string {
  return line
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/x-envoy-upstream-service-time=\d+/g, "x-envoy-upstream-service-time=<ms>")
    .replace(/127\.0\.0\.1:\d+/g, "<address>")
    .replace(/date=[^ ]+/g, "date=<date>");
}

/** A long body as its length: what is in it is not the point. */
export function shorten(body: string): string {
  return body.length > 300 ? `(${body.length} characters)` : body;
}
