/** One request and what became of it: what `host.request` gives. */
import { latin1Text, toBuffer } from "./bytes.ts";
import type { EnvoyHost } from "./envoy-host.ts";
import { Connection } from "./connection.ts";
import { FrameQueue, toFrames, type Frame } from "./frames.ts";
import { HeaderMap } from "./header-map.ts";
import { asPairs } from "./http-call.ts";
import { Stream } from "./stream.ts";
import type { Pair } from "./pairs.ts";
import type { ReceivedRequest, RequestInit } from "./types.ts";

export interface ClientResponse {
  status: number;
  /** All headers, without `:status`. */
  headers: HeaderMap;
  /** As UTF-8 text. */
  readonly body: string;
  bodyBytes: Buffer;
  trailers: HeaderMap | undefined;
  /** `%RESPONSE_CODE_DETAILS%`: why the answer is what it is. */
  details: string | undefined;
}

export class Exchange {
  readonly stream: Stream;
  private readonly frames: FrameQueue;
  private finished: ClientResponse | undefined;

  constructor(
    host: EnvoyHost,
    readonly id: number,
    init: RequestInit,
  ) {
    const connection = (init.connection as Connection | undefined) ?? host.connection();
    const protocol = init.protocol ?? "http1";
    this.stream = new Stream(host, {
      protocol,
      connection,
      thread: host.worker(init.worker ?? 0),
      metadata: init.metadata ?? {},
    });
    host.prepareFilterState(this.stream.info.filterState);
    this.frames = new FrameQueue(host.clock, (frame) => this.deliver(frame));
    this.stream.onPause = (pause) => this.frames.pause(pause);
    this.stream.onEnd = () => this.frames.cancel();
  }

  /** Sends the whole request, frame by frame. */
  send(init: RequestInit): void {
    const parts = init.body === "" ? { ...init, body: undefined } : init;
    for (const frame of toFrames(requestHeaders(init), parts, init.protocol ?? "http1")) this.frames.push(frame);
  }

  /** What the client got; undefined while the stream is open, and when it was broken off. */
  get response(): ClientResponse | undefined {
    if (this.state !== "complete") return undefined;
    return (this.finished ??= this.readResponse());
  }

  /** `pending`, `complete`, or `reset`: broken off by the client, the upstream or a filter. */
  get state(): "pending" | "complete" | "reset" {
    const { state } = this.stream.downstream;
    if (state === "complete" && !this.lengthFits) return "reset";
    return state === "open" ? "pending" : state;
  }

  /** What the upstream got, also when only a part of it is there yet; undefined when it got nothing. */
  get upstreamRequest(): ReceivedRequest | undefined {
    return this.stream.router.request;
  }

  /** Whether the upstream got all of the request. */
  get upstreamHasWhole(): boolean {
    return this.upstreamRequest !== undefined && this.stream.router.requestArrived;
  }

  /** Status of the headers that the client has got, also when the response broke off behind them; undefined: none. */
  get statusSoFar(): number | undefined {
    const status = this.stream.downstream.headers?.first(":status");
    return status === undefined ? undefined : Number(status);
  }

  /** How often Envoy looked for a route: once, and once more after filters changed request headers. */
  get routeSelections(): number {
    return this.stream.routeSelections;
  }

  /** Name to text, as `%FILTER_STATE(name:PLAIN)%` prints it. */
  get filterState(): Record<string, string> {
    return this.stream.info.filterState.toObject();
  }

  /** `%RESPONSE_CODE_DETAILS%`, also of a stream without a response. */
  get details(): string | undefined {
    return this.stream.info.details;
  }

  /** The client goes away. */
  reset(): void {
    this.stream.clientReset();
    this.stream.host.clock.settle();
  }

  private deliver(frame: Frame): void {
    const stream = this.stream;
    if (frame.kind === "headers") stream.receiveHeaders(frame.headers, frame.endStream);
    else if (frame.kind === "data") stream.receiveData(frame.data, frame.endStream);
    else stream.receiveTrailers(frame.trailers);
  }

