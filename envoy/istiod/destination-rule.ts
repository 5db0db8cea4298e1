/**
 * What istiod makes of a DestinationRule for the clusters of a waypoint (`pilot/pkg/networking/core/cluster_traffic_policy.go`),
 * and of its consistent hashing for routes (`route/route.go`).
 */
import { any, defined, type Message } from "../config/types.ts";
import { duration } from "./duration.ts";
import { Refused } from "./manifest.ts";

/** TrafficPolicy. */
export interface TrafficPolicy {
  loadBalancer?: { simple?: string; consistentHash?: ConsistentHash };
  connectionPool?: {
    tcp?: { maxConnections?: number; connectTimeout?: string };
    http?: {
      http1MaxPendingRequests?: number;
      http2MaxRequests?: number;
      maxRetries?: number;
      maxRequestsPerConnection?: number;
      /** Duration. */
      idleTimeout?: string;
    };
  };
  outlierDetection?: {
    consecutive5xxErrors?: number;
    consecutiveGatewayErrors?: number;
    /** Durations. */
    interval?: string;
    baseEjectionTime?: string;
    /** Percent. */
    maxEjectionPercent?: number;
    minHealthPercent?: number;
  };
}

/** LoadBalancerSettings.ConsistentHashLB: one key, and a ring's or a table's size. */
export interface ConsistentHash {
  httpHeaderName?: string;
  httpCookie?: { name: string; path?: string; ttl?: string };
  useSourceIp?: boolean;
  httpQueryParameterName?: string;
  ringHash?: { minimumRingSize?: number };
  maglev?: { tableSize?: number };
}

/** `spec` of a DestinationRule. */
export interface DestinationRuleSpec {
  host: string;
  subsets?: { name: string; labels?: Record<string, string>; trafficPolicy?: TrafficPolicy }[];
  trafficPolicy?: TrafficPolicy;
}

const TRAFFIC_POLICY_FIELDS = [
  "loadBalancer.simple",
  ...["httpHeaderName", "httpCookie.name", "httpCookie.path", "httpCookie.ttl", "useSourceIp", "httpQueryParameterName"]
    .concat(["ringHash.minimumRingSize", "maglev.tableSize"])
    .map((field) => `loadBalancer.consistentHash.${field}`),
  ...["maxConnections", "connectTimeout"].map((field) => `connectionPool.tcp.${field}`),
  ...["http1MaxPendingRequests", "http2MaxRequests", "maxRetries", "maxRequestsPerConnection", "idleTimeout"].map(
    (field) => `connectionPool.http.${field}`,
  ),
  ...["consecutive5xxErrors", "consecutiveGatewayErrors", "interval", "baseEjectionTime"]
    .concat(["maxEjectionPercent", "minHealthPercent"])
    .map((field) => `outlierDetection.${field}`),
];

/** Paths in `spec` that are translated. */
export const DESTINATION_RULE_FIELDS = [
  "host",
  "subsets[].name",
  "subsets[].labels.version",
  ...TRAFFIC_POLICY_FIELDS.flatMap((field) => [`trafficPolicy.${field}`, `subsets[].trafficPolicy.${field}`]),
];

/** Istio's words for Envoy's policies. */
const SIMPLE: Readonly<Record<string, string>> = {
  UNSPECIFIED: "LEAST_REQUEST",
  LEAST_CONN: "LEAST_REQUEST",
  LEAST_REQUEST: "LEAST_REQUEST",
  ROUND_ROBIN: "ROUND_ROBIN",
  RANDOM: "RANDOM",
};

/** No limit; Envoy's own defaults are 1024, and 3 retries. */
const UNLIMITED = 2 ** 32 - 1;
const RING_SIZE = 1024;

/**
 * Members of `envoy.config.cluster.v3.Cluster`; without a policy they are a mesh's defaults.
 *
 * @param where  of the policy, for errors
 */
export function clusterSettings(policy: TrafficPolicy = {}, where = ""): Message {
  const { connectionPool, outlierDetection, loadBalancer } = policy;
  return defined({
    ...loadBalancing(loadBalancer, where),
    circuit_breakers: { thresholds: [thresholds(connectionPool)] },
    connect_timeout: optional(connectionPool?.tcp?.connectTimeout, `${where}.connectionPool.tcp.connectTimeout`),
    ...protocolOptions(connectionPool?.http, where),
    ...(outlierDetection && ejection(outlierDetection, `${where}.outlierDetection`)),
  });
}

