/** `proxy_http_call`: requests that a filter sends to a cluster (Envoy's async client). */
import { WasmResult } from "./abi.ts";
import { upstreamFailure } from "./upstream-failure.ts";
import { EMPTY, latin1Text, toBuffer } from "./bytes.ts";
import { HeaderMap } from "./header-map.ts";
import type { Timer } from "./clock.ts";
import type { Pair } from "./pairs.ts";
import type { RootContext } from "./root-context.ts";
import { received } from "./received.ts";
import type { CallRequest, Fault, HttpHandler, ReplyInit } from "./types.ts";

export interface CallResponse {
  headers: HeaderMap;
  body: Buffer;
  trailers: HeaderMap | undefined;
}

export interface CallArguments {
  cluster: string;
  headers: readonly Pair[];
  body: Buffer;
  trailers: readonly Pair[];
  timeoutMs: number;
}

interface PendingCall {
  timers: Timer[];
}

/** `http.async_response_buffer_limit`: a larger answer is a failure without headers. */
const RESPONSE_LIMIT = 32 * 1024 * 1024;
const MAX_INT = 0x7fffffff;

export class HttpCalls {
  /** The answer that is being delivered. */
  response: CallResponse | undefined;
  private readonly pending = new Map<number, PendingCall>();

  constructor(private readonly root: RootContext) {}

  /** The token, or why the call cannot be made; then nothing is ever called back. */
  start(call: CallArguments): { token: number } | { error: WasmResult } {
    const cluster = this.root.vm.host.cluster(call.cluster);
    if (cluster === undefined || call.timeoutMs > MAX_INT) return { error: WasmResult.BadArgument };
    const headers = new HeaderMap(call.headers, "request");
    if (![":method", ":path", ":authority"].every((name) => headers.has(name)))
      return { error: WasmResult.BadArgument };
    if (call.body.length > 0) headers.set("content-length", String(call.body.length));
    const token = this.root.vm.newHttpCallId();
    if (cluster.fault === "no-hosts") return { error: WasmResult.InternalFailure };
    this.send(token, call, headers, cluster.fault, cluster.http);
    return { token };
  }

  cancelAll(): void {
    for (const token of [...this.pending.keys()]) this.finish(token);
  }

  private send(
    token: number,
    call: CallArguments,
    headers: HeaderMap,
    fault: Fault | undefined,
    http: HttpHandler | undefined,
  ): void {
    const { clock, log } = this.root.vm.host;
    const pending: PendingCall = { timers: [] };
    this.pending.set(token, pending);
    const begin = clock.schedule(0, () => {
      const reply =
        fault !== undefined || http === undefined ? { fault: fault ?? "hang" } : http(this.request(call, headers));
      this.answerLater(token, pending, reply);
    });
    pending.timers.push(begin);
    if (call.timeoutMs > 0) {
      const timeout = clock.schedule(call.timeoutMs, () => this.succeed(token, upstreamFailure("timeout")));
      pending.timers.push(timeout);
    }
    log.write("trace", `http_call ${token} to ${call.cluster}`);
  }

  private request(call: CallArguments, headers: HeaderMap): CallRequest {
    headers.set("x-envoy-internal", "true");
    if (!headers.has(":scheme")) headers.set(":scheme", "http");
    if (call.timeoutMs > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(call.timeoutMs));
    const trailers = call.trailers.length === 0 ? undefined : new HeaderMap(call.trailers);
    const { worker } = this.root.vm.thread;
    return Object.assign(received({ cluster: call.cluster, protocol: "http1" }, headers, call.body, trailers), {
      timeoutMs: call.timeoutMs,
      worker,
    });
  }

  private answerLater(token: number, pending: PendingCall, reply: ReplyInit): void {
    if (reply.fault === "hang") return;
    const answer = this.root.vm.host.clock.schedule(reply.delayMs ?? 0, () => {
      if (reply.fault === "refuse" || reply.fault === "reset" || reply.fault === "no-hosts") {
        this.succeed(token, upstreamFailure(reply.fault));
      } else if (reply.fault === "reset-body") {
        this.breakOff(token);
      } else {
        const response = toResponse(reply);
        if (response.body.length > RESPONSE_LIMIT) this.breakOff(token);
        else this.succeed(token, response);
      }
    });
    pending.timers.push(answer);
  }

  private succeed(token: number, response: CallResponse): void {
    if (!this.finish(token)) return;
    const vm = this.root.vm;
    this.response = response;
    vm.defer(() => (this.response = undefined));
    this.root.onHttpCallResponse(token, response.headers.size, response.body.length, response.trailers?.size ?? 0);
    // The guest may not export the callback; then nothing has run what was put off.
    vm.afterCall();
  }

  /** Broken off after the headers: the guest sees no headers and the status "reset". */
  private breakOff(token: number): void {
    if (!this.finish(token)) return;
    const root = this.root;
    root.status = { code: WasmResult.BrokenConnection, message: "reset" };
    root.vm.defer(() => (root.status = { code: root.status.code, message: "" }));
    root.onHttpCallResponse(token, 0, 0, 0);
    root.vm.afterCall();
  }

  /** Forgets the call with its timers. False when it was over already. */
  private finish(token: number): boolean {
    const call = this.pending.get(token);
    for (const timer of call?.timers ?? []) timer.cancel();
    return this.pending.delete(token);
  }
}

function toResponse(reply: ReplyInit): CallResponse {
  const headers = new HeaderMap([[":status", String(reply.status ?? 200)]], "response");
  for (const [name, value] of asPairs(reply.headers)) headers.add(name, value);
  const body = reply.chunks === undefined ? toBuffer(reply.body ?? EMPTY) : Buffer.concat(reply.chunks.map(toBuffer));
  if (reply.chunks !== undefined || reply.trailers !== undefined) headers.set("transfer-encoding", "chunked");
  else if (!headers.has("content-length")) headers.add("content-length", String(body.length));
  headers.set("x-envoy-upstream-service-time", String(Math.round(reply.delayMs ?? 0)));
  const trailers = reply.trailers === undefined ? undefined : new HeaderMap(asPairs(reply.trailers));
  return { headers, body, trailers };
}

/** Headers as pairs of byte strings. */
export function asPairs(headers: ReplyInit["headers"]): Pair[] {
  const pairs = headers === undefined ? [] : Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return pairs.map(([name, value]) => [latin1Text(name), latin1Text(value)]);
}
