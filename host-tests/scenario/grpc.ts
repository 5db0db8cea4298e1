/** gRPC over HTTP/2, as scenarios describe it, in the parts of a request or an answer. */
import { grpcFrame } from "../host/index.ts";
import type { GrpcAnswer, RequestDescription, UpstreamAnswer } from "./format.ts";

/** What a request of gRPC is beside its messages (gRPC over HTTP/2, Requests); what the description says comes first. */
export function grpcRequest({ headers = [], ...request }: RequestDescription): RequestDescription {
  const own: [string, string][] = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  return {
    method: "POST",
    protocol: "http2",
    ...request,
    headers: [...own.filter(([name]) => !given.has(name)), ...headers],
  };
}

/** Headers, chunks and trailers of an answer; one that says nothing of messages is all in the headers. */
export function grpcParts(
  { messages, status = 0, message }: GrpcAnswer,
  metadata: UpstreamAnswer["headers"] = [],
): { headers: [string, string][]; chunks?: Buffer[]; trailers?: [string, string][] } {
  const headers: [string, string][] = [["content-type", "application/grpc"], ...metadata];
  const end: [string, string][] = [
    ["grpc-status", String(status)],
    ...(message === undefined ? [] : [["grpc-message", message] as [string, string]]),
  ];
  if (messages === undefined) return { headers: [...headers, ...end] };
  return { headers, chunks: messages.map(grpcFrame), trailers: end };
}
