import { MetricType } from "../../sdk";

/** What is measured of each stream. */
export enum MetricKind {
  RequestCount,
  RequestDuration,
  RequestSize,
  ResponseSize,
  GrpcRequestMessages,
  GrpcResponseMessages,
  /** gRPC requests by status, where a name cannot have that beside the HTTP status. */
  GrpcResponses,
}

export const METRIC_KINDS: i32 = <i32>MetricKind.GrpcResponses + 1;

/** What their names end with, by number. */
export const METRIC_NAMES: string[] = [
  "requests_total",
  "request_duration_milliseconds",
  "request_bytes",
  "response_bytes",
  "request_messages_total",
  "response_messages_total",
  "grpc_responses_total",
];

export function typeOf(kind: MetricKind): MetricType {
  switch (kind) {
    case MetricKind.RequestDuration:
    case MetricKind.RequestSize:
    case MetricKind.ResponseSize:
      return MetricType.Histogram;
    default:
      return MetricType.Counter;
  }
}
