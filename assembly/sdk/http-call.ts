import { proxy_http_call } from "../abi/hostcalls";
import { BufferType, HeaderMapType, Status } from "../abi/types";
import { parseUnsigned } from "../text/decimal";
import { Bytes } from "../text/bytes";
import { Body } from "./body";
import { Callout } from "./callout";
import { Context } from "./context";
import { HeaderMap } from "./headers";
import { PairList } from "./pairs";
import { resultNumber } from "./result";

/**
 * An HTTP request that a filter makes. Extend it with what the answer is for:
 *
 * ```ts
 * class CheckCall extends HttpCall {
 *   constructor(private readonly stream: CheckStream) { super(); }
 *   onResponse(status: i32): void {
 *     if (status == 200) this.stream.continueRequest();
 *     else LocalReply.of(403, "denied").send();
 *   }
 * }
 * // in onRequestHeaders
 * const headers = HttpCall.headers("GET", "authz.example", "/check");
 * if (new CheckCall(this).send(this, "authz", headers, null, 500) != Status.Ok) return this.deny();
 * return HeadersStatus.StopAllIterationAndWatermark;
 * ```
 */
export abstract class HttpCall extends Callout {
  /** The headers that every call must have; add others to them. */
  static headers(method: string, authority: string, path: string): PairList {
    return PairList.create().add(":method", method).add(":authority", authority).add(":path", path);
  }

  /**
   * Sends it to a cluster of the proxy. Only after `Status.Ok` will there be an answer: a cluster that does not exist is
   * `BadArgument`, one without a healthy host `InternalFailure`, and neither ever answers. `timeoutMilliseconds` must not be
   * 0, which would be for ever.
   */
  send(owner: Context, cluster: string, headers: PairList, body: Bytes | null, timeoutMilliseconds: u32): Status {
    if (this.pending) return Status.BadArgument;
    const name = Bytes.of(cluster);
    const traced = this.traced(owner, headers);
    const pairs = (traced === null ? headers : traced).encode();
    const status = proxy_http_call(
      name.ptr,
      name.length,
      pairs.ptr,
      pairs.length,
      body === null ? 0 : body.ptr,
      body === null ? 0 : body.length,
      0,
      0,
      timeoutMilliseconds,
      resultNumber,
    );
    if (status == Status.Ok) this.begin(owner, load<u32>(resultNumber));
    return status;
  }

  /**
   * The answer, or that there is none. `status` is its HTTP status. Without an answer Envoy makes one: 503 for a connection
   * that is refused or breaks off, 504 after the time-out. Only an answer that breaks off behind its headers is 0, and has
   * neither headers nor body. Read it with `responseHeaders` and `responseBody` of this class.
   */
  abstract onResponse(status: i32): void;

  /** The stream that asked ended before the answer came, which can be read here, in the root context. */
  onLateResponse(status: i32): void {}

  deliverResponse(headerCount: u32): void {
    const owner = this.owner;
    this.end();
    const status = headerCount == 0 ? 0 : responseStatus();
    if (owner !== null && owner.makeEffective()) this.onResponse(status);
    else this.onLateResponse(status);
  }

  get responseHeaders(): HeaderMap {
    return callResponseHeaders;
  }

  get responseTrailers(): HeaderMap {
    return callResponseTrailers;
  }

  get responseBody(): Body {
    return callResponseBody;
  }
}

const callResponseHeaders = new HeaderMap(HeaderMapType.HttpCallResponseHeaders);
const callResponseTrailers = new HeaderMap(HeaderMapType.HttpCallResponseTrailers);
const callResponseBody = new Body(BufferType.HttpCallResponseBody);
const STATUS = Bytes.constant(":status");

function responseStatus(): i32 {
  const text = callResponseHeaders.getBytes(STATUS);
  return text === null ? 0 : <i32>parseUnsigned(text, 999);
}
