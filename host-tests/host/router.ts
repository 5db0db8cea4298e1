/** The router: the last filter of every chain. It sends the request on, and brings the answer back. */
import type { BodyBuffer } from "./body-buffer.ts";
import { EMPTY, latin1, toBuffer } from "./bytes.ts";
import type { Timer } from "./clock.ts";
import { FrameQueue, toFrames, type Frame } from "./frames.ts";
import { HeaderMap } from "./header-map.ts";
import { asPairs } from "./http-call.ts";
import { received } from "./received.ts";
import { ResponseFlag } from "./response-flags.ts";
import type { Stream } from "./stream.ts";
import type { ReceivedRequest, ReplyInit } from "./types.ts";
import { BROKEN_ANSWERS, UPSTREAM_FAILURES, type UpstreamFailureKind } from "./upstream-failure.ts";

const DEFAULT_TIMEOUT_MS = 15_000;
const NO_EXTRAS = { headers: [], grpcStatus: undefined };
const BODILESS = ["GET", "HEAD", "DELETE", "TRACE", "CONNECT"];

export class Router {
  /** What the upstream has got so far. */
  request: ReceivedRequest | undefined;
  /** Answers are given by hand: `host.stream()`. */
  manual = false;
  /** The upstream has the whole request. */
  requestArrived = false;
  /** Headers, frames of data and trailers that have come so far. */
  framesReceived = 0;
  private readonly timers: Timer[] = [];
  private readonly responses: FrameQueue;
  private sentAt = 0n;
  private requestComplete = false;

  constructor(private readonly stream: Stream) {
    this.responses = new FrameQueue(stream.host.clock, (frame) => this.respond(frame));
  }

  onHeaders(headers: HeaderMap, endStream: boolean): void {
    const stream = this.stream;
    stream.route();
    const route = stream.info.route;
    if (route === undefined) {
      stream.info.flags |= ResponseFlag.NR;
      return stream.sendLocalReply({ status: 404, body: EMPTY, details: "route_not_found", ...NO_EXTRAS });
    }
    if (route.cluster === undefined) {
      stream.info.flags |= ResponseFlag.NC;
      return stream.sendLocalReply({ status: 503, body: EMPTY, details: "cluster_not_found", ...NO_EXTRAS });
    }
    const problem = requestProblem(headers);
    if (problem !== undefined) return stream.sendLocalReply({ status: 503, ...NO_EXTRAS, ...problem });
    const timeout = route.init.timeout ?? DEFAULT_TIMEOUT_MS;
    if (timeout > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(timeout));
    if (route.cluster.fault === "no-hosts") return this.fail("no-hosts");
    stream.info.upstream = { attempts: 1, readyNanoseconds: 0n, failure: "" };
    this.sentAt = stream.host.clock.nanoseconds;
    if (route.cluster.fault === "refuse") return this.later(() => this.fail("refuse"));
    const { name: cluster, protocol = "http1" } = route.cluster;
    const target = { cluster, protocol: protocol === "downstream" ? stream.init.protocol : protocol };
    this.request = received(target, headers.clone(), EMPTY, undefined);
    this.framesReceived++;
    // The HTTP/1 codec announces that there is no body where there could be one.
    if (endStream && target.protocol === "http1" && !BODILESS.includes(this.request.method))
      this.request.headers.set("content-length", "0");
    if (endStream) this.completeRequest();
  }

  onData(data: BodyBuffer, endStream: boolean): void {
    const bytes = data.bytes();
    data.drain(bytes.length);
    if (this.request === undefined) return;
    this.framesReceived++;
    if (bytes.length > 0) this.request.bodyBytes = Buffer.concat([this.request.bodyBytes, bytes]);
    if (endStream) this.completeRequest();
  }

  onTrailers(trailers: HeaderMap): void {
    if (this.request === undefined) return;
    this.framesReceived++;
    this.request.trailers = trailers.clone();
    this.completeRequest();
  }

  /** Frames of the answer wait while a filter holds too much of it. */
  pauseReading(pause: boolean): void {
    this.responses.pause(pause);
  }

  cancel(): void {
    for (const timer of this.timers) timer.cancel();
    this.responses.cancel();
  }

  /** Answers with a frame: of the upstream handler, or of a test. */
  respond(frame: Frame): void {
    const stream = this.stream;
    if (frame.kind === "trailers" || frame.endStream) stream.info.backendLatency = this.sinceSent;
    if (frame.kind === "data") stream.respondData(frame.data, frame.endStream);
    else if (frame.kind === "trailers") stream.respondTrailers(frame.trailers);
    else this.respondHeaders(frame.headers, frame.endStream);
  }