/** A subset's own policy, and what the service's says beyond: the parts are not mixed. */
export function ofSubset(service: TrafficPolicy = {}, own: TrafficPolicy = {}): TrafficPolicy {
  return { ...service, ...own };
}

/** `envoy.config.route.v3.RouteAction.HashPolicy` of a policy; undefined: requests belong to no host. */
export function hashPolicy({ loadBalancer }: TrafficPolicy, where: string): Message | undefined {
  const { httpHeaderName, httpCookie, useSourceIp, httpQueryParameterName } = loadBalancer?.consistentHash ?? {};
  if (httpHeaderName !== undefined) return { header: { header_name: httpHeaderName } };
  if (httpCookie !== undefined) {
    const ttl = optional(httpCookie.ttl, `${where}.loadBalancer.consistentHash.httpCookie.ttl`);
    return { cookie: defined({ ...httpCookie, ttl }) };
  }
  if (useSourceIp !== undefined) return { connection_properties: { source_ip: useSourceIp } };
  return httpQueryParameterName === undefined ? undefined : { query_parameter: { name: httpQueryParameterName } };
}

function loadBalancing(
  { simple = "UNSPECIFIED", consistentHash }: NonNullable<TrafficPolicy["loadBalancer"]> = {},
  where: string,
): Message {
  const lb_policy = SIMPLE[simple];
  if (lb_policy === undefined) {
    throw new Refused(`${where}.loadBalancer.simple`, `${simple}: expected one of ${Object.keys(SIMPLE).join(", ")}`);
  }
  if (consistentHash === undefined) return { lb_policy };
  const { ringHash, maglev } = consistentHash;
  if (maglev !== undefined) return { lb_policy: "MAGLEV", maglev_lb_config: defined({ table_size: maglev.tableSize }) };
  const size = ringHash === undefined ? RING_SIZE : ringHash.minimumRingSize;
  return { lb_policy: "RING_HASH", ring_hash_lb_config: defined({ minimum_ring_size: size }) };
}

/** A zero is no limit of zero: istiod cannot tell it from a field that is not there. */
function thresholds({ tcp = {}, http = {} }: NonNullable<TrafficPolicy["connectionPool"]> = {}): Message {
  return {
    max_connections: tcp.maxConnections || UNLIMITED,
    max_pending_requests: http.http1MaxPendingRequests || UNLIMITED,
    max_requests: http.http2MaxRequests || UNLIMITED,
    max_retries: http.maxRetries || UNLIMITED,
    track_remaining: true,
  };
}

function protocolOptions(http: NonNullable<TrafficPolicy["connectionPool"]>["http"] = {}, where: string): Message {
  const { maxRequestsPerConnection, idleTimeout } = http;
  if (maxRequestsPerConnection === undefined && idleTimeout === undefined) return {};
  const common = defined({
    idle_timeout: optional(idleTimeout, `${where}.connectionPool.http.idleTimeout`),
    max_requests_per_connection: maxRequestsPerConnection,
  });
  const type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const options = any(type, {
    common_http_protocol_options: common,
    explicit_http_config: { http_protocol_options: {} },
  });
  return { typed_extension_protocol_options: { [type]: options } };
}

/** Only rows of errors eject, not rates of success; and no panic, in which Envoy would send requests to ejected hosts. */
function ejection(outlier: NonNullable<TrafficPolicy["outlierDetection"]>, where: string): Message {
  const { consecutive5xxErrors, consecutiveGatewayErrors, interval, baseEjectionTime } = outlier;
  return {
    outlier_detection: defined({
      enforcing_success_rate: 0,
      consecutive_5xx: consecutive5xxErrors,
      enforcing_consecutive_5xx: enforced(consecutive5xxErrors),
      consecutive_gateway_failure: consecutiveGatewayErrors,
      enforcing_consecutive_gateway_failure: enforced(consecutiveGatewayErrors),
      interval: optional(interval, `${where}.interval`),
      base_ejection_time: optional(baseEjectionTime, `${where}.baseEjectionTime`),
      max_ejection_percent: outlier.maxEjectionPercent || undefined,
    }),
    common_lb_config: { healthy_panic_threshold: { value: outlier.minHealthPercent ?? 0 } },
  };
}

function optional(text: string | undefined, where: string): string | undefined {
  return text === undefined ? undefined : duration(text, where);
}

/** Zero errors: never. */
function enforced(errors: number | undefined): number | undefined {
  return errors === undefined ? undefined : errors > 0 ? 100 : 0;
}
