/**
 * One HTTP stream through the proxy: Envoy's connection manager and filter manager. It owns both directions of the
 * filter chain, decides what becomes of a local reply, and tells the filters when all is over.
 */
import { BodyBuffer } from "./body-buffer.ts";
import { clientAddress } from "./client-address.ts";
import type { LocalReply } from "./context.ts";
import { GRPC_STATS, type EnvoyHost } from "./envoy-host.ts";
import { FilterChain, type ChainOwner, type FilterSide } from "./filter-chain.ts";
import { FilterState } from "./filter-state.ts";
import { grpcStats } from "./grpc-stats.ts";
import { HeaderMap } from "./header-map.ts";
import { buildLocalReply, isGrpcContentType } from "./local-reply.ts";
import { normalTarget, targetProblem } from "./request-target.ts";
import { ResponseFlag } from "./response-flags.ts";
import { selectRoute } from "./route-selection.ts";
import { Router } from "./router.ts";
import { FAILED_REPLY, StreamContext, type FilterCallbacks } from "./stream-context.ts";
import type { StreamInfo } from "./stream-info.ts";
import type { Thread } from "./thread.ts";
import type { Connection } from "./connection.ts";
import { EMPTY, latin1 } from "./bytes.ts";
import { HeadersStatus } from "./abi.ts";

/** What the client gets, as it gets it. */
export interface Downstream {
  headers: HeaderMap | undefined;
  body: BodyBuffer;
  trailers: HeaderMap | undefined;
  /** What the last frame was. */
  ended: "headers" | "data" | "trailers" | undefined;
  /** `reset`: the connection, or the HTTP/2 stream, was broken off. */
  state: "open" | "complete" | "reset";
}

export interface StreamInit {
  protocol: "http1" | "http2";
  connection: Connection;
  thread: Thread;
  /** Dynamic metadata by namespace. */
  metadata: Readonly<Record<string, unknown>>;
}

const PAYLOAD_TOO_LARGE = { status: 413, body: latin1("Payload Too Large"), details: "request_payload_too_large" };
const RESPONSE_TOO_LARGE = {
  status: 500,
  body: latin1("Internal Server Error"),
  details: "response_payload_too_large",
};
const NO_EXTRAS = { headers: [], grpcStatus: undefined };

export class Stream implements FilterCallbacks {
  readonly info: StreamInfo;
  readonly decoding: FilterChain;
  readonly encoding: FilterChain;
  readonly router: Router;
  readonly downstream: Downstream = {
    headers: undefined,
    body: new BodyBuffer(),
    trailers: undefined,
    ended: undefined,
    state: "open",
  };
  requestHeaders: HeaderMap | undefined;
  requestTrailers: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  /** Called when reading from the client is to pause, and when it may go on; calls nest. */
  onPause: ((pause: boolean) => void) | undefined;
  /** Called when the stream is over. */
  onEnd: (() => void) | undefined;
  /** Headers, frames of data and trailers that the client has got. */
  framesSent = 0;
  /** How often a route was looked for. */
  routeSelections = 0;
  private contexts: StreamContext[] = [];
  private remoteComplete = false;
  private localComplete = false;
  private encodeComplete = false;
  private headersEncoded = false;
  private destroyed = false;
  private decoderAborted = false;
  private encoderAborted = false;
  private decodeDepth = 0;
  private encodeDepth = 0;
  private prepared: LocalReply | undefined;
  private isGrpc = false;
  private isHead = false;
  private routeKnown = false;

  constructor(
    readonly host: EnvoyHost,
    readonly init: StreamInit,
  ) {
    this.info = {
      connectionId: init.connection.id,
      protocol: init.protocol === "http1" ? "HTTP/1.1" : "HTTP/2",
      startTime: host.clock.nanoseconds,
      filterState: new FilterState(init.connection.filterState),
      metadata: init.metadata,
      source: init.connection.source,
      destination: init.connection.destination,
      route: undefined,
      upstream: undefined,
      responseCode: undefined,
      details: undefined,
      flags: 0n,
      bytesReceived: 0,
      bytesSent: 0,
      duration: undefined,
      backendLatency: undefined,
    };
    this.decoding = new FilterChain(this.decodeOwner());
    this.encoding = new FilterChain(this.encodeOwner());
    this.router = new Router(this);
  }