  /** Nanoseconds. */
  private get sinceSent(): bigint {
    return this.stream.host.clock.nanoseconds - this.sentAt;
  }

  private respondHeaders(headers: HeaderMap, endStream: boolean): void {
    const { info } = this.stream;
    info.details = "via_upstream";
    info.responseCode = Number(headers.first(":status"));
    headers.set("x-envoy-upstream-service-time", String(this.sinceSent / 1_000_000n));
    this.stream.respondHeaders(headers, endStream);
  }

  /** The upstream reads as many bytes as were announced: what is more it does not see, for what is missing it waits. */
  private completeRequest(): void {
    const request = this.request as ReceivedRequest;
    if (this.requestComplete) return;
    this.requestComplete = true;
    this.startTimeout();
    const announced = Number(request.headers.first("content-length") ?? request.bodyBytes.length);
    if (request.bodyBytes.length < announced) return;
    request.bodyBytes = request.bodyBytes.subarray(0, announced);
    this.requestArrived = true;
    if (this.manual) return;
    this.later(() => this.answerLater(request, this.stream.host.answer(request)));
  }

  private later(action: () => void, delay = 0): void {
    this.timers.push(this.stream.host.clock.schedule(delay, action));
  }

  private startTimeout(): void {
    const timeout = this.stream.info.route?.init.timeout ?? DEFAULT_TIMEOUT_MS;
    if (timeout > 0) this.later(() => this.fail("timeout"), timeout);
  }

  private answerLater({ protocol }: ReceivedRequest, reply: ReplyInit): void {
    if (reply.fault === "hang") return;
    this.later(() => this.answer(protocol, reply), reply.delayMs);
  }

  private answer(protocol: "http1" | "http2", reply: ReplyInit): void {
    const { fault } = reply;
    if (fault === "reset") return this.fail(protocol === "http1" ? "reset" : "reset-stream");
    if (fault === "refuse" || fault === "no-hosts") return this.fail(fault);
    const headers = responseHeaders(reply, protocol);
    if (fault === "reset-body") return this.breakOff(headers, protocol);
    for (const frame of toFrames(headers, reply, protocol)) this.responses.push(frame);
  }

  private breakOff(headers: HeaderMap, protocol: "http1" | "http2"): void {
    this.respondHeaders(headers, false);
    if (this.stream.over) return;
    const { details, flag } = BROKEN_ANSWERS[protocol];
    this.stream.info.details = details;
    this.stream.info.flags |= flag;
    this.stream.reset();
  }

  private fail(kind: UpstreamFailureKind): void {
    const { status, body, details, flag, transportFailure: failure = "" } = UPSTREAM_FAILURES[kind];
    this.stream.info.flags |= flag;
    if (kind === "refuse" || kind === "no-hosts") this.request = undefined;
    if (kind === "no-hosts") this.stream.info.upstream = undefined;
    if (this.stream.info.upstream !== undefined) this.stream.info.upstream.failure = failure;
    if (this.stream.responseHeaders === undefined || kind === "timeout") {
      this.stream.sendLocalReply({ status, body: latin1(body), details, ...NO_EXTRAS });
    }
  }
}

/** What the HTTP/1 codec does not send. */
function requestProblem(headers: HeaderMap): { body: Buffer; details: string } | undefined {
  const invalid = headers.pairs().find(([, value]) => /[\r\n\0]/.test(value));
  const isMissing = !headers.has(":method");
  if (!isMissing && invalid === undefined) return undefined;
  const message = isMissing ? "missing required header: :method" : `invalid header value for: ${invalid?.[0]}`;
  return { body: latin1(message), details: `filter_removed_required_request_headers{${message.replaceAll(" ", "_")}}` };
}

/** HTTP/1 says how the end of a body is found; HTTP/2 need not. */
export function responseHeaders(reply: ReplyInit, protocol: "http1" | "http2"): HeaderMap {
  const status = reply.status ?? 200;
  const headers = new HeaderMap([[":status", String(status)], ...asPairs(reply.headers)], "response");
  if (status === 204 || status === 304 || protocol === "http2") return headers;
  if (reply.chunks !== undefined || reply.trailers !== undefined) headers.set("transfer-encoding", "chunked");
  else if (!headers.has("content-length")) headers.set("content-length", String(toBuffer(reply.body ?? "").length));
  return headers;
}
