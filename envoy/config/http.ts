/** The HTTP chain of a waypoint: its connection manager and its filters (pilot/pkg/networking/core/listener_waypoint.go). */
import {
  any,
  defined,
  type FilterChain,
  type HttpFilter,
  type Message,
  type NamedExtension,
  type Route,
} from "./types.ts";
import { tracing, type Tracing } from "./tracing.ts";

/**
 * The places of a waypoint's filter chain that a mesh's configuration fills, in order: WasmPlugin phase AUTHN,
 * RequestAuthentication, phase AUTHZ, AuthorizationPolicy, and, behind the fixed filters, phases STATS and UNSPECIFIED.
 */
export const PLACES = ["AUTHN", "JWT_AUTHN", "AUTHZ", "RBAC", "STATS", "UNSPECIFIED"] as const;

export type Place = (typeof PLACES)[number];

/** What stands in each place. */
export type FiltersByPlace = Partial<Record<Place, readonly HttpFilter[]>>;

/** A waypoint's HTTP filters in their order, the router last. */
export function waypointHttpFilters(places: FiltersByPlace = {}): HttpFilter[] {
  const at = (place: Place) => places[place] ?? [];
  return [
    ...at("AUTHN"),
    ...at("JWT_AUTHN"),
    ...at("AUTHZ"),
    ...at("RBAC"),
    httpFilter("grpc_stats", "grpc_stats.v3.FilterConfig", { emit_filter_state: true, stats_for_all_methods: false }),
    httpFilter("fault", "fault.v3.HTTPFault"),
    httpFilter("cors", "cors.v3.Cors"),
    ...at("STATS"),
    ...at("UNSPECIFIED"),
    httpFilter("router", "router.v3.Router"),
  ];
}

/** Envoy's jwt_authn with a configuration (`envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication`). */
export function jwtAuthn(config: Message): HttpFilter {
  return httpFilter("jwt_authn", "jwt_authn.v3.JwtAuthentication", config);
}

function httpFilter(name: string, type: string, config: Message = {}): NamedExtension {
  return { name: `envoy.filters.http.${name}`, typed_config: any(`envoy.extensions.filters.http.${type}`, config) };
}

export interface HttpChain {
  /** Istio: name of chain, route configuration and cluster alike, `inbound-vip|<port>|http|<fqdn>`. */
  name: string;
  /** The service's port; default 80. */
  port?: number;
  places?: FiltersByPlace;
  /** Default: everything to cluster `name`. */
  routes?: readonly Route[];
  accessLog?: readonly NamedExtension[];
  /** Default: no spans, and headers of traces pass as they are. */
  tracing?: Tracing;
}

/** The filter chain of one HTTP service port. */
export function httpChain(chain: HttpChain): FilterChain {
  return {
    name: chain.name,
    filters: [
      {
        name: "envoy.filters.network.http_connection_manager",
        typed_config: any(
          "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
          connectionManager(chain),
        ),
      },
    ],
  };
}

function connectionManager({ name, port = 80, places, routes, accessLog, tracing: spans }: HttpChain): Message {
  return defined({
    codec_type: "AUTO",
    stat_prefix: `inbound_0.0.0.0_${port};`,
    server_name: "istio-envoy",
    use_remote_address: false,
    normalize_path: true,
    path_with_escaped_slashes_action: "KEEP_UNCHANGED",
    stream_idle_timeout: "0s",
    upgrade_configs: [{ upgrade_type: "websocket" }],
    http_filters: waypointHttpFilters(places),
    route_config: {
      name,
      validate_clusters: false,
      virtual_hosts: [{ name: `inbound|http|${port}`, domains: ["*"], routes: routes ?? [routeTo(name)] }],
    },
    access_log: accessLog,
    tracing: spans && tracing(spans),
  });
}

/** A route to a cluster, for all paths or those with a prefix; no time-out, as a waypoint without HTTPRoutes. */
export function routeTo(cluster: string, prefix = "/"): Route {
  return { name: "default", match: { prefix }, decorator: { operation: cluster }, route: { cluster, timeout: "0s" } };
}
