/** The types of the public API: what a test hands to the host and gets back. */
import type { LogThreshold, LogLine } from "./log.ts";
import type { FilterModule } from "./module.ts";
import type { BytesLike } from "./bytes.ts";
import type { HeaderMap } from "./header-map.ts";

/** Headers in order, several of one name allowed; or an object. Values are byte strings, as in Node's `http`. */
export type HeadersInit = readonly (readonly [string, string])[] | Readonly<Record<string, string>> | HeaderMap;

export type FailurePolicy = "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD";

export interface FilterOptions {
  /** `PluginConfig.name`; Istio makes it `<namespace>.<name>`. */
  name: string;
  module: FilterModule;
  /** Istio: `pluginName`. Default empty. */
  rootId?: string;
  /** Plugins with the same module, `vmId` and `vmConfiguration` share one VM in each thread. Istio leaves it empty. */
  vmId?: string;
  /** What `proxy_on_configure` reads; Istio's `pluginConfig` as JSON text. Default empty. */
  configuration?: string;
  /** What `proxy_on_vm_start` reads. Default empty. */
  vmConfiguration?: string;
  /** `VmConfig.environment_variables`. */
  environment?: Readonly<Record<string, string>>;
  /** Default FAIL_CLOSED, as Envoy's and Istio's. */
  failurePolicy?: FailurePolicy;
  /** The deprecated `fail_open`: unlike FAIL_OPEN it lets even the request pass whose callback trapped. */
  failOpen?: boolean;
  /** `reload_config.backoff.base_interval` of FAIL_RELOAD in milliseconds. Default 1000. */
  reloadBackoff?: number;
  /** Istio cannot set it. Default false: StopIteration from a headers callback stops body and trailers as well. */
  allowOnHeadersStopIteration?: boolean;
  /** `capability_restriction_config.allowed_capabilities`; default: all. */
  allowedCapabilities?: readonly string[];
}

