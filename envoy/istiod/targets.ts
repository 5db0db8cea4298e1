/** What a waypoint knows of the mesh, and which of its services a resource is attached to (`pilot/pkg/model/policyattachment.go`). */
import { clusterName, hostOf } from "../mesh/service.ts";
import { type Manifest, nameOf, namespaceOf, Refused } from "./manifest.ts";

/** A service behind the waypoint. */
export interface MeshService {
  name: string;
  port: number;
  /** Values of the label `version` of its pods, each of which can be a subset of that name. */
  versions: readonly string[];
}

/** The namespace of a waypoint and all its services. */
export interface MeshNamespace {
  namespace: string;
  /** Name of the waypoint's Gateway. */
  gateway: string;
  services: readonly MeshService[];
}

/** Istio's: policies there are for all of a mesh. */
const ROOT_NAMESPACE = "istio-system";

/** Of Gateways and their classes. */
const GATEWAY_API = "gateway.networking.k8s.io";

interface TargetRef {
  group?: string;
  kind: string;
  name: string;
}

/** Paths in `spec` of what is attached. */
export const TARGET_REF_FIELDS = ["group", "kind", "name"].map((field) => `targetRefs[].${field}`);

/** The services that a resource's `targetRefs` reach. Throws Refused where they reach none: the resource would do nothing. */
export function targetsOf(manifest: Manifest, mesh: MeshNamespace): MeshService[] {
  const { targetRefs = [] } = manifest.spec as { targetRefs?: TargetRef[] };
  const where = `${nameOf(manifest)}: spec.targetRefs`;
  if (targetRefs.length === 0) throw new Refused(where, "missing; without them it reaches no waypoint");
  const reached = targetRefs.flatMap((ref, at) => {
    const services = servicesOf(ref, namespaceOf(manifest.metadata), mesh);
    if (services.length === 0)
      throw new Refused(
        `${where}[${at}]`,
        `${ref.kind} ${ref.name} is none of this mesh, or not in the same namespace`,
      );
    return services;
  });
  return [...new Set(reached)];
}

function servicesOf(
  { group = "", kind, name }: TargetRef,
  namespace: string,
  mesh: MeshNamespace,
): readonly MeshService[] {
  const { services, gateway } = mesh;
  if (kind === "GatewayClass" && group === GATEWAY_API) {
    return namespace === ROOT_NAMESPACE && name === "istio-waypoint" ? services : [];
  }
  if (namespace !== mesh.namespace) return [];
  if (kind === "Gateway") return group === GATEWAY_API && name === gateway ? services : [];
  return kind === "Service" && ["", "core"].includes(group) ? services.filter((service) => service.name === name) : [];
}

/** The service that a host names: `reviews`, or its name in DNS. Throws Refused where there is none. */
export function serviceOf(host: string, { services, namespace }: MeshNamespace, where: string): MeshService {
  const found = services.find(({ name }) => host === name || host === hostOf({ name, namespace }));
  if (found === undefined)
    throw new Refused(where, `${host}: this mesh has ${services.map(({ name }) => name).join(", ")}`);
  return found;
}

/** The cluster of a service, or of one of its subsets. */
export function clusterOf({ name, port }: MeshService, { namespace }: MeshNamespace, subset?: string): string {
  return clusterName({ name, port, namespace }, subset);
}

/** Throws Refused for a resource of a namespace whose routes and rules the waypoint does not read. */
export function inNamespace(manifest: Manifest, { namespace }: MeshNamespace): void {
  if (namespaceOf(manifest.metadata) === namespace) return;
  throw new Refused(`${nameOf(manifest)}: metadata.namespace`, `expected that of the services, ${namespace}`);
}
