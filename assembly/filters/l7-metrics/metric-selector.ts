import { MetricKind } from "./metric-kind";

/** What an override is about: metrics of Telemetry (`MetricSelector.IstioMetric`), the first ones as in MetricKind, and ours. */
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
export const METRIC_SELECTORS: string[] = names();

/** Whether metrics of that kind are meant. Responses by gRPC status are a part of the count of requests. */
export function selects(metric: MetricSelector, kind: MetricKind): bool {
  const selector = kind == MetricKind.GrpcResponses ? <i32>MetricSelector.REQUEST_COUNT : <i32>kind;
  return metric == MetricSelector.ALL_METRICS || <i32>metric == selector;
}

function names(): string[] {
  const names: string[] = [];
  for (let selector = 0; selector < MetricSelector.NONE; selector++) {
    // eslint-disable-next-line waypost/no-index -- the name of a member: there is no array
    names.push(MetricSelector[selector]);
  }
  return names;
}
