/** What Envoy knows of a stream beside its headers and body. */
import type { FilterState } from "./filter-state.ts";
import type { HeaderMap } from "./header-map.ts";
import type { SelectedRoute } from "./route-selection.ts";

export interface UpstreamInfo {
  attempts: number;
  readyNanoseconds: bigint;
  /** Why there is no connection; empty: there is one. */
  failure: string;
}

export interface StreamInfo {
  readonly connectionId: number;
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  /** Nanoseconds since the epoch. */
  readonly startTime: bigint;
  readonly filterState: FilterState;
  /** Dynamic metadata by namespace. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `ip:port` of the client; of a proxy in front it may be only what a header says. */
  source: string;
  /** `ip:port` */
  readonly destination: string;
  route: SelectedRoute | undefined;
  /** Set when the router has picked an upstream connection. */
  upstream: UpstreamInfo | undefined;
  responseCode: number | undefined;
  details: string | undefined;
  /** Bits of `response.flags`. */
  flags: bigint;
  bytesReceived: number;
  bytesSent: number;
  /** Nanoseconds from the start to the end; set when the stream is over. */
  duration: bigint | undefined;
  /** Nanoseconds from the first byte to the upstream to the last from it. */
  backendLatency: bigint | undefined;
}

/** The headers that attributes are answered from: those of the running callback, or of the access log. */
export interface VisibleHeaders {
  request: HeaderMap | undefined;
  response: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
}
