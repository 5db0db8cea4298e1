/**
 * A waypoint as istiod makes it (pilot/pkg/networking/core/listener_waypoint.go): tunnels end in `connect_terminate`,
 * `main_internal` finds the service and runs its filters, `connect_originate` opens tunnels to the pods.
 */
import { bootstrap, tcpListener, type BootstrapOptions } from "../config/bootstrap.ts";
import { httpChain } from "../config/http.ts";
import {
  any,
  type Bootstrap,
  type Cluster,
  defined,
  type Listener,
  type Message,
  type NamedExtension,
} from "../config/types.ts";
import { internalCluster, internalListener } from "../config/waypoint.ts";
import { connectRoute, openTunnels, terminateTunnels, tunnelProtocol } from "./hbone.ts";
import type { IdentityFiles } from "./identity-files.ts";
import { clusterName, CONNECT_ORIGINATE, type EndpointFiles, type Service, serviceClusters } from "./service.ts";
import { downstreamTls, upstreamTls } from "./tls.ts";

export interface WaypointOptions extends Pick<BootstrapOptions, "extraStatTags" | "adminPort" | "more"> {
  trustDomain: string;
  /** Its own, and of the pods it opens tunnels to. */
  namespace: string;
  identity: IdentityFiles;
  services: readonly Service[];
  /** Endpoints that change while Envoy runs; default: none do. */
  endpointFiles?: EndpointFiles;
  /** Where pods accept tunnels; default 15008. */
  tunnelPort?: number;
  /** Where the waypoint accepts tunnels; default: port of the system's choice on the loopback interface. */
  port?: number;
  host?: string;
  /** Others than those of the services: for callouts. */
  clusters?: readonly Cluster[];
}

/** The listener that ends callers' tunnels. */
export const CONNECT_TERMINATE = "connect_terminate";

/** The listener that has the services' chains. It has no socket: only what came out of a tunnel reaches it. */
export const MAIN_INTERNAL = "main_internal";

/** The port of HBONE. */
export const HBONE_PORT = 15008;

/** The whole configuration. */
export function waypoint(options: WaypointOptions): Bootstrap {
  const { services, endpointFiles, clusters = [], extraStatTags, adminPort, more } = options;
  return bootstrap({
    listeners: [connectTerminate(options), mainInternal(services), connectOriginate()],
    clusters: [
      internalCluster(MAIN_INTERNAL),
      ...services.flatMap((service) => serviceClusters(service, endpointFiles)),
      connectOriginateCluster(options),
      ...clusters,
    ],
    ...defined({ extraStatTags, adminPort, more }),
  });
}

function connectTerminate({ trustDomain, identity, port, host }: WaypointOptions): Listener {
  const virtualHosts = [{ name: "default", domains: ["*"], routes: [connectRoute(MAIN_INTERNAL)] }];
  const chain = {
    name: "default",
    transport_socket: downstreamTls(identity, { prefix: `spiffe://${trustDomain}/` }),
    filters: [terminateTunnels({ name: CONNECT_TERMINATE, virtualHosts, filters: [connectAuthority()] })],
  };
  // Few connections that live long: each worker gets as many as the others.
  return { ...tcpListener(CONNECT_TERMINATE, [chain], port, host), connection_balance_config: { exact_balance: {} } };
}

/**
 * What `main_internal` gets to know of a tunnel: where it leads, and who opened it (pilot/pkg/xds/filters/filters.go). A stock
 * Envoy does not have `istio.hashable_string`; its own does the same.
 */
function connectAuthority(): NamedExtension {
  const principal = "envoy.hashable_string";
  return {
    name: "connect_authority",
    typed_config: any("envoy.extensions.filters.http.set_filter_state.v3.Config", {
      on_request_headers: [
        filterState("envoy.filters.listener.original_dst.local_ip", "%REQ(:AUTHORITY)%"),
        filterState("envoy.filters.listener.original_dst.remote_ip", "%DOWNSTREAM_REMOTE_ADDRESS%"),
        filterState("io.istio.connect_authority", "%REQ(:AUTHORITY)%", principal),
        filterState("io.istio.peer_principal", "%DOWNSTREAM_PEER_URI_SAN%", principal),
        filterState("io.istio.local_principal", "%DOWNSTREAM_LOCAL_URI_SAN%", principal),
      ],
    }),
  };
}

function filterState(key: string, format: string, factory?: string): Message {
  return {
    object_key: key,
    ...(factory !== undefined && { factory_key: factory }),
    format_string: { text_format_source: { inline_string: format } },
    shared_with_upstream: "ONCE",
  };
}

/** Istio looks at the first bytes, too, where a port declares no protocol; all of ours are HTTP. */
function mainInternal(services: readonly Service[]): Listener {
  const chains = services.map((service) => {
    const { port, places, routes, accessLog, tracing } = service;
    return httpChain(defined({ name: clusterName(service), port, places, routes, accessLog, tracing }));
  });
  return { ...internalListener(MAIN_INTERNAL, chains), filter_chain_matcher: byVipAndPort(services) };
}

/** Finds a chain's name. What leads to no service is closed. */
function byVipAndPort(services: readonly Service[]): Message {
  const vips = [...new Set(services.map(({ vip }) => vip))];
  const rangeMatchers = vips.map((vip) => ({
    ranges: [{ address_prefix: vip, prefix_len: 32 }],
    on_match: { matcher: byPort(services.filter((service) => service.vip === vip)) },
  }));
  return {
    matcher_tree: {
      input: networkInput("DestinationIPInput"),
      custom_match: {
        name: "ip",
        typed_config: any("xds.type.matcher.v3.IPMatcher", { range_matchers: rangeMatchers }),
      },
    },
  };
}

function byPort(services: readonly Service[]): Message {
  const chainFor = (service: Service) => {
    const value = clusterName(service);
    return { action: { name: value, typed_config: any("google.protobuf.StringValue", { value }) } };
  };
  const map = Object.fromEntries(services.map((service) => [String(service.port), chainFor(service)]));
  return { matcher_tree: { input: networkInput("DestinationPortInput"), exact_match_map: { map } } };
}

function networkInput(input: string): NamedExtension {
  return { name: input, typed_config: any(`envoy.extensions.matching.common_inputs.network.v3.${input}`) };
}

function connectOriginate(): Listener {
  const tunnel = openTunnels(CONNECT_ORIGINATE, CONNECT_ORIGINATE, "%DOWNSTREAM_LOCAL_ADDRESS%");
  return {
    ...internalListener(CONNECT_ORIGINATE, [{ filters: [tunnel] }]),
    traffic_direction: "UNSPECIFIED",
    use_original_dst: false,
  };
}

/** Tunnels go to the pod that the connection wanted to reach. */
function connectOriginateCluster(options: WaypointOptions): Cluster {
  const { trustDomain, namespace, identity, tunnelPort = HBONE_PORT } = options;
  return {
    name: CONNECT_ORIGINATE,
    type: "ORIGINAL_DST",
    connect_timeout: "10s",
    lb_policy: "CLUSTER_PROVIDED",
    original_dst_lb_config: { upstream_port_override: tunnelPort },
    transport_socket: upstreamTls(identity, { prefix: `spiffe://${trustDomain}/ns/${namespace}/sa/` }),
    typed_extension_protocol_options: tunnelProtocol(),
  };
}
