import { TRACEPARENT, TRACESTATE, TraceContextReader } from "../http/trace-context";
import { Bytes } from "../text/bytes";
import { Context } from "./context";
import { requestHeaders } from "./headers";
import { PairList } from "./pairs";

/**
 * The W3C trace context of a request, kept for calls that are sent when its headers can be read no more, in callbacks of its
 * body or its response. Calls in `onRequestHeaders`, and in the wait that it began, carry it by themselves.
 *
 * ```ts
 * // in onRequestHeaders
 * this.trace = TraceContext.ofRequest();
 * // in onResponseHeaders
 * const headers = HttpCall.headers("POST", "audit.example", "/responses");
 * const trace = this.trace;
 * if (trace !== null) trace.addTo(headers);
 * ```
 */
@final
export class TraceContext {
  private constructor(
    private readonly traceparent: string,
    private readonly tracestate: string | null,
  ) {}

  /** That of the request; null: it has none that can be passed on, or its headers cannot be read now. */
  static ofRequest(): TraceContext | null {
    const traceparent = readRequest();
    if (traceparent === null) return null;
    const tracestate = reader.tracestate();
    return new TraceContext(traceparent.toString(), tracestate === null ? null : tracestate.toString());
  }

  /** Adds it to the headers, or the metadata, of a call. */
  addTo(headers: PairList): void {
    headers.addBytes(TRACEPARENT, Bytes.of(this.traceparent));
    const tracestate = this.tracestate;
    if (tracestate !== null) headers.addBytes(TRACESTATE, Bytes.of(tracestate));
  }
}

const reader = new TraceContextReader();

/**
 * The headers of a call by `owner`, with the trace context of its request when it is the stream that the host is at. Headers
 * that have a trace context stay as they are, and so does the list itself: it may be sent for another request too.
 */
export function withTraceContext(owner: Context, headers: PairList | null): PairList | null {
  // Of another stream, the headers that can be read now are not those of its request.
  if (!owner.isEffective) return headers;
  if (headers !== null && (headers.has(TRACEPARENT) || headers.has(TRACESTATE))) return headers;
  const traceparent = readRequest();
  if (traceparent === null) return headers;
  const traced = headers === null ? PairList.create(2) : headers.copy(2);
  traced.addBytes(TRACEPARENT, traceparent);
  const tracestate = reader.tracestate();
  if (tracestate !== null) traced.addBytes(TRACESTATE, tracestate);
  return traced;
}

/** Reads the request's headers once; answers its `traceparent`. */
function readRequest(): Bytes | null {
  reader.reset();
  const pairs = requestHeaders.pairs();
  while (pairs.next()) reader.add(pairs.name, pairs.value);
  return reader.traceparent();
}
