/** `proxy_grpc_call` and `proxy_grpc_stream`: gRPC out of a filter (Envoy's gRPC async client). */
import { WasmResult } from "./abi.ts";
import { EMPTY, toBuffer, type BytesLike } from "./bytes.ts";
import type { Timer } from "./clock.ts";
import { HeaderMap } from "./header-map.ts";
import { asPairs } from "./http-call.ts";
import type { Pair } from "./pairs.ts";
import { bytesField, readProto, textField } from "./proto.ts";
import { UPSTREAM_FAILURES, type UpstreamFailureKind } from "./upstream-failure.ts";
import type { RootContext } from "./root-context.ts";
import type { ClusterHandlers, Fault, GrpcReplyInit, GrpcServerStream, HeadersInit } from "./types.ts";

export interface GrpcArguments {
  /** A cluster name, or a serialized `envoy.config.core.v3.GrpcService`. */
  service: Buffer;
  serviceName: string;
  methodName: string;
  metadata: readonly Pair[];
}

/** A time-out is UNAVAILABLE, not DEADLINE_EXCEEDED: it is Envoy's own answer 504, translated. */
const GrpcStatus = { Internal: 13, Unavailable: 14 } as const;

/** What a call over a broken connection ends with: the text of Envoy's own answer, with its details in braces. */
const FAULTS: Readonly<Record<Exclude<Fault, "hang" | "no-hosts">, [code: number, message: string]>> = {
  refuse: [GrpcStatus.Unavailable, failureMessage("refuse")],
  reset: [GrpcStatus.Unavailable, failureMessage("reset")],
  "reset-body": [GrpcStatus.Internal, ""],
};

function failureMessage(kind: UpstreamFailureKind): string {
  const { body, details } = UPSTREAM_FAILURES[kind];
  return withDetails(body, details);
}

/** Envoy puts the response code details of its own HTTP stream behind the status message, or in its place. */
function withDetails(message: string, details = "via_upstream"): string {
  return message === "" ? details : `${message}{${details}}`;
}

export class GrpcClient {
  initialMetadata: HeaderMap | undefined;
  trailingMetadata: HeaderMap | undefined;
  message: Buffer | undefined;
  private readonly calls = new Map<number, Timer[]>();
  private readonly streams = new Map<number, ServerStream>();

  constructor(private readonly root: RootContext) {}

  call(target: GrpcArguments, message: Buffer, timeoutMs: number): { token: number } | { error: WasmResult } {
    const cluster = this.resolve(target.service);
    if ("error" in cluster) return cluster;
    const token = this.root.vm.newGrpcCallId();
    if (this.unreachable(cluster.handlers)) return this.failAtOnce(token, cluster.handlers);
    const { handlers } = cluster;
    const clock = this.root.vm.host.clock;
    const timers: Timer[] = [];
    this.calls.set(token, timers);
    const request = { ...describe(cluster.name, target), message, timeoutMs };
    timers.push(clock.schedule(0, () => this.answerLater(token, timers, handlers?.fault, handlers?.grpc?.(request))));
    if (timeoutMs > 0) {
      timers.push(
        clock.schedule(timeoutMs, () => this.failCall(token, GrpcStatus.Unavailable, failureMessage("timeout"))),
      );
    }
    return { token };
  }

  stream(target: GrpcArguments): { token: number } | { error: WasmResult } {
    const cluster = this.resolve(target.service);
    if ("error" in cluster) return cluster;
    const token = this.root.vm.newGrpcStreamId();
    if (this.unreachable(cluster.handlers)) return this.failAtOnce(token, cluster.handlers);
    const stream = new ServerStream(this, token, describe(cluster.name, target), cluster.handlers);
    this.streams.set(token, stream);
    const fault = cluster.handlers?.fault;
    this.later(() => {
      if (fault !== undefined && fault !== "hang" && fault !== "no-hosts") stream.breakOff(...FAULTS[fault]);
      else cluster.handlers?.grpcStream?.(stream);
    });
    return { token };
  }