  get over(): boolean {
    return this.destroyed;
  }

  // What the client sends.

  receiveHeaders(headers: HeaderMap, endStream: boolean): void {
    this.requestHeaders = headers;
    this.remoteComplete = endStream;
    this.isGrpc = isGrpcContentType(headers.first("content-type"));
    this.isHead = headers.first(":method") === "HEAD";
    this.info.source = clientAddress(headers, this.init.connection.source);
    for (const name of NOT_FOR_FILTERS) headers.remove(name);
    if (headers.first("te") !== "trailers") headers.remove("te");
    if (!this.takeTarget(headers)) return;
    if (!headers.has("x-forwarded-proto")) headers.add("x-forwarded-proto", headers.first(":scheme") ?? "http");
    if (!headers.has("x-request-id")) headers.add("x-request-id", this.host.random.uuid());
    this.createFilters();
    this.route();
    this.decoding.headers(headers, endStream);
  }

  receiveData(data: Buffer, endStream: boolean): void {
    if (this.destroyed) return;
    this.info.bytesReceived += data.length;
    this.remoteComplete ||= endStream;
    this.decoding.data(BodyBuffer.of(data), endStream);
  }

  receiveTrailers(trailers: HeaderMap): void {
    if (this.destroyed) return;
    this.remoteComplete = true;
    this.requestTrailers = trailers;
    this.decoding.trailers(trailers);
  }

  /** The client goes away. */
  clientReset(): void {
    const isHttp1 = this.init.protocol === "http1";
    this.info.details = isHttp1 ? "downstream_remote_disconnect" : "http2.remote_reset";
    this.info.flags |= isHttp1 ? ResponseFlag.DC : ResponseFlag.DR;
    this.end("reset");
  }

  // What the upstream, or Envoy itself, answers.

  respondHeaders(headers: HeaderMap, endStream: boolean): void {
    if (this.destroyed) return;
    this.responseHeaders = headers;
    this.localComplete = endStream;
    this.encoding.headers(headers, endStream);
  }

  respondData(data: Buffer, endStream: boolean): void {
    if (this.destroyed) return;
    this.localComplete = endStream;
    this.encoding.data(BodyBuffer.of(data), endStream);
  }

  respondTrailers(trailers: HeaderMap): void {
    if (this.destroyed) return;
    this.localComplete = true;
    this.responseTrailers = trailers;
    this.encoding.trailers(trailers);
  }

  // What filters do.

  sendLocalReply(reply: LocalReply): void {
    if (this.destroyed) return;
    if (this.decodeDepth > 0) this.decoderAborted = true;
    else if (this.encodeDepth > 0) this.encoderAborted = true;
    this.info.details = reply.details;
    if (!this.headersEncoded) this.info.responseCode = reply.status;
    if (this.responseHeaders === undefined) {
      // While a request callback runs, the answer waits until it has returned: filters are not entered twice.
      if (this.decodeDepth > 0) this.prepared ??= reply;
      else this.replyThroughFilters(reply);
    } else if (!this.headersEncoded) {
      this.replyDirectly(reply);
    } else {
      this.reset();
    }
  }

  reset(): void {
    this.end("reset");
  }

  clearRouteCache(): void {
    this.routeKnown = false;
  }

  /** The route for the headers as they are, unless one was found since they changed. */
  route(): void {
    if (this.routeKnown) return;
    this.routeKnown = true;
    this.routeSelections++;
    this.info.route = selectRoute(this.host, this.requestHeaders as HeaderMap);
  }

  addRequestTrailers(): HeaderMap {
    return (this.requestTrailers ??= new HeaderMap());
  }

