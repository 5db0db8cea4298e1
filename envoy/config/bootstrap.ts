/** A whole configuration of Envoy. */
import { socketAddress } from "./clusters.ts";
import { any, type Bootstrap, type Cluster, type FilterChain, type Listener, type Message } from "./types.ts";

export interface BootstrapOptions {
  listeners: readonly Listener[];
  clusters: readonly Cluster[];
  /** Names of labels: Istio's `extraStatTags`. */
  extraStatTags?: readonly string[];
  /** Port of the admin interface; default: the system's choice. */
  adminPort?: number;
  /** Members that replace or add to those of the bootstrap; layers of `layered_runtime` come after its own. */
  more?: Message & { layered_runtime?: { layers: readonly Message[] } };
}

/** A bootstrap with statistics named and tagged as in an Istio proxy. */
export function bootstrap({
  listeners,
  clusters,
  extraStatTags = [],
  adminPort = 0,
  more: { layered_runtime, ...more } = {},
}: BootstrapOptions): Bootstrap {
  const hasInternal = listeners.some((listener) => "internal_listener" in listener);
  const layers = [...(hasInternal ? [TUNNELS_END_IN_ORDER] : []), ...(layered_runtime?.layers ?? [])];
  return {
    node: { id: "waypoint", cluster: "waypoint" },
    admin: { address: socketAddress({ host: "127.0.0.1", port: adminPort }) },
    stats_config: { use_all_default_tags: false, stats_tags: statTags(extraStatTags) },
    overload_manager: { resource_monitors: [unlimitedConnections()] },
    ...(hasInternal && internalListeners()),
    ...(layers.length > 0 && { layered_runtime: { layers } }),
    static_resources: { listeners: [...listeners], clusters: [...clusters] },
    ...more,
  };
}

/**
 * A TCP listener, on the loopback interface unless `host` says otherwise. `port` 0, the default: the system's choice;
 * `EnvoyProcess.port` tells.
 */
export function tcpListener(name: string, chains: readonly FilterChain[], port = 0, host = "127.0.0.1"): Listener {
  return { name, address: socketAddress({ host, port }), filter_chains: [...chains] };
}

/** What a process with internal listeners needs. */
function internalListeners(): Message {
  const type = "envoy.extensions.bootstrap.internal_listener.v3.InternalListener";
  return { bootstrap_extensions: [{ name: "envoy.bootstrap.internal_listener", typed_config: any(type) }] };
}

/**
 * Internal listeners reset connections that they close in good order, and the tcp_proxy in front of ours would pass that on
 * before it has passed on the answer; a waypoint has no tcp_proxy there.
 */
const TUNNELS_END_IN_ORDER: Message = {
  name: "static",
  static_layer: { "envoy.reloadable_features.propagate_upstream_rst_through_tunneled_tcp_proxy": false },
};

/** No limit, and no warning that there is none. */
function unlimitedConnections(): Message {
  const type = "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig";
  return {
    name: "envoy.resource_monitors.global_downstream_max_connections",
    typed_config: any(type, { max_active_downstream_connections: "2147483647" }),
  };
}

/** The tags that Istio's bootstrap template defines and that Wasm metrics, or our tests, can meet. */
function statTags(extra: readonly string[]): Message[] {
  return [
    ...extra.map((name) => ({ tag_name: name, regex: `(${name}=\\.=(.*?);\\.;)` })),
    { tag_name: "cluster_name", regex: "^cluster(\\.(.+);)" },
    {
      tag_name: "http_conn_manager_prefix",
      regex: "^http\\.(((?:[_.[:digit:]\\w]*|[_\\[\\]aAbBcCdDeEfF[:digit:]\\w\\:]*));\\.)",
    },
    { tag_name: "response_code", regex: "_rq(_(\\d{3}))$" },
    { tag_name: "response_code_class", regex: "_rq(_(\\dxx))$" },
    { tag_name: "cache", regex: "(cache\\.(.+?)\\.)" },
    { tag_name: "component", regex: "(component\\.(.+?)\\.)" },
    { tag_name: "tag", regex: "(tag\\.(.+?);\\.)" },
    { tag_name: "wasm_filter", regex: "(wasm_filter\\.(.+?)\\.)" },
  ];
}