  send(token: number, message: Buffer, endStream: boolean): WasmResult {
    if (kind(token) !== "stream") return WasmResult.BadArgument;
    const stream = this.streams.get(token);
    if (stream === undefined) return WasmResult.NotFound;
    this.later(() => stream.receive(message, endStream));
    return WasmResult.Ok;
  }

  /** Cancels a call; closes this side of a stream. */
  close(token: number): WasmResult {
    if (kind(token) !== "stream") return this.cancel(token);
    const stream = this.streams.get(token);
    if (stream === undefined) return WasmResult.NotFound;
    stream.halfClosed = true;
    if (stream.remoteClosed) this.streams.delete(token);
    return WasmResult.Ok;
  }

  /** Cancels a call; resets a stream. Nothing is called back any more. */
  cancel(token: number): WasmResult {
    if (kind(token) === "call") {
      for (const timer of this.calls.get(token) ?? []) timer.cancel();
      return this.calls.delete(token) ? WasmResult.Ok : WasmResult.NotFound;
    }
    if (kind(token) !== "stream") return WasmResult.BadArgument;
    const stream = this.streams.get(token);
    if (stream === undefined) return WasmResult.NotFound;
    stream.cancelled = true;
    this.streams.delete(token);
    return WasmResult.Ok;
  }

  cancelAll(): void {
    for (const token of [...this.calls.keys(), ...this.streams.keys()]) this.cancel(token);
  }

  /** Runs something the server did, unless the filter has reset the stream by then. */
  deliver(stream: ServerStream, action: () => void): void {
    this.later(() => {
      if (!stream.cancelled) action();
    });
  }

  onInitialMetadata(token: number, headers: HeaderMap): void {
    this.initialMetadata = headers;
    this.root.onGrpcEvent("proxy_on_grpc_receive_initial_metadata", token, headers.size);
    this.initialMetadata = undefined;
  }

  onTrailingMetadata(token: number, headers: HeaderMap): void {
    this.trailingMetadata = headers;
    this.root.onGrpcEvent("proxy_on_grpc_receive_trailing_metadata", token, headers.size);
    this.trailingMetadata = undefined;
  }

  onMessage(token: number, message: Buffer): void {
    this.message = message;
    this.root.vm.defer(() => (this.message = undefined));
    this.root.onGrpcEvent("proxy_on_grpc_receive", token, message.length);
    this.root.vm.afterCall();
  }

  onClose(token: number, code: number, message: string): void {
    const root = this.root;
    const stream = this.streams.get(token);
    if (stream !== undefined && stream.halfClosed) this.streams.delete(token);
    root.status = { code, message };
    root.vm.defer(() => (root.status = { code, message: "" }));
    root.onGrpcEvent("proxy_on_grpc_close", token, code);
    root.vm.afterCall();
  }

  private answerLater(
    token: number,
    timers: Timer[],
    fault: Fault | undefined,
    reply: GrpcReplyInit | undefined,
  ): void {
    if (fault === "hang" || (fault === undefined && reply === undefined)) return;
    const answer = this.root.vm.host.clock.schedule(reply?.delayMs ?? 0, () => {
      if (fault !== undefined && fault !== "no-hosts") return this.failCall(token, ...FAULTS[fault]);
      const status = reply?.status ?? 0;
      if (status !== 0) return this.failCall(token, status, withDetails(reply?.statusMessage ?? ""));
      if (this.cancel(token) === WasmResult.Ok) this.onMessage(token, toBuffer(reply?.message ?? EMPTY));
    });
    timers.push(answer);
  }

  private failCall(token: number, code: number, message: string): void {
    if (this.cancel(token) === WasmResult.Ok) this.onClose(token, code, message);
  }

  private unreachable(handlers: ClusterHandlers | undefined): boolean {
    return handlers === undefined || handlers.fault === "no-hosts";
  }