  addResponseTrailers(): HeaderMap {
    return (this.responseTrailers ??= new HeaderMap());
  }

  /** False: the request is refused before any filter sees it. */
  private takeTarget(headers: HeaderMap): boolean {
    const { protocol } = this.init;
    const target = headers.first(":path") ?? "";
    const problem = targetProblem(target, headers.first(":method"), protocol);
    if (problem !== undefined) {
      this.info.details = problem.details;
      if (protocol === "http2") this.reset();
      else this.sendLocalReply({ status: 400, body: latin1("Bad Request"), ...problem, ...NO_EXTRAS });
      return false;
    }
    const normal = normalTarget(target);
    if (normal === undefined) {
      this.sendLocalReply({ status: 400, body: EMPTY, details: "path_normalization_failed", ...NO_EXTRAS });
    } else if (normal !== target && this.host.options.normalizePath === true) {
      headers.set(":path", normal);
    }
    return normal !== undefined;
  }

  private createFilters(): void {
    const sides: { request: FilterSide; response: FilterSide; context: StreamContext | undefined }[] = [];
    for (const filter of this.host.chain) {
      if (filter === GRPC_STATS) {
        sides.push({ ...grpcStats(this.info.filterState), context: undefined });
        continue;
      }
      const handle = filter.handleFor(this.init.thread);
      if (handle === "bypass") continue;
      if (handle === "closed") {
        sides.push({ ...this.failedFilter(), context: undefined });
        continue;
      }
      const context = new StreamContext(handle.retain(), this);
      this.contexts.push(context);
      sides.push({ request: context.requestSide, response: context.responseSide, context });
    }
    for (const { request, context } of sides) {
      const entry = this.decoding.add(request);
      if (context !== undefined) context.requestEntry = entry;
    }
    for (const { response, context } of sides.reverse()) {
      const entry = this.encoding.add(response);
      if (context !== undefined) context.responseEntry = entry;
    }
  }

  /** In the place of a filter whose VM has failed. */
  private failedFilter(): { request: FilterSide; response: FilterSide } {
    const pass: FilterSide = { onHeaders: () => 0, onData: () => 0, onTrailers: () => 0 };
    const fail = (): number => {
      this.sendLocalReply(FAILED_REPLY);
      return HeadersStatus.StopAllIterationAndWatermark;
    };
    return { request: { ...pass, onHeaders: fail }, response: pass };
  }

  private replyThroughFilters(reply: LocalReply): void {
    const { headers, body } = buildLocalReply(reply, { isGrpc: this.isGrpc, isHead: this.isHead });
    this.respondHeaders(headers, body.length === 0);
    if (body.length > 0) this.respondData(body, true);
  }

  /** Past the filters, which have seen other headers already. */
  private replyDirectly(reply: LocalReply): void {
    const { headers, body } = buildLocalReply(reply, { isGrpc: this.isGrpc, isHead: this.isHead });
    this.responseHeaders = headers;
    this.encodeHeaders(headers, body.length === 0);
    if (body.length > 0) this.encodeData(BodyBuffer.of(body), true);
  }

  private encodeHeaders(headers: HeaderMap, endStream: boolean): void {
    this.headersEncoded = true;
    this.info.responseCode = Number(headers.first(":status"));
    if (!headers.has("date")) headers.set("date", new Date(this.host.clock.now).toUTCString());
    headers.set("server", "envoy");
    headers.remove("transfer-encoding");
    headers.remove("connection");
    this.framesSent++;
    this.downstream.headers = headers.clone();
    this.downstream.ended = "headers";
    if (endStream) this.end("complete");
  }

  private encodeData(data: BodyBuffer, endStream: boolean): void {
    this.framesSent++;
    this.info.bytesSent += data.length;
    this.downstream.body.moveFrom(data);
    this.downstream.ended = "data";
    if (endStream) this.end("complete");
  }

