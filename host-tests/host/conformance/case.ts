/** What a conformance case is: scripts for the probe module, requests, and what the services around Envoy answer. */
import type { FailurePolicy } from "../types.ts";

export interface ConformanceCase {
  /** What is shown, as a sentence. Unique. */
  name: string;
  /**
   * Scripts of the filters, in the order of the chain. `{{service}}`, `{{grpc}}`, `{{refused}}`, `{{hostless}}` are
   * clusters.
   */
  scripts: string[];
  steps: ConformanceStep[];
  /** What the upstream answers. Default: 200 `ok`. */
  upstream?: ScriptedReply;
  /** What the cluster `{{service}}` answers. Default: 200 `served`. */
  service?: ScriptedReply;
  /** What the cluster `{{grpc}}` answers as soon as data has come. Default: there is no such cluster. */
  grpc?: ScriptedGrpcReply;
  /** Dynamic metadata that a filter in front left, by its name. */
  metadata?: Record<string, Record<string, unknown>>;
  /** What an outer listener knows of the connection, as a waypoint's does; addresses are `ip:port`. Default: none is there. */
  caller?: { principal?: string; destination: string; source: string };
  /** Envoy's own grpc_stats stands in front of the filters. */
  grpcStats?: true;
  /** `filter_metadata` of the upstream's cluster, and of its endpoint. Default: none. */
  upstreamMetadata?: { cluster: Record<string, unknown>; endpoint: Record<string, unknown> };
  /** Requests go to the cluster that this header names. Default: to the upstream. */
  clusterHeader?: string;
  /** Paths are made normal, as in a waypoint. */
  normalizePath?: boolean;
  /** All filters in one VM (they are in any case when they are alike). Default: one for each. */
  sharedVm?: boolean;
  failurePolicy?: FailurePolicy;
  failOpen?: boolean;
  allowOnHeadersStopIteration?: boolean;
  /** Also compare what was logged before the first step. Default: only what the steps log. */
  startup?: boolean;
  /** Envoy crashes here: so it runs in a process of its own, and the Node host must throw. */
  crashes?: boolean;
  /** The upstream may have seen the beginning of the request, or not: a matter of microseconds. */
  upstreamVaries?: boolean;
}

/** How long a client waits for its response: what takes longer is broken off by it. */
export const PATIENCE_MS = 700;

/** Chunks of bodies are sent so far apart, on both sides. */
export const CHUNK_PAUSE_MS = 40;

export type ConformanceStep =
  /** Waits so many milliseconds; in the Node host the clock moves. */
  { wait: number } | { request: CaseRequest };

export interface CaseRequest {
  /** Default GET. */
  method?: string;
  /** Default `/`. */
  path?: string;
  headers?: [string, string][];
  body?: string;
  /** In place of `body`, sent with a pause between them. */
  chunks?: string[];
  trailers?: [string, string][];
  /** Default http1. */
  protocol?: "http1" | "http2";
  /** The client goes away after so many milliseconds. Default: PATIENCE_MS. */
  abortAfter?: number;
}

/** The upstream of a case that says nothing about it. */
export const DEFAULT_UPSTREAM: ScriptedReply = { body: "ok" };

/** The cluster `{{service}}` of a case that says nothing about it. */
export const DEFAULT_SERVICE: ScriptedReply = { body: "served" };

/** In this order. */
export interface ScriptedGrpcReply {
  initialMetadata?: [string, string][];
  messages?: string[];
  trailingMetadata?: [string, string][];
  /** Default 0. */
  status?: number;
  statusMessage?: string;
}

export interface ScriptedReply {
  /** Default 200. */
  status?: number;
  headers?: [string, string][];
  body?: string;
  /** In place of `body`, sent with a pause after each. */
  chunks?: string[];
  trailers?: [string, string][];
  /** Milliseconds between the end of the request and the response. */
  delayMs?: number;
  /** Never answers; breaks off before the response; breaks off behind its headers. */
  fault?: "hang" | "reset" | "reset-body";
}
