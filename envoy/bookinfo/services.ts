/** Bookinfo's services as a waypoint has them, with addresses of one's choice: of this machine's ports, or of containers. */
import type { Address } from "../config/clusters.ts";
import { clusterName, type Endpoint, type Service } from "../mesh/service.ts";
import { NAMESPACE, SERVICE_PORT, SERVICES, WORKLOADS } from "./topology.ts";
import type { AnyServiceName, WorkloadName } from "./topology.ts";

/** What differs from an untouched service. */
export type ServiceSettings = Pick<
  Service,
  "places" | "routes" | "accessLog" | "tracing" | "protocol" | "cluster" | "subsetCluster"
>;

/** Settings of the services that are not untouched. */
export type SettingsByService = Readonly<Partial<Record<AnyServiceName, ServiceSettings>>>;

/** Addresses of a workload's pods. */
export type Addresses = Readonly<Record<WorkloadName, readonly Address[]>>;

/** All services. */
export function bookinfoServices(addresses: Addresses, settings: SettingsByService = {}): Service[] {
  return (Object.keys(SERVICES) as AnyServiceName[]).map((name) => serviceOf(name, addresses, settings[name]));
}

/** The waypoint's cluster for a service, or for one of its subsets. */
export function bookinfoClusterName(service: AnyServiceName, subset?: string): string {
  return clusterName({ name: service, namespace: NAMESPACE, port: SERVICE_PORT }, subset);
}

function serviceOf(name: AnyServiceName, addresses: Addresses, settings: ServiceSettings = {}): Service {
  const { vip, workloads, subsets } = SERVICES[name];
  const endpointsOf = (workload: WorkloadName) => addresses[workload].map((address) => endpointOf(workload, address));
  const bySubset = Object.entries(subsets ?? {}).map(([subset, workload]) => [subset, endpointsOf(workload)] as const);
  return {
    name,
    namespace: NAMESPACE,
    vip,
    port: SERVICE_PORT,
    endpoints: workloads.flatMap(endpointsOf),
    ...(bySubset.length > 0 && { subsets: Object.fromEntries(bySubset) }),
    ...settings,
  };
}

function endpointOf(name: WorkloadName, address: Address): Endpoint {
  const { app, version, inMesh } = WORKLOADS[name];
  const workload = { name, namespace: NAMESPACE, canonicalService: app, revision: version };
  return { address, workload, tunnel: inMesh };
}
