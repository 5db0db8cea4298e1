/**
 * A stream context: one plugin on one HTTP stream. It stands between the filter chain and the guest, and decides what
 * the guest may see when (source/extensions/common/wasm/context.cc).
 */
import { BufferType, DataStatus, HeadersStatus, MapType, StreamType, TrailersStatus, WasmResult } from "./abi.ts";
import type { BodyBuffer } from "./body-buffer.ts";
import { EMPTY } from "./bytes.ts";
import { Context, type GuestBuffer, type LocalReply } from "./context.ts";
import type { ChainEntry, FilterChain, FilterSide } from "./filter-chain.ts";
import type { HeaderMap } from "./header-map.ts";
import type { PluginHandle } from "./plugin-handle.ts";
import type { RootContext } from "./root-context.ts";
import type { StreamInfo, VisibleHeaders } from "./stream-info.ts";

/** What a filter may do with its stream. */
export interface FilterCallbacks {
  readonly info: StreamInfo;
  readonly decoding: FilterChain;
  readonly encoding: FilterChain;
  sendLocalReply(reply: LocalReply): void;
  reset(): void;
  clearRouteCache(): void;
  addRequestTrailers(): HeaderMap;
  addResponseTrailers(): HeaderMap;
}

/** One half of the stream as the guest may see it at this moment. */
interface Half {
  headers: HeaderMap | undefined;
  data: BodyBuffer | undefined;
  trailers: HeaderMap | undefined;
  /** The guest has asked for the body to be kept: it sees all that is kept. */
  buffering: boolean;
}

const FAIL_STREAM_DETAILS = "wasm_fail_stream";
const CLOSE_STREAM_DETAILS = "wasm_close_stream";

export class StreamContext extends Context {
  readonly requestSide: FilterSide;
  readonly responseSide: FilterSide;
  requestEntry!: ChainEntry;
  responseEntry!: ChainEntry;
  private readonly request: Half = { headers: undefined, data: undefined, trailers: undefined, buffering: false };
  private readonly response: Half = { headers: undefined, data: undefined, trailers: undefined, buffering: false };
  private endOfStream = false;
  private loggedHeaders: VisibleHeaders | undefined;
  private failureReplied = false;
  private streamFailed = false;
  private destroyed = false;

  constructor(
    private readonly handle: PluginHandle,
    private readonly stream: FilterCallbacks,
  ) {
    super(handle.vm, handle.plugin);
    this.requestSide = {
      onHeaders: (headers, endStream) => this.onRequestHeaders(headers, endStream),
      onData: (data, endStream) =>
        this.onData("proxy_on_request_body", this.request, this.stream.decoding, data, endStream),
      onTrailers: (trailers) => this.onTrailers("proxy_on_request_trailers", this.request, trailers),
    };
    this.responseSide = {
      onHeaders: (headers, endStream) =>
        this.untouched
          ? HeadersStatus.Continue
          : this.onHeaders("proxy_on_response_headers", this.response, headers, endStream),
      onData: (data, endStream) =>
        this.untouched
          ? DataStatus.Continue
          : this.onData("proxy_on_response_body", this.response, this.stream.encoding, data, endStream),
      onTrailers: (trailers) =>
        this.untouched
          ? TrailersStatus.Continue
          : this.onTrailers("proxy_on_response_trailers", this.response, trailers),
    };
  }

  override get root(): RootContext {
    return this.handle.root;
  }

  override get streamInfo(): StreamInfo {
    return this.stream.info;
  }

  override get logging(): boolean {
    return this.loggedHeaders !== undefined;
  }

  /** The headers that attributes are answered from. */
  get visibleHeaders(): VisibleHeaders {
    const logged = this.loggedHeaders;
    return {
      request: this.request.headers ?? logged?.request,
      response: this.response.headers ?? logged?.response,
      responseTrailers: this.response.trailers ?? logged?.responseTrailers,
    };
  }

