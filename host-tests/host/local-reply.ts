/** How Envoy builds the answers that it gives itself (source/common/http/utility.cc). */
import { EMPTY, fromLatin1 } from "./bytes.ts";
import type { LocalReply } from "./context.ts";
import { HeaderMap } from "./header-map.ts";

export interface RepliedRequest {
  isGrpc: boolean;
  isHead: boolean;
}

/** HTTP status to gRPC status, as Envoy maps it; all others are UNKNOWN. */
const GRPC_STATUS_OF: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const GRPC_UNKNOWN = 2;

export function grpcStatusOf(httpStatus: number): number {
  return GRPC_STATUS_OF[httpStatus] ?? GRPC_UNKNOWN;
}

/** `application/grpc` and what is written on it: `application/grpc+proto`. */
export function isGrpcContentType(value: string | undefined): boolean {
  return value !== undefined && /^application\/grpc(\+|$)/.test(value);
}

/** Headers and body of a local reply. A request of gRPC gets 200 and its status in the headers, without a body. */
export function buildLocalReply(reply: LocalReply, request: RepliedRequest): { headers: HeaderMap; body: Buffer } {
  const headers = new HeaderMap([[":status", String(reply.status)]], "response");
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (request.isGrpc) {
    describeGrpc(headers, reply);
    return { headers, body: EMPTY };
  }
  if (reply.body.length === 0) {
    headers.remove("content-length");
    headers.remove("content-type");
  } else {
    headers.set("content-length", String(reply.body.length));
    if (!headers.has("content-type")) headers.set("content-type", "text/plain");
  }
  return { headers, body: request.isHead ? EMPTY : reply.body };
}

function describeGrpc(headers: HeaderMap, reply: LocalReply): void {
  headers.set(":status", "200");
  headers.set("content-type", "application/grpc");
  if (!headers.has("grpc-status")) headers.set("grpc-status", String(reply.grpcStatus ?? grpcStatusOf(reply.status)));
  if (reply.body.length > 0) headers.set("grpc-message", percentEncode(reply.body));
  headers.remove("content-length");
}

/** Everything but printable ASCII, and the percent sign (gRPC over HTTP/2, Status-Message). */
function percentEncode(text: Buffer): string {
  return fromLatin1(text).replace(
    /[^ -$&-~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
