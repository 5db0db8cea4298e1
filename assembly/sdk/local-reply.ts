import { proxy_send_local_response } from "../abi/hostcalls";
import { GrpcStatus, Status } from "../abi/types";
import { isHeaderName, isHeaderValue } from "../http/header";
import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";
import { PairList, Pairs } from "./pairs";

/**
 * An answer that the proxy gives itself, in the upstream's place:
 *
 * ```ts
 * LocalReply.of(403, "not for you").details("authz_denied").header("x-reason", "policy").send();
 * return HeadersStatus.StopAllIterationAndWatermark;
 * ```
 *
 * Envoy sends it when the callback has returned, and it passes through the response path of the filters, this one
 * included. In `onResponseHeaders` it takes the place of the upstream's response, and this filter does not see it. Once
 * response headers are on their way, in `onResponseBody` say, it breaks the stream off: the client gets an incomplete
 * response. A gRPC request gets it as a trailers-only response with `grpc-status` (200; derived from the HTTP status when
 * none is given). `content-length` is always that of the body. A second reply in one callback changes the details alone.
 */
@unmanaged
@final
export class LocalReply {
  private status: u32;
  private body: Bytes;
  private detailsText: Bytes;
  /** Its headers. `header` adds one; `HeaderMap.copyTo` adds those of another message. */
  headers: PairList;
  private grpc: GrpcStatus;

  static of(status: u32, body: string): LocalReply {
    return LocalReply.ofBytes(status, Bytes.of(body));
  }

  static ofBytes(status: u32, body: Bytes): LocalReply {
    const reply = changetype<LocalReply>(arena.allocate(offsetof<LocalReply>()));
    reply.status = status;
    reply.body = body;
    reply.detailsText = body.slice(0, 0);
    reply.headers = PairList.create();
    reply.grpc = GrpcStatus.Unset;
    return reply;
  }

  /** Response code details, for access logs. Spaces become `_`. */
  details(text: string): LocalReply {
    return this.detailsBytes(Bytes.of(text));
  }

  detailsBytes(text: Bytes): LocalReply {
    this.detailsText = text;
    return this;
  }

  header(name: string, value: string): LocalReply {
    return this.headerBytes(Bytes.of(name), Bytes.of(value));
  }

  headerBytes(name: Bytes, value: Bytes): LocalReply {
    this.headers.addBytes(name, value);
    return this;
  }

  grpcStatus(status: GrpcStatus): LocalReply {
    this.grpc = status;
    return this;
  }

  /** A header that could start another one (a line break in its value) refuses the whole reply. */
  send(): Status {
    const encoded = this.headers.encode();
    const pairs = Pairs.read(encoded);
    while (pairs.next()) {
      if (!isHeaderName(pairs.name) || !isHeaderValue(pairs.value)) return Status.BadArgument;
    }
    return proxy_send_local_response(
      this.status,
      this.detailsText.ptr,
      this.detailsText.length,
      this.body.ptr,
      this.body.length,
      encoded.ptr,
      this.headers.count == 0 ? 0 : encoded.length,
      this.grpc,
    );
  }
}