  private encodeTrailers(trailers: HeaderMap): void {
    this.framesSent++;
    this.downstream.trailers = trailers.clone();
    this.downstream.ended = "trailers";
    this.end("complete");
  }

  /** Writes the access log, then tells the filters that the stream is over. */
  private end(state: "complete" | "reset"): void {
    if (this.destroyed) return;
    this.encodeComplete = true;
    this.destroyed = true;
    this.downstream.state = state;
    this.router.cancel();
    this.info.duration = this.host.clock.nanoseconds - this.info.startTime;
    const headers = {
      request: this.requestHeaders,
      response: this.responseHeaders,
      responseTrailers: this.responseTrailers,
    };
    for (const context of this.contexts) context.onLog(headers);
    for (const context of this.contexts) context.onDestroy();
    this.contexts = [];
    this.onEnd?.();
  }

  private decodeOwner(): ChainOwner {
    return {
      direction: "decode",
      bufferLimit: this.host.bufferLimit,
      headers: () => this.requestHeaders,
      trailers: () => this.requestTrailers,
      complete: () => this.remoteComplete,
      canContinue: () => !this.localComplete,
      destroyed: () => this.destroyed,
      aborted: () => this.decoderAborted,
      executePreparedReply: () => {
        const reply = this.prepared;
        this.prepared = undefined;
        if (reply !== undefined) this.replyThroughFilters(reply);
      },
      enter: () => (this.decodeDepth += 1),
      leave: () => (this.decodeDepth -= 1),
      tooLarge: () => this.sendLocalReply({ ...PAYLOAD_TOO_LARGE, ...NO_EXTRAS }),
      pauseReading: (pause) => this.onPause?.(pause),
      sinkHeaders: (headers, endStream) => this.router.onHeaders(headers, endStream),
      sinkData: (data, endStream) => this.router.onData(data, endStream),
      sinkTrailers: (trailers) => this.router.onTrailers(trailers),
    };
  }

  private encodeOwner(): ChainOwner {
    return {
      direction: "encode",
      bufferLimit: this.host.bufferLimit,
      headers: () => this.responseHeaders,
      trailers: () => this.responseTrailers,
      complete: () => this.localComplete,
      canContinue: () => !this.encodeComplete,
      destroyed: () => this.destroyed,
      aborted: () => this.encoderAborted,
      executePreparedReply() {},
      enter: () => (this.encodeDepth += 1),
      leave: () => (this.encodeDepth -= 1),
      tooLarge: () => this.sendLocalReply({ ...RESPONSE_TOO_LARGE, ...NO_EXTRAS }),
      pauseReading: (pause) => this.router.pauseReading(pause),
      sinkHeaders: (headers, endStream) => this.encodeCheckedHeaders(headers, endStream),
      sinkData: (data, endStream) => this.encodeData(data, endStream),
      sinkTrailers: (trailers) => this.encodeTrailers(trailers),
    };
  }

  /** A filter may have removed what every response needs. */
  private encodeCheckedHeaders(headers: HeaderMap, endStream: boolean): void {
    if (headers.has(":status")) return this.encodeHeaders(headers, endStream);
    const message = "missing required header: :status";
    const details = `filter_removed_required_response_headers{${message.replaceAll(" ", "_")}}`;
    this.sendLocalReply({ status: 502, body: latin1(message), details, ...NO_EXTRAS });
  }
}

/**
 * What the connection manager takes out of a request: headers of one hop, a client certificate that anybody could
 * claim, orders to Envoy.
 */
const NOT_FOR_FILTERS = (
  "connection keep-alive proxy-connection transfer-encoding x-envoy-internal x-forwarded-client-cert " +
  "x-envoy-expected-rq-timeout-ms x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-ip-tags " +
  "x-envoy-max-retries x-envoy-original-url x-envoy-retriable-header-names " +
  "x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on x-envoy-upstream-alt-stat-name " +
  "x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response " +
  "x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms"
).split(" ");
