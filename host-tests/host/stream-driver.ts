/**
 * Drives one stream frame by frame, on both sides: what the client sends and what the upstream answers. Each step tells
 * what became of it. Nothing is answered by itself.
 */
import { toBuffer, type BytesLike } from "./bytes.ts";
import { requestHeaders, type ClientResponse, type Exchange } from "./exchange.ts";
import { HeaderMap } from "./header-map.ts";
import { asPairs } from "./http-call.ts";
import type { HeadersInit, ReceivedRequest, RequestInit } from "./types.ts";

/** What Envoy did with a frame. */
export interface Step {
  /**
   * `continue`: it went on to the other side; `pause`: a filter holds it back; `reply`: a filter (or Envoy) has
   * answered the client; `reset`: the stream was broken off.
   */
  action: "continue" | "pause" | "reply" | "reset";
  /** Body bytes that reached the other side in this step, as text. */
  forwarded: string;
}

export class StreamDriver {
  constructor(
    readonly exchange: Exchange,
    private readonly init: RequestInit,
  ) {
    this.exchange.stream.router.manual = true;
  }

  /** What the upstream has got so far. */
  get upstreamRequest(): ReceivedRequest | undefined {
    return this.exchange.upstreamRequest;
  }

  /** The whole response, when it is complete. */
  get response(): ClientResponse | undefined {
    return this.exchange.response;
  }

  /** Headers that the client has got; undefined while it has none. */
  get responseHeadersSoFar(): HeaderMap | undefined {
    return this.exchange.stream.downstream.headers;
  }

  /** Body that the client has got so far, as text. */
  get responseBodySoFar(): string {
    return this.exchange.stream.downstream.body.bytes().toString("utf8");
  }

  requestHeaders(headers?: HeadersInit, endStream = false): Step {
    const map = requestHeaders(headers === undefined ? this.init : { ...this.init, headers });
    return this.toUpstream(() => this.exchange.stream.receiveHeaders(map, endStream));
  }

  requestBody(data: BytesLike, endStream = false): Step {
    return this.toUpstream(() => this.exchange.stream.receiveData(toBuffer(data), endStream));
  }

  requestTrailers(trailers: HeadersInit): Step {
    return this.toUpstream(() => this.exchange.stream.receiveTrailers(new HeaderMap(asPairs(trailers))));
  }

  responseHeaders(status: number, headers: HeadersInit = [], endStream = false): Step {
    const map = new HeaderMap([[":status", String(status)], ...asPairs(headers)], "response");
    return this.toClient(() => this.exchange.stream.router.respond({ kind: "headers", headers: map, endStream }));
  }

  responseBody(data: BytesLike, endStream = false): Step {
    const frame = { kind: "data", data: toBuffer(data), endStream } as const;
    return this.toClient(() => this.exchange.stream.router.respond(frame));
  }

  responseTrailers(trailers: HeadersInit): Step {
    const map = new HeaderMap(asPairs(trailers));
    return this.toClient(() => this.exchange.stream.router.respond({ kind: "trailers", trailers: map }));
  }

  /** The client goes away. */
  reset(): void {
    this.exchange.reset();
  }

  private toUpstream(send: () => void): Step {
    const { stream } = this.exchange;
    const progress = (): number => this.upstreamProgress();
    const before = { progress: progress(), bytes: this.upstreamRequest?.bodyBytes.length ?? 0 };
    this.run(send);
    const forwarded = (this.upstreamRequest?.bodyBytes ?? Buffer.alloc(0)).subarray(before.bytes).toString("utf8");
    if (stream.downstream.state === "reset") return { action: "reset", forwarded };
    if (stream.responseHeaders !== undefined && stream.info.details !== "via_upstream")
      return { action: "reply", forwarded };
    return { action: progress() > before.progress ? "continue" : "pause", forwarded };
  }

  private toClient(send: () => void): Step {
    const { downstream, info } = this.exchange.stream;
    const before = { progress: this.clientProgress(), bytes: downstream.body.length };
    this.run(send);
    const forwarded = downstream.body.bytes().subarray(before.bytes).toString("utf8");
    if (downstream.state === "reset") return { action: "reset", forwarded };
    if (info.details !== "via_upstream") return { action: "reply", forwarded };
    return { action: this.clientProgress() > before.progress ? "continue" : "pause", forwarded };
  }

  private run(send: () => void): void {
    const { clock } = this.exchange.stream.host;
    clock.schedule(0, send);
    clock.settle();
  }

  /** Grows with everything that arrives: headers, each frame of data (also an empty one), trailers. */
  private upstreamProgress(): number {
    return this.exchange.stream.router.framesReceived;
  }

  private clientProgress(): number {
    return this.exchange.stream.framesSent;
  }
}
