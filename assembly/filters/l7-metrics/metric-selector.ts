import { MetricKind } from "./metric-kind";

/** What an override is about: metrics of Telemetry (`MetricSelector.IstioMetric`), the first ones by MetricKind, and ours. */
export enum MetricSelector {
  REQUEST_COUNT,
  REQUEST_DURATION,
  REQUEST_SIZE,
  RESPONSE_SIZE,
  GRPC_REQUEST_MESSAGES,
  GRPC_RESPONSE_MESSAGES,
  ALL_METRICS,
  REQUESTS_IN_FLIGHT,
  /** Nothing: what is said of clients, in a waypoint. */
  NONE,
}

/** Their names in configurations, by number. */
export const METRIC_SELECTORS: string[] = [
  "REQUEST_COUNT",
  "REQUEST_DURATION",
  "REQUEST_SIZE",
  "RESPONSE_SIZE",
  "GRPC_REQUEST_MESSAGES",
  "GRPC_RESPONSE_MESSAGES",
  "ALL_METRICS",
  "REQUESTS_IN_FLIGHT",
];

/** Whether metrics of that kind are meant. Responses by gRPC status are a part of the count of requests. */
export function selects(metric: MetricSelector, kind: MetricKind): bool {
  const selector = kind == MetricKind.GrpcResponses ? <i32>MetricSelector.REQUEST_COUNT : <i32>kind;
  return metric == MetricSelector.ALL_METRICS || <i32>metric == selector;
}
