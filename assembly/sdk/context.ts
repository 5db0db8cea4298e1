import {
  proxy_close_stream,
  proxy_continue_stream,
  proxy_done,
  proxy_get_buffer_bytes,
  proxy_set_effective_context,
  proxy_set_tick_period_milliseconds,
} from "../abi/hostcalls";
import { BufferType, DataStatus, HeadersStatus, Status, StreamType, TrailersStatus } from "../abi/types";
import { Bytes } from "../text/bytes";
import { Callout } from "./callout";
import { resultPtr, resultSize } from "./result";

/** What the host knows by an id of its own: a plugin's configuration in this VM, or one stream. */
export abstract class Context {
  /** The host's number for it; 0 before it is created and when it is over. */
  id: u32 = 0;

  /** Number of the context that hostcalls act on; managed by the registry and `makeEffective`. */
  static effective: u32 = 0;

  /** Callouts that have not been answered; managed by `Callout`. */
  pendingCallouts: Callout | null = null;

  /** The context is over. False asks the host to wait for `done` (roots only). */
  onDone(): bool {
    return true;
  }

  /** The host forgets the context. Nothing of the stream can be read any more. */
  onDelete(): void {}

  /**
   * Makes the hostcalls that follow act on this context, in a callback of another one. False when it is over.
   */
  makeEffective(): bool {
    // To the host 0 is a context too: that of the VM.
    if (this.id == 0 || proxy_set_effective_context(this.id) != Status.Ok) return false;
    Context.effective = this.id;
    return true;
  }

  /** Whether hostcalls act on this context: a callback of it runs, or it was made effective in that of another one. */
  get isEffective(): bool {
    return this.id != 0 && this.id == Context.effective;
  }

  /** Says that a context whose `onDone` answered false is now over. */
  done(): void {
    proxy_done();
  }
}

/**
 * One configuration of a filter in one VM. A VM can hold several, of one filter or of different ones, so a configuration
 * belongs here and never in a global variable.
 *
 * A proxy has one VM for each worker thread, one on the main thread, and a short-lived one that tries a configuration out:
 * `onConfigure` and `onTick` run in each of them.
 */
export abstract class RootContext extends Context {
  /** Streams that ended and may be used again; see `StreamContext.recycle`. */
  private pool: StreamContext | null = null;

  /** The VM starts; `configuration()` is the VM's. False refuses the plugin. */
  onVmStart(): bool {
    return true;
  }

  /** The plugin's configuration is there. False refuses it: log why first. */
  onConfigure(configuration: Bytes): bool {
    return true;
  }

  /** The time of `setTickPeriod` has passed. */
  onTick(): void {}

  /** A shared queue that this context registered has something. */
  onQueueReady(queueId: u32): void {}

  /** A foreign function calls back. */
  onForeignFunction(functionId: u32, args: Bytes): void {}

  /** A stream begins: answers the object that handles it. */
  abstract createStream(): StreamContext;

  /** Calls `onTick` every so many milliseconds; 0 ends it. */
  setTickPeriod(milliseconds: u32): void {
    proxy_set_tick_period_milliseconds(milliseconds);
  }

  /** The VM's configuration (Envoy: `vm_config.configuration`). Only in `onVmStart`. */
  vmConfiguration(): Bytes {
    return readBuffer(BufferType.VmConfiguration);
  }

  /** A stream object: one from the pool, if there is any. */
  takeStream(): StreamContext {
    const pooled = this.pool;
    if (pooled !== null) {
      this.pool = pooled.nextInPool;
      pooled.nextInPool = null;
      return pooled;
    }
    const stream = this.createStream();
    stream.owner = this;
    return stream;
  }

  /** Keeps the object of a stream that ended, if it can be used again. */
  giveBack(stream: StreamContext): void {
    stream.id = 0;
    stream.responseBegan = false;
    if (!stream.recycle()) return;
    stream.nextInPool = this.pool;
    this.pool = stream;
  }
}

/** One HTTP request and its response. Override what the filter needs; the module must export the callbacks for it. */
export abstract class StreamContext extends Context {
  /** The root that made the object, for its pool. */
  owner: RootContext | null = null;
  /** Link of that pool. */
  nextInPool: StreamContext | null = null;
  /** Whether a callback of the response has run. */
  responseBegan: bool = false;

  /** The stream begins; nothing of its request is there yet. For a stream that another filter answered, it ends with this. */
  onCreate(): void {}

  /** Request headers are there. `endOfStream`: neither body nor trailers follow. */
  onRequestHeaders(endOfStream: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }

  /**
   * Request body of `size` bytes is there: a chunk, or all so far after `StopIterationAndBuffer`. With `endOfStream` it is
   * complete, and only `Continue` lets it go on (or a callout's answer that continues it); in HTTP/1.1 that is a callback
   * of its own, without a new byte.
   */
  onRequestBody(size: i32, endOfStream: bool): DataStatus {
    return DataStatus.Continue;
  }

  onRequestTrailers(): TrailersStatus {
    return TrailersStatus.Continue;
  }

  /** Response headers are there: the upstream's, or those of a local reply by this filter, one behind it, or Envoy. */
  onResponseHeaders(endOfStream: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }

  /** Response body of `size` bytes is there: a chunk, or all so far after `StopIterationAndBuffer`. */
  onResponseBody(size: i32, endOfStream: bool): DataStatus {
    return DataStatus.Continue;
  }

  onResponseTrailers(): TrailersStatus {
    return TrailersStatus.Continue;
  }

  /** The stream is complete: time for access logs and metrics. Also for streams that another filter answered. */
  onLog(): void {}

  /**
   * After the stream's end: puts every field back to its first value and answers true, so that the object serves another
   * stream and none has to be made. By default objects are used once, which costs an allocation a stream; a field
   * forgotten here would show one client's data to another.
   */
  recycle(): bool {
    return false;
  }

  /** The stream is over and deleted: its object may serve another one. */
  giveBack(): void {
    const owner = this.owner;
    if (owner !== null) owner.giveBack(this);
  }

  /** Goes on with a request that `onRequestHeaders`, `-Body` or `-Trailers` held. Nothing happens if none is held. */
  continueRequest(): void {
    proxy_continue_stream(StreamType.HttpRequest);
  }

  /** Goes on with a response that `onResponseHeaders`, `-Body` or `-Trailers` held. Nothing happens before one began. */
  continueResponse(): void {
    // Envoy crashes when a response is continued that is not there.
    if (this.responseBegan) proxy_continue_stream(StreamType.HttpResponse);
  }

  /**
   * Breaks the stream off on both sides. For a response that must not be finished although its headers are on their way, when
   * a local reply comes too late; elsewhere `LocalReply` is the better answer.
   */
  reset(): void {
    proxy_close_stream(StreamType.HttpResponse);
  }
}

/** A stream that knows the root of its filter, and so its configuration: `new HelloStream(this)` in `createStream`. */
export abstract class StreamOf<R extends RootContext> extends StreamContext {
  constructor(protected readonly root: R) {
    super();
  }
}

/** All of a buffer; empty when the host has nothing there. */
export function readBuffer(type: BufferType): Bytes {
  const status = proxy_get_buffer_bytes(type, 0, i32.MAX_VALUE, resultPtr, resultSize);
  return status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : Bytes.view(resultPtr, 0);
}
