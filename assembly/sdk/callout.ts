import { IdTable } from "../memory/id-table";
import { Context } from "./context";
import { PairList } from "./pairs";
import { withTraceContext } from "./trace-context";

/**
 * A question to another service, and the context that waits for the answer. The host delivers every answer to the root
 * context; here it finds its way to the one that asked. `HttpCall`, `GrpcCall` and `GrpcStream` are its kinds.
 *
 * An object asks one question at a time. While it is `pending`, which it may be still when the stream that asked has ended,
 * it refuses another one with `Status.BadArgument`: the answer to the first would be taken for that to the second. So make one
 * for each question, or look at `pending` before one is used again.
 *
 * A question of a stream carries the W3C trace context of its request (`traceparent`, `tracestate`), unless its own headers
 * have one: while the request's headers can be read, which is in `onRequestHeaders` and in the wait that it began. Later
 * ones add theirs from a `TraceContext`. Questions of a root belong to no request and carry none. `baggage` is never
 * copied: what applications put there is not for every service that a filter asks.
 */
export abstract class Callout {
  /** The host's number for it; 0 when it is not under way. */
  token: u32 = 0;
  /** Whether its request's trace context is sent along. Not to one who must not learn of traces: a service of others. */
  sendsTraceContext: bool = true;
  /** Who asked; null when the stream has ended meanwhile. */
  protected owner: Context | null = null;
  private previous: Callout | null = null;
  private next: Callout | null = null;

  /** Whether an answer is still to come. */
  get pending(): bool {
    return this.token != 0;
  }

  /** The context that asked is over. By default the answer is awaited, and then goes to nobody. */
  protected abandon(): void {}

  // What the host delivers, by callback. A kind of callout overrides those that it knows.

  /** `proxy_on_http_call_response` */
  deliverResponse(headerCount: u32): void {}

  /** `proxy_on_grpc_receive_initial_metadata` */
  deliverInitialMetadata(count: u32): void {}

  /** `proxy_on_grpc_receive` */
  deliverMessage(): void {}

  /** `proxy_on_grpc_receive_trailing_metadata` */
  deliverTrailingMetadata(count: u32): void {}

  /** `proxy_on_grpc_close` */
  deliverClose(status: u32): void {}

  /** The headers, or metadata, to send: with the trace context of the request of `owner`, if it has one. */
  protected traced(owner: Context, headers: PairList | null): PairList | null {
    return this.sendsTraceContext ? withTraceContext(owner, headers) : headers;
  }

  protected begin(owner: Context, token: u32): void {
    this.token = token;
    this.owner = owner;
    const first = owner.pendingCallouts;
    this.next = first;
    if (first !== null) first.previous = this;
    owner.pendingCallouts = this;
    callouts.set(token, this);
  }

  /** No answer will come any more. */
  protected end(): void {
    if (this.token == 0) return;
    callouts.remove(this.token);
    this.token = 0;
    this.unlink();
  }

  private unlink(): void {
    const owner = this.owner;
    if (owner === null) return;
    const previous = this.previous;
    const next = this.next;
    if (previous !== null) previous.next = next;
    else owner.pendingCallouts = next;
    if (next !== null) next.previous = previous;
    this.previous = null;
    this.next = null;
    this.owner = null;
  }

  /** Takes the callouts of a stream that is over away from it. */
  static abandonAll(owner: Context): void {
    let callout = owner.pendingCallouts;
    while (callout !== null) {
      const next = callout.next;
      callout.unlink();
      callout.abandon();
      callout = next;
    }
  }

  /** Ends the callouts of a root that is over: the host has cancelled them, and will not answer. */
  static endAll(owner: Context): void {
    let callout = owner.pendingCallouts;
    while (callout !== null) {
      const next = callout.next;
      callout.end();
      callout = next;
    }
  }

  /** The callout with that token; null when nobody waits for it. */
  static find(token: u32): Callout | null {
    return callouts.get(token);
  }
}

const callouts = new IdTable<Callout>();