  /** The hostcall fails, and yet the guest is told of the end when its callback has returned. */
  private failAtOnce(token: number, handlers: ClusterHandlers | undefined): { error: WasmResult } {
    const message = handlers === undefined ? "Cluster not available" : failureMessage("no-hosts");
    this.root.vm.defer(() => this.onClose(token, GrpcStatus.Unavailable, message));
    return { error: WasmResult.InternalFailure };
  }

  private later(action: () => void): void {
    this.root.vm.host.clock.schedule(0, action);
  }

  /** Envoy first takes the name for a serialized GrpcService; what is not protobuf is the name of a cluster. */
  private resolve(service: Buffer): { name: string; handlers: ClusterHandlers | undefined } | { error: WasmResult } {
    const host = this.root.vm.host;
    const proto = readProto(service);
    if (proto === undefined) {
      const name = service.toString("latin1");
      const handlers = host.cluster(name);
      return handlers === undefined ? { error: WasmResult.ParseFailure } : { name, handlers };
    }
    const envoyGrpc = readProto(bytesField(proto, 1));
    const name = envoyGrpc === undefined ? "" : textField(envoyGrpc, 1);
    return name === "" ? { error: WasmResult.BadArgument } : { name, handlers: host.cluster(name) };
  }
}

type GrpcStreamRequest = GrpcServerStream["request"];

function describe(cluster: string, target: GrpcArguments): GrpcStreamRequest {
  return { cluster, service: target.serviceName, method: target.methodName, metadata: new HeaderMap(target.metadata) };
}

/** The two low bits of a token. */
function kind(token: number): "http" | "call" | "stream" | undefined {
  return (["http", "call", "stream"] as const)[token & 3];
}

class ServerStream implements GrpcServerStream {
  readonly received: Buffer[] = [];
  halfClosed = false;
  cancelled = false;
  remoteClosed = false;
  private metadataSent = false;

  constructor(
    private readonly client: GrpcClient,
    private readonly token: number,
    readonly request: GrpcStreamRequest,
    private readonly handlers: ClusterHandlers | undefined,
  ) {}

  receive(message: Buffer, endStream: boolean): void {
    if (this.cancelled) return;
    this.received.push(message);
    if (endStream) this.halfClosed = true;
    this.handlers?.onGrpcMessage?.(this, message);
  }

  initialMetadata(headers: HeadersInit): void {
    this.metadataSent = true;
    const map = new HeaderMap([[":status", "200"], ["content-type", "application/grpc"], ...asPairs(headers)]);
    // Envoy measures it from the end of the request.
    if (this.halfClosed) map.add("x-envoy-upstream-service-time", "0");
    this.client.deliver(this, () => this.client.onInitialMetadata(this.token, map));
  }

  send(message: BytesLike): void {
    if (!this.metadataSent) this.initialMetadata([]);
    this.client.deliver(this, () => this.client.onMessage(this.token, toBuffer(message)));
  }

  /** Envoy's own answer: no initial metadata, all in the trailers. */
  breakOff(status: number, message: string): void {
    const text = message.replace(/\{.*$/, "");
    this.client.onInitialMetadata(this.token, new HeaderMap());
    this.closeWith(status, message, [
      [":status", "200"],
      ["content-type", "application/grpc"],
      ["grpc-status", String(status)],
      ["grpc-message", text],
    ]);
  }

  close(status = 0, message = "", trailers: HeadersInit = []): void {
    const text: Pair[] = message === "" ? [] : [["grpc-message", message]];
    this.client.deliver(this, () =>
      this.closeWith(status, withDetails(message), [["grpc-status", String(status)], ...text, ...asPairs(trailers)]),
    );
  }

  private closeWith(status: number, message: string, trailers: readonly Pair[]): void {
    this.client.onTrailingMetadata(this.token, new HeaderMap(trailers));
    this.remoteClosed = true;
    this.client.onClose(this.token, status, message);
  }
}
