/** Services behind a waypoint, and their clusters (pilot/pkg/networking/core/cluster_waypoint.go). */
import { type Address, socketAddress, staticCluster, type UpstreamProtocol } from "../config/clusters.ts";
import { EdsFile } from "../config/eds.ts";
import { type FiltersByPlace, type HttpChain } from "../config/http.ts";
import { any, type Cluster, defined, type Message } from "../config/types.ts";

/** One HTTP port of a service. */
export interface Service {
  name: string;
  namespace: string;
  /** Address (IPv4) that callers have from DNS. Nothing listens there. */
  vip: string;
  port: number;
  endpoints: readonly Endpoint[];
  /** Endpoints by subset: each has a cluster of its own. */
  subsets?: Readonly<Record<string, readonly Endpoint[]>>;
  /** Default `http1`. */
  protocol?: UpstreamProtocol;
  /** The filters that are attached to it. */
  places?: FiltersByPlace;
  /** Default: everything to the cluster of all endpoints. */
  routes?: HttpChain["routes"];
  accessLog?: HttpChain["accessLog"];
  tracing?: HttpChain["tracing"];
  /** Members that replace or add to those of each of its clusters, as a DestinationRule's: `lb_policy`, `circuit_breakers`, … */
  cluster?: Message;
  /** The same for the clusters of subsets, which have those of `cluster` too. */
  subsetCluster?: Readonly<Record<string, Message>>;
}

/** What a service's names are made of. */
export type ServicePort = Pick<Service, "name" | "namespace" | "port">;

/** Where endpoints come from while Envoy runs, by the names of clusters. */
export type EndpointFiles = ReadonlyMap<string, EdsFile>;

/** Where an application listens, and what the mesh knows of its pod. */
export interface Endpoint {
  address: Address;
  workload: Workload;
  /** Its pod is in the mesh: through a tunnel. Default: it is not, and gets plain HTTP. */
  tunnel?: boolean;
}

/** What metrics say of a pod. */
export interface Workload {
  /** Of its Deployment. */
  name: string;
  namespace: string;
  canonicalService: string;
  /** Its label `version`; default `latest`. */
  revision?: string;
  /** Default `Kubernetes`. */
  cluster?: string;
}

/** The internal listener that puts connections to pods into tunnels. */
export const CONNECT_ORIGINATE = "connect_originate";

/** The key under which an endpoint's metadata has the address that its tunnel leads to. */
const ORIGINAL_DST = "envoy.filters.listener.original_dst";

/** The name in DNS. */
export function hostOf({ name, namespace }: Pick<Service, "name" | "namespace">): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** `ip:port` that callers connect to. */
export function vipAndPort({ vip, port }: Pick<Service, "vip" | "port">): string {
  return `${vip}:${port}`;
}

/** The name of its chain, and of its cluster; of a subset's cluster, when one is named. */
export function clusterName(service: ServicePort, subset?: string): string {
  return `inbound-vip|${service.port}|http${subset === undefined ? "" : `/${subset}`}|${hostOf(service)}`;
}

/** The cluster of all endpoints, and that of each subset. `files` has those whose endpoints change; default: none do. */
export function serviceClusters(service: Service, files: EndpointFiles = new Map()): Cluster[] {
  return endpointsByCluster(service).map((one) => {
    const fixed = { ...cluster(service, one), ...service.cluster, ...service.subsetCluster?.[one.subset ?? ""] };
    return files.get(one.name)?.ofCluster(fixed) ?? fixed;
  });
}

/** A file for the endpoints of each cluster of these services, with what they are now. */
export function endpointFiles(folder: string, services: readonly Service[]): EndpointFiles {
  const names = services.flatMap(endpointsByCluster).map(({ name }) => name);
  const files = new Map(names.map((name) => [name, new EdsFile(folder, name)]));
  publishEndpoints(files, services);
  return files;
}

/**
 * Publishes the endpoints of services in place of those before. All else of a service stays as it was. Throws an Error where a
 * cluster's endpoints come from no file.
 */
export function publishEndpoints(files: EndpointFiles, services: readonly Service[]): void {
  for (const { name, endpoints } of services.flatMap(endpointsByCluster)) {
    const file = files.get(name);
    if (file === undefined) throw new Error(`the endpoints of ${name} come from no file: they cannot change`);
    file.publish(endpoints.map(lbEndpoint));
  }
}

interface ClusterEndpoints {
  name: string;
  /** Absent: all of the service's. */
  subset?: string;
  endpoints: readonly Endpoint[];
}

function endpointsByCluster(service: Service): ClusterEndpoints[] {
  const subsets = Object.entries(service.subsets ?? {});
  return [
    { name: clusterName(service), endpoints: service.endpoints },
    ...subsets.map(([subset, endpoints]) => ({ name: clusterName(service, subset), subset, endpoints })),
  ];
}

function cluster(service: Service, { name, subset, endpoints }: ClusterEndpoints): Cluster {
  const services = [{ host: hostOf(service), name: service.name, namespace: service.namespace }];
  const { protocol } = service;
  const metadata = { istio: defined({ services, subset }) };
  return {
    ...staticCluster(defined({ name, endpoints: [], metadata, protocol })),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints.map(lbEndpoint) }] },
    transport_socket: passingMetadata(),
  };
}

function lbEndpoint({ address, workload, tunnel = false }: Endpoint): Message {
  const istio = { workload: workloadMetadata(workload) };
  if (!tunnel) return { endpoint: { address: socketAddress(address) }, metadata: { filter_metadata: { istio } } };
  const target = `${address.host}:${address.port}`;
  return {
    endpoint: {
      address: { envoy_internal_address: { server_listener_name: CONNECT_ORIGINATE, endpoint_id: target } },
    },
    metadata: { filter_metadata: { istio, [ORIGINAL_DST]: { local: target } } },
  };
}

/** Five fields; the revision is empty for `latest` (pilot/pkg/xds/endpoints/endpoint_builder.go). */
function workloadMetadata({ name, namespace, canonicalService, revision, cluster = "Kubernetes" }: Workload): string {
  return [name, namespace, canonicalService, revision === "latest" ? "" : (revision ?? ""), cluster].join(";");
}

/** A transport socket that tells the internal listener behind it what the endpoint's metadata says. */
function passingMetadata(): Message {
  const sockets = "envoy.extensions.transport_sockets";
  return {
    name: "envoy.transport_sockets.internal_upstream",
    typed_config: any(`${sockets}.internal_upstream.v3.InternalUpstreamTransport`, {
      passthrough_metadata: [ORIGINAL_DST, "istio"].map((name) => ({ kind: { host: {} }, name })),
      transport_socket: {
        name: "envoy.transport_sockets.raw_buffer",
        typed_config: any(`${sockets}.raw_buffer.v3.RawBuffer`),
      },
    }),
  };
}
