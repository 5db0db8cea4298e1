/** The router: the last filter of every chain. It sends the request on, and brings the answer back. */
import type { BodyBuffer } from "./body-buffer.ts";
import { EMPTY, latin1, toBuffer } from "./bytes.ts";
import type { Timer } from "./clock.ts";
import { FrameQueue, toFrames, type Frame } from "./frames.ts";
import { HeaderMap } from "./header-map.ts";
import { asPairs } from "./http-call.ts";
import { received } from "./received.ts";
import type { Stream } from "./stream.ts";
import type { ReceivedRequest, ReplyInit } from "./types.ts";
import { UPSTREAM_FAILURES, type UpstreamFailureKind } from "./upstream-failure.ts";

const DEFAULT_TIMEOUT_MS = 15_000;
const NO_EXTRAS = { headers: [], grpcStatus: undefined };
const BODILESS = ["GET", "HEAD", "DELETE", "TRACE", "CONNECT"];
const NO_ROUTE = 0x100n;
const NO_CLUSTER = 0x1000000n;

export class Router {
  /** What the upstream has got so far. */
  request: ReceivedRequest | undefined;
  /** Answers are given by hand: `host.stream()`. */
  manual = false;
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
      stream.info.flags |= NO_ROUTE;
      return stream.sendLocalReply({ status: 404, body: EMPTY, details: "route_not_found", ...NO_EXTRAS });
    }
    if (route.cluster === undefined) {
      stream.info.flags |= NO_CLUSTER;
      return stream.sendLocalReply({ status: 503, body: EMPTY, details: "cluster_not_found", ...NO_EXTRAS });
    }
    const problem = requestProblem(headers);
    if (problem !== undefined) return stream.sendLocalReply({ status: 503, ...NO_EXTRAS, ...problem });
    const timeout = route.init.timeout ?? DEFAULT_TIMEOUT_MS;
    if (timeout > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(timeout));
    stream.info.upstream = { attempts: 1, readyNanoseconds: 0n };
    this.sentAt = stream.host.clock.nanoseconds;
    this.request = received(route.cluster, headers.clone(), EMPTY, undefined);
    this.framesReceived++;
    // The HTTP/1 codec announces that there is no body where there could be one.
    if (endStream && !BODILESS.includes(this.request.method)) this.request.headers.set("content-length", "0");
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
    if (frame.kind === "data") stream.respondData(frame.data, frame.endStream);
    else if (frame.kind === "trailers") stream.respondTrailers(frame.trailers);
    else this.respondHeaders(frame.headers, frame.endStream);
  }

  private respondHeaders(headers: HeaderMap, endStream: boolean): void {
    const { info, host } = this.stream;
    const latency = host.clock.nanoseconds - this.sentAt;
    info.details = "via_upstream";
    info.responseCode = Number(headers.first(":status"));
    info.backendLatency = latency;
    headers.set("x-envoy-upstream-service-time", String(latency / 1_000_000n));
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
    if (this.manual) return;
    this.timers.push(this.stream.host.clock.schedule(0, () => this.answerLater(this.stream.host.answer(request))));
  }

  private startTimeout(): void {
    const { host, info } = this.stream;
    const timeout = info.route?.init.timeout ?? DEFAULT_TIMEOUT_MS;
    if (timeout > 0) this.timers.push(host.clock.schedule(timeout, () => this.fail("timeout")));
  }

  private answerLater(reply: ReplyInit): void {
    if (reply.fault === "hang") return;
    this.timers.push(this.stream.host.clock.schedule(reply.delayMs ?? 0, () => this.answer(reply)));
  }

  private answer(reply: ReplyInit): void {
    if (reply.fault === "refuse" || reply.fault === "reset" || reply.fault === "no-hosts")
      return this.fail(reply.fault);
    const frames = toFrames(responseHeaders(reply), reply, "http1");
    if (reply.fault === "reset-body") {
      for (const frame of frames.slice(0, -1)) this.respond(frame);
      return this.stream.reset();
    }
    for (const frame of frames) this.responses.push(frame);
  }

  private fail(kind: UpstreamFailureKind): void {
    const { status, body, details, flag } = UPSTREAM_FAILURES[kind];
    this.stream.info.flags |= flag;
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

export function responseHeaders(reply: ReplyInit): HeaderMap {
  const status = reply.status ?? 200;
  const headers = new HeaderMap([[":status", String(status)], ...asPairs(reply.headers)], "response");
  if (status === 204 || status === 304) return headers;
  if (reply.chunks !== undefined || reply.trailers !== undefined) headers.set("transfer-encoding", "chunked");
  else if (!headers.has("content-length")) headers.set("content-length", String(toBuffer(reply.body ?? "").length));
  return headers;
}
