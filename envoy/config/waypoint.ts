/**
 * How requests come to a waypoint's HTTP chains: an outer listener knows the caller and where it wanted to go, and hands
 * both to an internal listener as filter state (pilot/pkg/xds/filters/filters.go). Istio's outer listener ends HBONE
 * tunnels, and so learns them; ours is told.
 */
import { any, type Cluster, type FilterChain, type Listener, type Message, type NamedExtension } from "./types.ts";
import { tcpListener } from "./bootstrap.ts";

/** What an outer listener knows of its connections. */
export interface Caller {
  /** SPIFFE id: filter state `io.istio.peer_principal`; absent: not set. */
  principal?: string;
  /** The SPIFFE id that it was shown: filter state `io.istio.local_principal`; absent: not set. */
  localPrincipal?: string;
  /** `ip:port` of the service. */
  destination: string;
  /** `ip:port` of the caller. */
  source: string;
}

/** An internal listener that takes its addresses from filter state. */
export function internalListener(name: string, chains: readonly FilterChain[]): Listener {
  const originalDst = any("envoy.extensions.filters.listener.original_dst.v3.OriginalDst");
  return {
    name,
    internal_listener: {},
    traffic_direction: "INBOUND",
    listener_filters: [{ name: "envoy.filters.listener.original_dst", typed_config: originalDst }],
    filter_chains: [...chains],
  };
}

/** The cluster that leads to an internal listener, with its name. */
export function internalCluster(listener: string): Cluster {
  const endpoint = { address: { envoy_internal_address: { server_listener_name: listener } } };
  const socket = "envoy.extensions.transport_sockets";
  return {
    name: listener,
    type: "STATIC",
    load_assignment: { cluster_name: listener, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    transport_socket: {
      name: "envoy.transport_sockets.internal_upstream",
      typed_config: any(`${socket}.internal_upstream.v3.InternalUpstreamTransport`, {
        transport_socket: {
          name: "envoy.transport_sockets.raw_buffer",
          typed_config: any(`${socket}.raw_buffer.v3.RawBuffer`),
        },
      }),
    },
  };
}

/** An outer listener on the loopback interface: all of its connections are those of one caller. */
export function outerListener(name: string, cluster: string, caller: Caller): Listener {
  return tcpListener(name, [{ filters: [setFilterState(statesOf(caller)), tcpProxy(name, cluster)] }]);
}

/** A network filter for a listener that knows of its connections only the caller's SPIFFE id. */
export function peerPrincipal(principal: string): NamedExtension {
  return setFilterState([principalState("io.istio.peer_principal", principal)]);
}

function statesOf({ principal, localPrincipal, destination, source }: Caller): Message[] {
  return [
    filterState("envoy.filters.listener.original_dst.local_ip", destination),
    filterState("envoy.filters.listener.original_dst.remote_ip", source),
    ...(principal === undefined ? [] : [principalState("io.istio.peer_principal", principal)]),
    ...(localPrincipal === undefined ? [] : [principalState("io.istio.local_principal", localPrincipal)]),
  ];
}

function principalState(name: string, principal: string): Message {
  return filterState(name, principal, "envoy.hashable_string");
}

function setFilterState(states: Message[]): NamedExtension {
  return {
    name: "envoy.filters.network.set_filter_state",
    typed_config: any("envoy.extensions.filters.network.set_filter_state.v3.Config", { on_new_connection: states }),
  };
}

/** @param factory  what makes the object, where its name does not say it; Istio's own is not in a stock Envoy */
function filterState(name: string, value: string, factory?: string): Message {
  return {
    object_key: name,
    ...(factory !== undefined && { factory_key: factory }),
    // A format string: % begins a command.
    format_string: { text_format_source: { inline_string: value.replaceAll("%", "%%") } },
    shared_with_upstream: "ONCE",
  };
}

function tcpProxy(name: string, cluster: string): NamedExtension {
  return {
    name: "envoy.filters.network.tcp_proxy",
    typed_config: any("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", { stat_prefix: name, cluster }),
  };
}
