/** Pages of Envoy's admin interface on ports that others reach: one each, and nothing else of it. */
import { any, type Bootstrap, type Listener, socketAddress, staticCluster, tcpListener } from "../../config/index.ts";
import { ADMIN_PORT, ANY_HOST, HEALTH_PORT, METRICS_PORT } from "./addresses.ts";

interface Page {
  /** Of the listener. */
  name: string;
  port: number;
  path: string;
  /** The path of the admin interface. */
  leadsTo: string;
}

/** Whether the proxy is ready. */
export const HEALTH: Page = { name: "health", port: HEALTH_PORT, path: "/healthz/ready", leadsTo: "/ready" };

export const METRICS: Page = {
  name: "metrics",
  port: METRICS_PORT,
  path: "/stats/prometheus",
  leadsTo: "/stats/prometheus",
};

const ADMIN_CLUSTER = "admin";

/** The same configuration with its admin interface on ADMIN_PORT, and these pages of it for everybody. */
export function withPages(proxy: Bootstrap, pages: readonly Page[]): Bootstrap {
  const { listeners, clusters } = proxy.static_resources;
  const admin = { host: "127.0.0.1", port: ADMIN_PORT };
  return {
    ...proxy,
    admin: { address: socketAddress(admin) },
    static_resources: {
      listeners: [...listeners, ...pages.map(pageListener)],
      clusters: [...clusters, staticCluster({ name: ADMIN_CLUSTER, endpoints: [admin] })],
    },
  };
}

function pageListener({ name, port, path, leadsTo }: Page): Listener {
  const route = { match: { path }, route: { cluster: ADMIN_CLUSTER, prefix_rewrite: leadsTo } };
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
