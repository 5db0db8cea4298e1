/** Tracing of HTTP chains by Envoy's OpenTelemetry tracer, as Istio configures it (pilot/pkg/networking/core/tracing.go). */
import { any, defined, type Message } from "./types.ts";

/** Where spans go, and what they say beyond Envoy's own tags. */
export interface Tracing {
  /** Cluster of the collector. */
  cluster: string;
  /** Default OTLP over HTTP. */
  protocol?: "http" | "grpc";
  /** What gRPC requests have as `:authority`; default: the cluster's name, which not every server takes. */
  authority?: string;
  /** Attribute `service.name`; default `waypoint`. */
  serviceName?: string;
  /** Tags by name; values are formats as in access logs, `%FILTER_STATE(wasm.waypost_route:PLAIN)%`. Empty: no tag. */
  tags?: Readonly<Record<string, string>>;
  /** Percentage of the requests without a decision of the client's (`traceparent`) that get spans; default 100. */
  samplePercent?: number;
  /** A span of its own for the request to the upstream. Default false, as in Istio's waypoints. */
  spawnUpstreamSpan?: boolean;
}

/**
 * Tags for all that Waypost's filters say about a request in filter state before it ends; the operation of l7-metrics is known
 * later than the span. In Istio: Telemetry's `customTags`, each with `formatter: { value }`.
 */
export const WAYPOST_TAGS = {
  "waypost.route": "%FILTER_STATE(wasm.waypost_route:PLAIN)%",
  "waypost.lane": "%FILTER_STATE(wasm.waypost_lane:PLAIN)%",
  "waypost.decision": "%FILTER_STATE(wasm.waypost_authz_decision:PLAIN)%",
  "waypost.rule": "%FILTER_STATE(wasm.waypost_authz_rule:PLAIN)%",
  "waypost.reason": "%FILTER_STATE(wasm.waypost_jwt_reason:PLAIN)%",
  "waypost.shadow_reason": "%FILTER_STATE(wasm.waypost_jwt_shadow:PLAIN)%",
} as const;

/** `HttpConnectionManager.Tracing` */
export function tracing(options: Tracing): Message {
  const { samplePercent = 100, tags = {}, spawnUpstreamSpan = false } = options;
  return {
    client_sampling: { value: 100 },
    overall_sampling: { value: 100 },
    random_sampling: { value: samplePercent },
    spawn_upstream_span: spawnUpstreamSpan,
    custom_tags: Object.entries(tags).map(([tag, value]) => ({ tag, value })),
    provider: {
      name: "envoy.tracers.opentelemetry",
      typed_config: any("envoy.config.trace.v3.OpenTelemetryConfig", exporter(options)),
    },
  };
}

function exporter({ cluster, protocol = "http", authority, serviceName = "waypoint" }: Tracing): Message {
  const timeout = "1s";
  return defined({
    service_name: serviceName,
    http_service:
      protocol === "http" ? { http_uri: { uri: "http://collector/v1/traces", cluster, timeout } } : undefined,
    grpc_service:
      protocol === "grpc" ? { envoy_grpc: defined({ cluster_name: cluster, authority }), timeout } : undefined,
  });
}

/** A layer of the bootstrap's `layered_runtime`: spans are sent at once rather than in batches. For tests. */
export const SPANS_AT_ONCE = {
  name: "tracing",
  static_layer: { "tracing.opentelemetry.min_flush_spans": 1 },
};