  override readableMap(type: number): HeaderMap | undefined {
    const logged = this.loggedHeaders;
    switch (type) {
      case MapType.RequestHeaders:
        return logged === undefined ? this.request.headers : logged.request;
      case MapType.RequestTrailers:
        return logged === undefined ? this.request.trailers : undefined;
      case MapType.ResponseHeaders:
        return logged === undefined ? this.response.headers : logged.response;
      case MapType.ResponseTrailers:
        return logged === undefined ? this.response.trailers : logged.responseTrailers;
      default:
        return super.readableMap(type);
    }
  }

  /** At the end of a body, trailers that are not there come into being when they are asked for in order to write. */
  override writableMap(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.RequestHeaders:
        return this.request.headers;
      case MapType.RequestTrailers:
        if (this.request.trailers === undefined && this.request.data !== undefined && this.endOfStream) {
          this.request.trailers = this.stream.addRequestTrailers();
        }
        return this.request.trailers;
      case MapType.ResponseHeaders:
        return this.response.headers;
      case MapType.ResponseTrailers:
        if (this.response.trailers === undefined && this.response.data !== undefined && this.endOfStream) {
          this.response.trailers = this.stream.addResponseTrailers();
        }
        return this.response.trailers;
      default:
        return undefined;
    }
  }

  override mapChanged(type: number): void {
    if (type === MapType.RequestHeaders) this.stream.clearRouteCache();
  }

  override buffer(type: number): GuestBuffer | undefined {
    if (type === BufferType.HttpRequestBody) return this.body(this.request, this.stream.decoding);
    if (type === BufferType.HttpResponseBody) return this.body(this.response, this.stream.encoding);
    return super.buffer(type);
  }

  override clearRouteCache(): void {
    this.stream.clearRouteCache();
  }

  /** Done when the guest has returned, unless the stream has been answered by then. */
  override sendLocalReply(reply: LocalReply): void {
    this.vm.defer(() => this.stream.sendLocalReply(reply));
  }

  override continueStream(type: number): WasmResult {
    if (type === StreamType.Request) this.vm.defer(() => this.stream.decoding.continue(this.requestEntry));
    else if (type === StreamType.Response) this.vm.defer(() => this.stream.encoding.continue(this.responseEntry));
    else return type === StreamType.Downstream ? WasmResult.Ok : WasmResult.Unimplemented;
    // Whichever half goes on, the request is out of reach from now on; the response is not.
    this.request.headers = undefined;
    this.request.data = undefined;
    this.request.trailers = undefined;
    return WasmResult.Ok;
  }

  override closeStream(type: number): WasmResult {
    if (type !== StreamType.Request && type !== StreamType.Response) return WasmResult.Ok;
    this.stream.info.details ??= CLOSE_STREAM_DETAILS;
    this.vm.defer(() => this.stream.reset());
    return WasmResult.Ok;
  }

  /** The access log is written. Then the response code and the duration are known. */
  onLog(headers: VisibleHeaders): void {
    this.create();
    this.loggedHeaders = headers;
    this.notify("proxy_on_log");
    this.loggedHeaders = undefined;
  }

  /** The stream is over. `proxy_on_done` cannot put off the end of a stream. */
  onDestroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    if (this.created) {
      this.ask("proxy_on_done", undefined, true);
      this.notify("proxy_on_delete");
    }
    this.vm.contexts.delete(this.id);
    this.handle.release();
  }

  /** The guest never heard of this stream, or it trapped and the stream was answered: responses pass by. */
  private get untouched(): boolean {
    return !this.created || this.failureReplied;
  }

  private create(): void {
    if (!this.created) this.notify("proxy_on_context_create", this.root.id);
    this.created = true;
  }

  private onRequestHeaders(headers: HeaderMap, endStream: boolean): number {
    this.create();
    return this.onHeaders("proxy_on_request_headers", this.request, headers, endStream);
  }

  private onHeaders(name: string, half: Half, headers: HeaderMap, endStream: boolean): number {
    half.headers = headers;
    this.endOfStream = endStream;
    const status = this.run(name, headers.size, endStream, HeadersStatus.StopAllIterationAndWatermark, toHeadersStatus);
    const allowed = this.plugin?.options.allowOnHeadersStopIteration === true;
    const converted =
      status === HeadersStatus.StopIteration && !allowed ? HeadersStatus.StopAllIterationAndWatermark : status;
    if (converted === HeadersStatus.Continue) half.headers = undefined;
    return converted;
  }

  private onData(name: string, half: Half, chain: FilterChain, data: BodyBuffer, endStream: boolean): number {
    if (!this.created) return DataStatus.Continue;
    if (half.buffering) {
      chain.addToBuffered(data);
      // The buffer may have become too large, and the stream may have been answered for that.
      if (this.destroyed) return DataStatus.StopIterationAndBuffer;
    }
    half.data = data;
    this.endOfStream = endStream;
    const length = lengthOf(this.body(half, chain));
    const status = this.run(name, length, endStream, DataStatus.StopIterationNoBuffer, toDataStatus);
    half.buffering = status === DataStatus.StopIterationAndBuffer;
    if (status === DataStatus.Continue) half.data = undefined;
    return status;
  }

  private onTrailers(name: string, half: Half, trailers: HeaderMap): number {
    if (!this.created) return TrailersStatus.Continue;
    half.trailers = trailers;
    const status = this.run(name, trailers.size, undefined, TrailersStatus.StopIteration, toTrailersStatus);
    if (status === TrailersStatus.Continue) half.trailers = undefined;
    return status;
  }

  /** Calls the guest. A failed VM stops the stream, and answers it, unless the plugin fails open. */
  private run(
    name: string,
    size: number,
    end: boolean | undefined,
    stop: number,
    convert: (result: number) => number,
  ): number {
    if (this.vm.failed) return this.onFailure(stop);
    const callback = this.vm.callbacks[name];
    if (callback === undefined) return 0;
    const result = this.vm.call(this, name, callback, this.id, size, end === true ? 1 : 0);
    const status = this.statusAfter(result, stop, convert);
    this.vm.afterCall();
    return status;
  }

  /** A trap, or a local reply during the callback, matters more than what the callback returned. */
  private statusAfter(result: number, stop: number, convert: (result: number) => number): number {
    if (this.vm.failed) return this.onFailure(stop);
    return this.vm.stopIteration ? stop : convert(result);
  }

  private onFailure(stop: number): number {
    if (this.plugin?.options.failOpen === true) return 0;
    if (!this.streamFailed) {
      this.streamFailed = true;
      this.failureReplied = true;
      const details = FAIL_STREAM_DETAILS;
      this.stream.sendLocalReply({ status: 503, body: EMPTY, headers: [], grpcStatus: GRPC_UNAVAILABLE, details });
    }
    return stop;
  }

  private body(half: Half, chain: FilterChain): GuestBuffer {
    return (half.buffering ? chain.buffered : half.data) ?? EMPTY;
  }
}

const GRPC_UNAVAILABLE = 14;

/** The answer in the place of a filter whose VM has failed. */
export const FAILED_REPLY = {
  status: 503,
  body: EMPTY,
  headers: [],
  grpcStatus: GRPC_UNAVAILABLE,
  details: FAIL_STREAM_DETAILS,
};

/** 2 would end the stream in the ABI; Envoy takes it for Continue. Unknown numbers stop everything. */
function toHeadersStatus(result: number): number {
  if (result === HeadersStatus.ContinueAndEndStream) return HeadersStatus.Continue;
  return Math.min(result, HeadersStatus.StopAllIterationAndWatermark);
}

function toDataStatus(result: number): number {
  return Math.min(result, DataStatus.StopIterationNoBuffer);
}

function toTrailersStatus(result: number): number {
  return Math.min(result, TrailersStatus.StopIteration);
}

function lengthOf(buffer: GuestBuffer): number {
  return buffer.length;
}
