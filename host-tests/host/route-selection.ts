/** The router's choice for a request: a route, and the cluster that it leads to. */
import type { EnvoyHost } from "./envoy-host.ts";
import type { HeaderMap } from "./header-map.ts";
import type { RouteInit, UpstreamInit } from "./types.ts";

/** Where a route without a cluster leads. */
const DEFAULT_CLUSTER = "upstream";

/** A route as it was found for certain headers. */
export interface SelectedRoute {
  readonly init: RouteInit;
  /** `undefined`: the headers name none, or one that there is not. */
  readonly cluster: UpstreamInit | undefined;
}

/** The first route that fits. Without these headers Envoy does not look for a route at all. */
export function selectRoute(host: EnvoyHost, headers: HeaderMap): SelectedRoute | undefined {
  if (!headers.has(":path") || !headers.has("x-forwarded-proto")) return undefined;
  const init = host.routes.find((route) => route.match?.(headers) ?? true);
  if (init === undefined) return undefined;
  const { cluster = DEFAULT_CLUSTER } = init;
  const name = typeof cluster === "string" ? cluster : cluster(headers);
  return { init, cluster: name === undefined ? undefined : findUpstream(host, name) };
}

function findUpstream({ options: { upstreams } }: EnvoyHost, name: string): UpstreamInit | undefined {
  if (upstreams === undefined) return { name };
  const described = upstreams.map((upstream) => (typeof upstream === "string" ? { name: upstream } : upstream));
  return described.find((upstream) => upstream.name === name);
}
