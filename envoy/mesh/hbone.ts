/**
 * HBONE, the mesh's tunnel: a TCP connection inside of an HTTP/2 CONNECT stream over mutual TLS. The request's authority is
 * where the connection wanted to go, the certificate who it comes from.
 */
import { any, type Message, type NamedExtension, type Route } from "../config/types.ts";

/** What ends tunnels: a connection manager that lets nothing but CONNECT through. */
export interface Terminator {
  /** Its `stat_prefix`. */
  name: string;
  virtualHosts: readonly Message[];
  /** HTTP filters in front of the router. */
  filters?: readonly NamedExtension[];
}

/** Tunnels that one HTTP/2 connection carries at a time. */
const TUNNELS = 100;

const HTTP_PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** The network filter that ends tunnels. */
export function terminateTunnels({ name, virtualHosts, filters = [] }: Terminator): NamedExtension {
  const type = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: any(type, {
      stat_prefix: name,
      server_name: "istio-envoy",
      use_remote_address: false,
      stream_idle_timeout: "0s",
      // How to tell upstreams of the client's certificate. Tunnels have no use for it: their headers end here.
      forward_client_cert_details: "APPEND_FORWARD",
      set_current_client_cert_details: { subject: true, uri: true, dns: true },
      upgrade_configs: [{ upgrade_type: "CONNECT" }],
      http2_protocol_options: {
        allow_connect: true,
        max_concurrent_streams: TUNNELS,
        connection_keepalive: { interval: "10s", timeout: "20s" },
      },
      route_config: { name: "default", virtual_hosts: virtualHosts },
      http_filters: [...filters, router()],
    }),
  };
}

/** A route that takes a tunnel's contents out, for a cluster. */
export function connectRoute(cluster: string): Route {
  return {
    match: { connect_matcher: {} },
    route: { cluster, upgrade_configs: [{ upgrade_type: "CONNECT", connect_config: {} }] },
  };
}

/**
 * The network filter that puts each connection into a tunnel.
 *
 * @param cluster    where tunnels go
 * @param authority  where the connection wants to go, `ip:port`; a format as in access logs
 */
export function openTunnels(name: string, cluster: string, authority: string): NamedExtension {
  const type = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
  return {
    name: "envoy.filters.network.tcp_proxy",
    typed_config: any(type, { stat_prefix: name, cluster, tunneling_config: { hostname: authority } }),
  };
}

/**
 * `typed_extension_protocol_options` of a cluster that tunnels go to. The other side's limit is named here as well, as ztunnel
 * does: of many that come at once over a new connection those beyond it would be refused before the limit is known.
 */
export function tunnelProtocol(): Message {
  const protocol = { allow_connect: true, max_concurrent_streams: TUNNELS };
  const config = { explicit_http_config: { http2_protocol_options: protocol } };
  return { [HTTP_PROTOCOL_OPTIONS]: any(HTTP_PROTOCOL_OPTIONS, config) };
}

function router(): NamedExtension {
  return { name: "envoy.filters.http.router", typed_config: any("envoy.extensions.filters.http.router.v3.Router") };
}
