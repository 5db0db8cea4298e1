import {
  proxy_get_status,
  proxy_grpc_call,
  proxy_grpc_cancel,
  proxy_grpc_close,
  proxy_grpc_send,
  proxy_grpc_stream,
} from "../abi/hostcalls";
import { BufferType, GrpcStatus, HeaderMapType, Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { Callout } from "./callout";
import { Context, readBuffer } from "./context";
import { HeaderMap } from "./headers";
import { PairList } from "./pairs";
import { resultNumber, resultPtr, resultSize } from "./result";

/** What unary and streaming calls have in common: whom they ask, and how their events find the context that asked. */
export abstract class GrpcCallout extends Callout {
  /** Metadata that came before the first message. */
  onInitialMetadata(count: u32): void {}

  /** Metadata that came with the status. */
  onTrailingMetadata(count: u32): void {}

  /** A message came. */
  abstract onMessage(message: Bytes): void;

  /** The call is over, with this status. Comes last, and once; not after `cancel`. */
  abstract onClose(status: GrpcStatus): void;

  get initialMetadata(): HeaderMap {
    return initialMetadata;
  }

  get trailingMetadata(): HeaderMap {
    return trailingMetadata;
  }

  /**
   * The text that came with the status; in `onClose` only. Envoy puts its response code details behind it: `not
   * yours{via_upstream}`.
   */
  statusMessage(): Bytes {
    const status = proxy_get_status(resultNumber, resultPtr, resultSize);
    return status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : Bytes.view(resultPtr, 0);
  }

  /** Ends the call at once; nothing more will come. */
  cancel(): void {
    if (!this.pending) return;
    proxy_grpc_cancel(this.token);
    this.end();
  }

  /** A gRPC call has no use without the stream that asked. */
  protected abandon(): void {
    this.cancel();
  }

  deliverInitialMetadata(count: u32): void {
    if (this.enterOwner()) this.onInitialMetadata(count);
  }

  deliverTrailingMetadata(count: u32): void {
    if (this.enterOwner()) this.onTrailingMetadata(count);
  }

  deliverMessage(): void {
    const message = readBuffer(BufferType.GrpcCallMessage);
    if (this.enterOwner()) this.onMessage(message);
  }

  deliverClose(status: u32): void {
    const entered = this.enterOwner();
    this.end();
    if (entered) this.onClose(<GrpcStatus>status);
  }

  protected enterOwner(): bool {
    const owner = this.owner;
    return owner !== null && owner.makeEffective();
  }
}

/**
 * One message there, one back, or a status other than `GrpcStatus.Ok` in its place. Envoy hands over no metadata of such calls,
 * and a time-out, a refused connection or a missing answer is `GrpcStatus.Unavailable`.
 */
export abstract class GrpcCall extends GrpcCallout {
  /**
   * Sends it. `service` is the name of a cluster, or a serialized envoy.config.core.v3.GrpcService. Only after `Status.Ok` will
   * there be an answer: a cluster that does not exist is `ParseFailure`, one without a healthy host `InternalFailure`.
   */
  send(
    owner: Context,
    service: string,
    serviceName: string,
    methodName: string,
    metadata: PairList | null,
    message: Bytes,
    timeoutMilliseconds: u32,
  ): Status {
    if (this.pending) return Status.BadArgument;
    const target = Bytes.of(service);
    const name = Bytes.of(serviceName);
    const method = Bytes.of(methodName);
    const pairs = encodeMetadata(this.traced(owner, metadata));
    const status = proxy_grpc_call(
      target.ptr,
      target.length,
      name.ptr,
      name.length,
      method.ptr,
      method.length,
      pairs.ptr,
      pairs.length,
      message.ptr,
      message.length,
      timeoutMilliseconds,
      resultNumber,
    );
    if (status == Status.Ok) this.begin(owner, load<u32>(resultNumber));
    return status;
  }

  /** The host says that a call is over only when it failed: after the one message nothing follows. */
  deliverMessage(): void {
    const message = readBuffer(BufferType.GrpcCallMessage);
    const entered = this.enterOwner();
    this.end();
    if (!entered) return;
    this.onMessage(message);
    this.onClose(GrpcStatus.Ok);
  }
}

/** Messages in both directions until one side ends it. */
export abstract class GrpcStream extends GrpcCallout {
  /** Begins it; `service` and what comes back as with `GrpcCall.send`. */
  open(owner: Context, service: string, serviceName: string, methodName: string, metadata: PairList | null): Status {
    if (this.pending) return Status.BadArgument;
    const target = Bytes.of(service);
    const name = Bytes.of(serviceName);
    const method = Bytes.of(methodName);
    const pairs = encodeMetadata(this.traced(owner, metadata));
    const status = proxy_grpc_stream(
      target.ptr,
      target.length,
      name.ptr,
      name.length,
      method.ptr,
      method.length,
      pairs.ptr,
      pairs.length,
      resultNumber,
    );
    if (status == Status.Ok) this.begin(owner, load<u32>(resultNumber));
    return status;
  }

  /** Sends a message; `endStream` says that it is the last. */
  send(message: Bytes, endStream: bool = false): Status {
    if (!this.pending) return Status.NotFound;
    return proxy_grpc_send(this.token, message.ptr, message.length, endStream ? 1 : 0);
  }

  /** Says that no more messages will be sent; the other side may still send. */
  close(): void {
    if (this.pending) proxy_grpc_close(this.token);
  }
}

/** Null: there is none. */
function encodeMetadata(metadata: PairList | null): Bytes {
  return metadata === null ? Bytes.view(0, 0) : metadata.encode();
}

const initialMetadata = new HeaderMap(HeaderMapType.GrpcCallInitialMetadata);
const trailingMetadata = new HeaderMap(HeaderMapType.GrpcCallTrailingMetadata);