  /**
   * A client of HTTP/1 waits for all bytes that `content-length` announced; one of HTTP/2 takes any other number for an
   * error.
   */
  private get lengthFits(): boolean {
    const { headers, body } = this.stream.downstream;
    const announced = headers?.first("content-length");
    if (announced === undefined || this.isHead) return true;
    return this.stream.init.protocol === "http1" ? body.length >= Number(announced) : body.length === Number(announced);
  }

  private get isHead(): boolean {
    return this.stream.requestHeaders?.first(":method") === "HEAD";
  }

  private readResponse(): ClientResponse {
    const { downstream, info, init } = this.stream;
    const isHttp1 = init.protocol === "http1";
    const all = downstream.headers ?? new HeaderMap();
    const headers = new HeaderMap((isHttp1 ? splitLines(all) : [...all]).filter(([name]) => !name.startsWith(":")));
    // The HTTP/1 codec announces an empty body where the filters left it open.
    if (isHttp1 && downstream.ended === "headers" && !this.isHead && !isBodiless(all))
      headers.add("content-length", "0");
    const announced = isHttp1 ? Number(all.first("content-length") ?? downstream.body.length) : downstream.body.length;
    return {
      status: Number(all.first(":status")),
      headers,
      bodyBytes: downstream.body.bytes().subarray(0, announced),
      get body(): string {
        return this.bodyBytes.toString("utf8");
      },
      // HTTP/1 sends trailers behind a chunked body only.
      trailers: isHttp1 && all.has("content-length") ? undefined : downstream.trailers,
      details: info.details,
    };
  }
}

/** On an HTTP/1 wire a line break in a value starts another header: Envoy does not prevent it. */
function splitLines(headers: HeaderMap): [string, string][] {
  return Array.from(headers).flatMap(([name, value]) => {
    const [first = "", ...more] = value.split(/\r?\n/);
    const injected = more.flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
    });
    return [[name, first] as [string, string], ...injected];
  });
}

/** Has a length already, or must not have one. */
function isBodiless(headers: HeaderMap): boolean {
  return headers.has("content-length") || headers.first(":status") === "204";
}

/** HTTP/2 may send a cookie in pieces (RFC 9113 §8.2.3); the codec puts them together. */
function joinCookies(headers: HeaderMap): void {
  const cookies = headers.all("cookie");
  if (cookies.length > 1) headers.set("cookie", cookies.join("; "));
}

/** The request as it arrives: pseudo-headers, then what the client gave. */
export function requestHeaders(init: RequestInit): HeaderMap {
  const isHttp1 = (init.protocol ?? "http1") === "http1";
  const authority: Pair = [":authority", latin1Text(init.authority ?? "example.com")];
  const path: Pair = [":path", latin1Text(init.path ?? "/")];
  const method: Pair = [":method", latin1Text(init.method ?? "GET")];
  const scheme: Pair = [":scheme", latin1Text(init.scheme ?? "http")];
  // In HTTP/1 the order is Envoy's; in HTTP/2 it is the client's, here that of Node.
  const pseudo = isHttp1 ? [authority, path, method, scheme] : [method, path, authority, scheme];
  // White space around a value is no part of it in HTTP/1 (RFC 9110 §5.5).
  const given = asPairs(init.headers).map(([name, value]): Pair => [
    name,
    isHttp1 ? value.replace(/^[ \t]+|[ \t]+$/g, "") : value,
  ]);
  const headers = new HeaderMap([...pseudo, ...given], "request");
  if (!isHttp1) joinCookies(headers);
  const hasLength = init.body !== undefined && init.body !== "" && !headers.has("content-length");
  if (isHttp1 && hasLength) headers.set("content-length", String(toBuffer(init.body ?? "").length));
  return headers;
}
