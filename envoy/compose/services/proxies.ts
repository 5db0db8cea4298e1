/** The configurations of the proxies in docker compose: the mesh of `npm start`, between containers found by name. */
import { type Addresses, bookinfoServices } from "../../bookinfo/services.ts";
import { CALLERS, NAMESPACE, POD_ID, SERVICE_PORT, SERVICES, TRUST_DOMAIN } from "../../bookinfo/topology.ts";
import { type AnyServiceName, type CallerName, WAYPOINT_ID } from "../../bookinfo/topology.ts";
import { dnsCluster, socketAddress, WAYPOST_TAGS } from "../../config/index.ts";
import type { Bootstrap, Cluster, HttpFilter, Listener } from "../../config/index.ts";
import { DEFAULT_VERSION } from "../../find-envoy.ts";
import { isOlder } from "../../find-program.ts";
import { configurationFor } from "../../harness/older.ts";
import { routesByLane } from "../../local/lanes.ts";
import { ISSUER_CLUSTER } from "../../local/names.ts";
import { type EndpointFiles, HBONE_PORT, type IdentityFiles, inboundZtunnel } from "../../mesh/index.ts";
import { outboundZtunnel, type Service, waypoint } from "../../mesh/index.ts";
import { ANY_HOST, LISTEN_PORT, loopbackOf, OTLP_PORTS, PODS, type ProxyName, PUBLISHED_PORTS } from "./addresses.ts";
import { HEALTH, METRICS, withPages } from "./pages.ts";

/** Who each proxy is. */
export const IDENTITIES: Readonly<Record<ProxyName, string>> = {
  waypoint: WAYPOINT_ID,
  "ztunnel-productpage": CALLERS.productpage,
  "ztunnel-sleep": CALLERS.sleep,
  "ztunnel-pods": POD_ID,
};

const COLLECTOR = "otel-collector";

/** Formats in tags of spans; an Envoy that does not know them refuses its whole configuration. */
const OLDEST_WITH_TAGS = [1, 37] as const;

/** The version of Envoy that the tag of its image names; where it names none, one that knows all. */
export function versionOf(image: string): string {
  return /v(\d+\.\d+\.\d+)/.exec(image)?.[1] ?? DEFAULT_VERSION;
}

/**
 * The services as the waypoint has them.
 *
 * @param addresses  of the pods, as far as they are known
 * @param filter     the plugin's entry, for phase AUTHN; it is attached to reviews
 * @param version    of Envoy
 */
export function composeServices(addresses: Addresses, filter: HttpFilter, version: string): Service[] {
  const tags = isOlder(version, OLDEST_WITH_TAGS) ? {} : WAYPOST_TAGS;
  const tracing = { cluster: COLLECTOR, protocol: "grpc", serviceName: "waypoint.bookinfo", tags } as const;
  return bookinfoServices(addresses, {
    reviews: { places: { AUTHN: [filter] }, routes: routesByLane(), tracing },
    ratings: { tracing },
    details: { tracing },
  });
}

export interface WaypointParts {
  identity: IdentityFiles;
  services: readonly Service[];
  endpointFiles: EndpointFiles;
  /** Of Envoy. */
  version: string;
}

export function composeWaypoint({ version, ...parts }: WaypointParts): Bootstrap {
  const proxy = waypoint({
    ...parts,
    trustDomain: TRUST_DOMAIN,
    namespace: NAMESPACE,
    port: HBONE_PORT,
    host: ANY_HOST,
    clusters: [
      dnsCluster({ name: ISSUER_CLUSTER, endpoints: [{ host: "issuer", port: LISTEN_PORT }] }),
      collectorCluster(),
    ],
  });
  return configurationFor(version, withPages(proxy, [HEALTH, METRICS]));
}

/** The ztunnel of a calling pod. */
export function composeCaller(caller: CallerName, identity: IdentityFiles): Bootstrap {
  const services = Object.entries(SERVICES).map(([name, { vip }]) => ({ name, vip, port: SERVICE_PORT }));
  const proxy = outboundZtunnel({
    identity,
    waypoint: { host: "waypoint", port: HBONE_PORT },
    waypointId: WAYPOINT_ID,
    services,
  });
  proxy.static_resources.listeners = proxy.static_resources.listeners.map(atItsService);
  return withPages(proxy, [HEALTH]);
}

/** The ztunnel in front of the pods of reviews. */
export function composePods(identity: IdentityFiles): Bootstrap {
  const behindTunnels = Object.values(PODS).filter(({ host }) => host === ("ztunnel-pods" satisfies ProxyName));
  // The address of a container is not known here, and changes.
  const applications = behindTunnels.map(({ port }) => ({ host: "127.0.0.1", port, authority: `*:${port}` }));
  const proxy = inboundZtunnel({ identity, trustDomain: TRUST_DOMAIN, applications, port: HBONE_PORT, host: ANY_HOST });
  return withPages(proxy, [HEALTH]);
}

/** A caller's listener for a service, where its pod looks for the service, and where requests from outside come. */
function atItsService(listener: Listener): Listener {
  const service = listener.name as AnyServiceName;
  const published = new Map(Object.entries(PUBLISHED_PORTS)).get(service);
  return {
    ...listener,
    address: socketAddress({ host: loopbackOf(service), port: SERVICE_PORT }),
    ...(published !== undefined && {
      additional_addresses: [{ address: socketAddress({ host: ANY_HOST, port: published }) }],
    }),
  };
}

/** While nothing has its name, spans are dropped, and nothing waits for it. */
function collectorCluster(): Cluster {
  const endpoints = [{ host: COLLECTOR, port: OTLP_PORTS.grpc }];
  return { ...dnsCluster({ name: COLLECTOR, endpoints, protocol: "http2" }), wait_for_warm_on_init: false };
}
