/** The configuration of the waypoint in docker compose: the chain of `npm start`, between services found by name. */
import {
  any,
  bootstrap,
  dnsCluster,
  httpChain,
  staticCluster,
  tcpListener,
  type Bootstrap,
  type Cluster,
  type HttpFilter,
  type Listener,
} from "../../config/index.ts";
import { ISSUER_CLUSTER, REVIEWS } from "../../local/names.ts";
import { routesByLane, type UpstreamName } from "../../local/upstreams.ts";
import { ADMIN_PORT, ANY_HOST, SERVICE_PORT, WAYPOINT_PORTS } from "./addresses.ts";

const CHAIN = `inbound-vip|80|http|${REVIEWS.host}`;

const ADMIN_CLUSTER = "admin";

/** @param filter  the plugin's entry, for phase AUTHN */
export function composeBootstrap(filter: HttpFilter): Bootstrap {
  const chain = httpChain({ name: CHAIN, places: { AUTHN: [filter] }, routes: routesByLane() });
  const issuer = { host: "issuer", port: SERVICE_PORT };
  return bootstrap({
    listeners: [
      tcpListener("waypoint", [chain], WAYPOINT_PORTS.http, ANY_HOST),
      adminListener("health", WAYPOINT_PORTS.health, { path: "/healthz/ready", rewrite: "/ready" }),
      adminListener("metrics", WAYPOINT_PORTS.metrics, { path: "/stats/prometheus", rewrite: "/stats/prometheus" }),
    ],
    clusters: [
      reviews("stable"),
      reviews("canary"),
      dnsCluster({ name: ISSUER_CLUSTER, endpoints: [issuer] }),
      staticCluster({ name: ADMIN_CLUSTER, endpoints: [{ host: "127.0.0.1", port: ADMIN_PORT }] }),
    ],
    adminPort: ADMIN_PORT,
  });
}

function reviews(version: UpstreamName): Cluster {
  const endpoints = [{ host: `reviews-${version}`, port: SERVICE_PORT }];
  return dnsCluster({
    name: version,
    endpoints,
    protocol: "downstream",
    // What istiod says of the service; l7-metrics has its labels from there.
    metadata: { istio: { services: [REVIEWS] } },
  });
}

/** One page of the admin interface for everybody, and nothing else of it. */
function adminListener(name: string, port: number, page: { path: string; rewrite: string }): Listener {
  const route = { match: { path: page.path }, route: { cluster: ADMIN_CLUSTER, prefix_rewrite: page.rewrite } };
  const router = any("envoy.extensions.filters.http.router.v3.Router");
  const manager = {
    stat_prefix: name,
    http_filters: [{ name: "envoy.filters.http.router", typed_config: router }],
    route_config: { virtual_hosts: [{ name, domains: ["*"], routes: [route] }] },
  };
  const type = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  const filter = { name: "envoy.filters.network.http_connection_manager", typed_config: any(type, manager) };
  return tcpListener(name, [{ filters: [filter] }], port, ANY_HOST);
}
