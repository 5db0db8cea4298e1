/** What answers the requests of the load: Envoy itself, so that nothing but the chain is measured. */
import { any, staticCluster, type Cluster, type Message, type Route } from "../envoy/config/index.ts";

const EVERYTHING: Message = { prefix: "/" };

/** A route that answers 200. */
export function directRoute(match = EVERYTHING): Route {
  return { match, direct_response: { status: 200, body: { inline_string: "ok\n" } } };
}

/** A route that answers 404. */
export const NO_ROUTE: Route = { match: EVERYTHING, direct_response: { status: 404 } };

const CLUSTER = "inbound-vip|80|http|cart.shop.svc.cluster.local";

/** A cluster as istiod makes it for a service, whose name and namespace are in its metadata. */
export const SERVICE: Cluster = {
  ...staticCluster({ name: CLUSTER, endpoints: [] }),
  metadata: {
    filter_metadata: {
      istio: { services: [{ host: "cart.shop.svc.cluster.local", name: "cart", namespace: "shop" }] },
    },
  },
};

/**
 * A route to `SERVICE`, for filters that want to know where a request goes. None gets there: Envoy's fault filter, which is
 * part of a waypoint's chain, answers 200 in its place. An upstream would cost more than what is measured.
 */
export function serviceRoute(match = EVERYTHING): Route {
  const fault = any("envoy.extensions.filters.http.fault.v3.HTTPFault", {
    abort: { http_status: 200, percentage: { numerator: 100 } },
  });
  return { match, route: { cluster: CLUSTER }, typed_per_filter_config: { "envoy.filters.http.fault": fault } };
}