export interface RequestInit {
  /** Default GET. */
  method?: string;
  /** Default `/`. */
  path?: string;
  /** Default `example.com`. */
  authority?: string;
  /** Default `http`. */
  scheme?: string;
  headers?: HeadersInit;
  /** Cut into frames of 16 KiB, as it comes off the wire. */
  body?: BytesLike;
  /** The body in these pieces, one callback each (unless they are buffered on the way). Excludes `body`. */
  chunks?: readonly BytesLike[];
  /** Milliseconds between chunks. Default 0. */
  chunkDelayMs?: number;
  trailers?: HeadersInit;
  /** The client never sends the end: it goes away (`exchange.reset()`), or waits. */
  unfinished?: boolean;
  /** Default http1. In HTTP/1 the end of a body is a callback of its own, without data. */
  protocol?: "http1" | "http2";
  /** Which worker thread serves it. Default 0. */
  worker?: number;
  /** What the downstream connection is, in place of a new one for each request: `host.connection()`. */
  connection?: DownstreamConnection;
  /** Dynamic metadata that filters in front of the chain left, by their names: what `metadata.filter_metadata` has. */
  metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What is known of a downstream connection before the first request. */
export interface ConnectionInit {
  /** `source.address` of requests without X-Forwarded-For. Default `127.0.0.1:50000`. */
  source?: string;
  /** `destination.address`. Default `127.0.0.1:10000`. */
  destination?: string;
  /** Filter state of the connection, by name: text, or an object for one with fields. */
  filterState?: Readonly<Record<string, unknown>>;
}

/** A downstream connection: filter state with the life span of a connection lives here. */
export interface DownstreamConnection {
  readonly id: number;
  readonly source: string;
  readonly destination: string;
  readonly filterState: Map<string, unknown>;
}

export type Fault =
  /** Nobody listens: Envoy answers 503 itself. */
  | "refuse"
  /** Accepts and never answers: the time-out decides. */
  | "hang"
  /** Closes the connection without an answer: Envoy answers 503 itself. */
  | "reset"
  /** Breaks off after the response headers. */
  | "reset-body"
  /** A cluster without hosts: Envoy answers 503 itself; a call out of a filter fails at once. */
  | "no-hosts";

export interface ReplyInit {
  /** Default 200. */
  status?: number;
  headers?: HeadersInit;
  body?: BytesLike;
  /** The body in these pieces. Excludes `body`. */
  chunks?: readonly BytesLike[];
  /** Milliseconds between chunks. Default 0. */
  chunkDelayMs?: number;
  trailers?: HeadersInit;
  /** Milliseconds until the answer is there. Default 0. */
  delayMs?: number;
  fault?: Fault;
}

/** A request that has left the filter chain, or a call out of a filter. */
export interface ReceivedRequest {
  /** The cluster that it was sent to. */
  cluster: string;
  /** What the cluster speaks. */
  protocol: "http1" | "http2";
  method: string;
  path: string;
  authority: string;
  /** All headers, pseudo-headers included. */
  headers: HeaderMap;
  /** As UTF-8 text; `bodyBytes` has the bytes. */
  readonly body: string;
  bodyBytes: Buffer;
  trailers: HeaderMap | undefined;
}

export interface CallRequest extends ReceivedRequest {
  /** As the filter gave it, in milliseconds; 0 = none. */
  timeoutMs: number;
  /** Worker that called; undefined on the main thread. */
  worker: number | undefined;
}

export interface GrpcRequest {
  cluster: string;
  service: string;
  method: string;
  /** Initial metadata that the filter gave. */
  metadata: HeaderMap;
  message: Buffer;
  timeoutMs: number;
}

export interface GrpcReplyInit {
  /** gRPC status. Default 0. */
  status?: number;
  /** grpc-message. */
  statusMessage?: string;
  message?: BytesLike;
  initialMetadata?: HeadersInit;
  trailingMetadata?: HeadersInit;
  delayMs?: number;
}

/** The server's side of a `grpc_stream`. */
export interface GrpcServerStream {
  readonly request: Omit<GrpcRequest, "message" | "timeoutMs">;
  /** Messages that the filter has sent. */
  readonly received: Buffer[];
  /** The filter has closed its side, or reset the stream. */
  readonly halfClosed: boolean;
  readonly cancelled: boolean;
  initialMetadata(headers: HeadersInit): void;
  send(message: BytesLike): void;
  /** Trailing metadata, then the status. */
  close(status?: number, message?: string, trailers?: HeadersInit): void;
}

export type HttpHandler = (call: CallRequest) => ReplyInit;

/** What stands behind a cluster that filters call. */
export interface ClusterHandlers {
  http?: HttpHandler;
  grpc?: (call: GrpcRequest) => GrpcReplyInit;
  grpcStream?: (stream: GrpcServerStream) => void;
  onGrpcMessage?: (stream: GrpcServerStream, message: Buffer) => void;
  /** For all calls, in place of handlers. */
  fault?: Fault;
}

export type Cluster = HttpHandler | ReplyInit | ClusterHandlers;

/** A route, first match wins. No route matches: Envoy answers 404. */
export interface RouteInit {
  /** `xds.route_name`. */
  name?: string;
  /** Default: every request. Sees the headers as they are when Envoy looks for a route. */
  match?: (headers: HeaderMap) => boolean;
  /**
   * `xds.cluster_name`, or what tells it from the headers: `cluster_header`, weighted clusters. Nothing, or a name that is
   * none of `upstreams`: Envoy answers 503. Default `upstream`.
   */
  cluster?: string | ((headers: HeaderMap) => string | undefined);
  /** `filter_metadata` of `xds.route_metadata`. */
  metadata?: Readonly<Record<string, unknown>>;
  /** Milliseconds until Envoy answers 504; default 15000, 0 = never. */
  timeout?: number;
}

/** A cluster that routes may lead to. */
export interface UpstreamInit {
  /** `xds.cluster_name` */
  name: string;
  /** What its endpoint speaks; `downstream`: what the request came with, as in a waypoint. Default http1. */
  protocol?: "http1" | "http2" | "downstream";
  /** `filter_metadata` of the cluster: `xds.cluster_metadata`. Default: none. */
  metadata?: Readonly<Record<string, unknown>>;
  /** `filter_metadata` of its endpoint: `xds.upstream_host_metadata`. Default: none. */
  hostMetadata?: Readonly<Record<string, unknown>>;
  /** There is no endpoint, or nobody listens there. */
  fault?: "no-hosts" | "refuse";
}

export interface HostOptions {
  /** Worker threads; the main thread comes on top. Default 1. */
  workers?: number;
  /** Milliseconds since the epoch. Default 1 700 000 000 000. */
  now?: number;
  /** Level of Envoy's `wasm` log. Default `info`, as Envoy's; Istio's proxies run with `warn`. */
  logLevel?: LogThreshold;
  /** Clusters that filters call, by name. */
  clusters?: Readonly<Record<string, Cluster>>;
  /** What stands behind the filter chain. Default: 200 with an empty body. */
  upstream?: (request: ReceivedRequest) => ReplyInit;
  /** Default: one route for all. */
  routes?: readonly RouteInit[];
  /** Clusters that routes may lead to, or their names. Default: whatever they name. */
  upstreams?: readonly (string | UpstreamInit)[];
  /** Attributes beside or in place of what the host answers, by first name: `{ filter_state: {…}, xds: {…} }`. */
  properties?: Readonly<Record<string, unknown>>;
  /** `normalize_path`, which a waypoint has: filters and routes see paths without dot segments. Default false, as Envoy's. */
  normalizePath?: boolean;
  /** Bytes that a stream may buffer: `per_connection_buffer_limit_bytes`. Default 1 MiB. */
  bufferLimit?: number;
  /** Collects `host.trace`. Default false. */
  trace?: boolean;
  /** Seed of what is random: request ids, `random_get`, the jitter of a reload. Default 1. */
  seed?: number;
  /** Called for each log line, for example to print it. */
  onLog?: (line: LogLine) => void;
  /** Names that `envoy_resolve_dns` knows. */
  dns?: Readonly<Record<string, readonly string[]>>;
}
