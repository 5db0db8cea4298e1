/**
 * A context: what a guest knows by a number. Context 0 is the VM itself, root contexts stand for a configured plugin,
 * stream contexts for one HTTP stream. This base answers as a context without a stream.
 */
import { BufferType, MapType, WasmResult } from "./abi.ts";
import type { BodyBuffer } from "./body-buffer.ts";
import { toBuffer } from "./bytes.ts";
import type { HeaderMap } from "./header-map.ts";
import type { Plugin } from "./plugin.ts";
import type { RootContext } from "./root-context.ts";
import type { StreamInfo } from "./stream-info.ts";
import type { Pair } from "./pairs.ts";
import type { Callback, Vm } from "./vm.ts";

/** A buffer that a guest can read, and change when it is a body on its way. */
export type GuestBuffer = Buffer | BodyBuffer;

export interface LocalReply {
  status: number;
  body: Buffer;
  headers: readonly Pair[];
  /** Undefined: derived from the status. */
  grpcStatus: number | undefined;
  details: string;
}

export class Context {
  readonly id: number;
  /** While the guest's configuration callback runs: the configuration it may read. */
  protected configuring: string | undefined;
  /** `proxy_on_context_create` has run, or the module does not export it. */
  protected created = false;

  constructor(
    readonly vm: Vm,
    readonly plugin: Plugin | undefined,
    id?: number,
  ) {
    this.id = id ?? vm.addContext(this);
    if (id !== undefined) vm.contexts.set(id, this);
  }

  /** Itself, unless it belongs to a stream. */
  get root(): RootContext | undefined {
    return undefined;
  }

  get streamInfo(): StreamInfo | undefined {
    return undefined;
  }

  /** A map that may be read; undefined when it is not available now. */
  readableMap(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.GrpcReceiveInitialMetadata:
        return this.root?.grpc.initialMetadata;
      case MapType.GrpcReceiveTrailingMetadata:
        return this.root?.grpc.trailingMetadata;
      case MapType.HttpCallResponseHeaders:
        return this.root?.httpCalls.response?.headers;
      case MapType.HttpCallResponseTrailers:
        return this.root?.httpCalls.response?.trailers;
      default:
        return undefined;
    }
  }

  /** A map that may be written; undefined when it is not available now. */
  writableMap(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** The access log is being written: maps that are not there are empty, not an error. */
  get logging(): boolean {
    return false;
  }

  /** Called after each write to a map. */
  mapChanged(_type: number): void {}

  buffer(type: number): GuestBuffer | undefined {
    switch (type) {
      case BufferType.CallData:
        return this.root?.callData ?? NO_DATA;
      case BufferType.VmConfiguration:
        return toBuffer(this.vm.options.vmConfiguration);
      case BufferType.PluginConfiguration:
        return this.configuring === undefined ? undefined : toBuffer(this.configuring);
      case BufferType.HttpRequestBody:
      case BufferType.HttpResponseBody:
      case BufferType.NetworkDownstreamData:
      case BufferType.NetworkUpstreamData:
        return NO_DATA;
      case BufferType.HttpCallResponseBody:
        return this.root?.httpCalls.response?.body;
      case BufferType.GrpcReceiveBuffer:
        return this.root?.grpc.message ?? NO_DATA;
      default:
        return undefined;
    }
  }

  /** ABI 0.1.0: the configuration of the plugin while it is configured, else that of the VM. */
  get configuration(): string {
    return this.configuring ?? this.vm.options.vmConfiguration;
  }

  /** `wasm.<path>` in the filter state of the stream. */
  setProperty(path: string, value: Buffer): WasmResult {
    const info = this.streamInfo;
    if (info === undefined) return WasmResult.NotFound;
    return info.filterState.setCelState(path, value, this.root?.declaredProperties.get(path))
      ? WasmResult.Ok
      : WasmResult.BadArgument;
  }

  sendLocalReply(_reply: LocalReply): void {}

  continueStream(type: number): WasmResult {
    return type === 3 ? WasmResult.Unimplemented : WasmResult.Ok;
  }

  closeStream(_type: number): WasmResult {
    return WasmResult.Ok;
  }

  clearRouteCache(): void {}

  protected callback(name: string): Callback {
    return this.vm.failed ? undefined : this.vm.callbacks[name];
  }

  /** Calls a callback whose result does not matter, then does what it put off. */
  protected notify(name: string, a = 0, b = 0, c = 0, d = 0): void {
    const callback = this.callback(name);
    if (callback === undefined) return;
    this.vm.call(this, name, callback, this.id, a, b, c, d);
    this.vm.afterCall();
  }

  /** Calls a callback that answers yes or no; `missing` when it is not exported. */
  protected ask(name: string, argument: number | undefined, missing: boolean): boolean {
    const callback = this.callback(name);
    if (callback === undefined) return missing;
    const answer = this.vm.call(this, name, callback, this.id, argument) !== 0;
    this.vm.afterCall();
    return answer;
  }
}

const NO_DATA: Buffer = Buffer.alloc(0);
