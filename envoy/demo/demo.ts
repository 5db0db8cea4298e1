/** What a demo is, and what it has to work with. */
import type { Bookinfo, BookinfoOptions, CallerName, ServiceName } from "../bookinfo/index.ts";
import type { Issuer } from "../services/issuer.ts";
import type { Span } from "../services/otlp-receiver.ts";

/** One thing that a waypoint does, shown on the Bookinfo mesh with the manifests of `deploy/demos/<name>.yaml`. */
export interface Demo {
  /** In kebab case: `npm run demo -- <name>`. */
  name: string;
  /** What it shows, in one line. */
  capability: string;
  /** Who does it: Envoy itself, Waypost's filters, or both together. */
  by: "Envoy" | "Waypost" | "both";
  /** What the mesh must have beyond one pod of each workload. */
  bookinfo?: Pick<BookinfoOptions, "replicas" | "extraStatTags" | "envoy">;
  run(stage: Stage): Promise<void>;
}

/** A running Bookinfo mesh with the demo's manifests applied. */
export interface Stage {
  readonly bookinfo: Bookinfo;
  /** `https://issuer.example.com`: its tokens are those that manifests with this `issuer` and its `jwksUri` trust. */
  readonly issuer: Issuer;
  /** Prints a line that explains. */
  say(text: string): void;
  /** Sends a request through the caller's ztunnel. */
  send(from: CallerName, request?: DemoRequest): Promise<Reply>;
  /** Compares deeply; prints a line with a tick or a cross. */
  check(what: string, actual: unknown, expected: unknown): void;
  /** For shares, orders and the like. `got` is printed. */
  checkThat(what: string, holds: boolean, got: string): void;
  /**
   * Applies more manifests, as `kubectl apply` does: they replace those of the same kind and name. The waypoint starts anew with
   * them, and so do the pods: what those remember is gone.
   */
  apply(yaml: string): Promise<void>;
  /** The line of the access log about a reply, by the names of `logFormat.labels` in `deploy/manifests/mesh/mesh-config.yaml`. */
  accessLog(reply: Reply): Promise<Record<string, unknown>>;
  /** Waits until so many spans of a trace (its id in hexadecimal) have come to the collector; default 1. */
  spans(traceId: string, count?: number): Promise<Span[]>;
  /** What Prometheus would read of the waypoint. */
  metrics(): Promise<string>;
}

export interface DemoRequest {
  /** Default `reviews`. */
  service?: ServiceName;
  /** Default GET. */
  method?: string;
  /** Default `/<service>/1`. */
  path?: string;
  headers?: Record<string, string>;
}

/** What came back. */
export interface Reply {
  /** The request's `x-request-id`, for `bookinfo.seen` and `accessLog`. */
  id: string;
  status: number;
  /** By name in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The pod that answered; absent: the waypoint itself did. */
  pod?: string;
  milliseconds: number;
}
