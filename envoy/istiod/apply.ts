/**
 * A stand-in for istiod: manifests, as they apply to a cluster, become the settings of a waypoint's services. It knows the kinds and
 * fields that Waypost's demos need, and refuses by name what it does not know.
 */
import { type Address, staticCluster } from "../config/index.ts";
import type { Cluster } from "../config/types.ts";
import type { Service } from "../mesh/service.ts";
import { Attached, type PolicyMesh } from "./attached.ts";
import { AUTHORIZATION_POLICY_FIELDS } from "./authorization-policy.ts";
import { DESTINATION_RULE_FIELDS } from "./destination-rule.ts";
import { HTTP_ROUTE_FIELDS } from "./http-route.ts";
import { type Manifest, nameOf, onlyKnownFields, Refused } from "./manifest.ts";
import { TRAFFIC_EXTENSION_FIELDS, WASM_PLUGIN_FIELDS } from "./plugins.ts";
import { REQUEST_AUTHENTICATION_FIELDS } from "./request-authentication.ts";
import { Routing } from "./routing.ts";
import { TARGET_REF_FIELDS } from "./targets.ts";
import { TELEMETRY_FIELDS } from "./telemetry.ts";
import { VIRTUAL_SERVICE_FIELDS } from "./virtual-service.ts";

/** What istiod knows beside the manifests. */
export interface IstiodMesh extends PolicyMesh {
  /** Where the hosts of ServiceEntries are. */
  hosts: ReadonlyMap<string, Address>;
}

/** What a service's chain and clusters get. */
export type Applied = Pick<Service, "accessLog" | "cluster" | "places" | "routes" | "subsetCluster" | "tracing">;

/** What a waypoint gets. */
export interface WaypointSettings {
  /** By name, of all services of the mesh. */
  services: Readonly<Record<string, Applied>>;
  /** Of ServiceEntries. */
  clusters: readonly Cluster[];
}

const SERVICE_ENTRY_FIELDS = [
  "hosts[]",
  "ports[].number",
  "ports[].targetPort",
  "ports[].name",
  "ports[].protocol",
  "resolution",
];

/** API groups and known fields of resources for traffic. */
const TRAFFIC_KINDS: Kinds = {
  VirtualService: ["networking.istio.io", VIRTUAL_SERVICE_FIELDS],
  DestinationRule: ["networking.istio.io", DESTINATION_RULE_FIELDS],
  HTTPRoute: ["gateway.networking.k8s.io", HTTP_ROUTE_FIELDS],
  ServiceEntry: ["networking.istio.io", SERVICE_ENTRY_FIELDS],
};

/** The same of resources that `targetRefs` attach. */
const ATTACHED_KINDS: Kinds = {
  AuthorizationPolicy: ["security.istio.io", [...TARGET_REF_FIELDS, ...AUTHORIZATION_POLICY_FIELDS]],
  RequestAuthentication: ["security.istio.io", [...TARGET_REF_FIELDS, ...REQUEST_AUTHENTICATION_FIELDS]],
  WasmPlugin: ["extensions.istio.io", WASM_PLUGIN_FIELDS],
  TrafficExtension: ["extensions.istio.io", TRAFFIC_EXTENSION_FIELDS],
  Telemetry: ["telemetry.istio.io", [...TARGET_REF_FIELDS, ...TELEMETRY_FIELDS]],
};

const KINDS: Kinds = { ...TRAFFIC_KINDS, ...ATTACHED_KINDS };

type Kinds = Readonly<Record<string, readonly [group: string, fields: readonly string[]]>>;

/** Throws Refused for what is not translated, and for what fits nothing in the mesh. */
export function applyManifests(manifests: readonly Manifest[], mesh: IstiodMesh): WaypointSettings {
  manifests.forEach(mustBeKnown);
  const routing = new Routing(manifests, mesh);
  const attached = new Attached(
    manifests.filter(({ kind }) => Object.hasOwn(ATTACHED_KINDS, kind)),
    mesh,
  );
  const services = mesh.services.map((service) => {
    return [service.name, { ...routing.settings(service), ...attached.settings(service) }] as const;
  });
  const entries = manifests.filter(({ kind }) => kind === "ServiceEntry");
  return { services: Object.fromEntries(services), clusters: entries.flatMap((entry) => entryClusters(entry, mesh)) };
}

function mustBeKnown(manifest: Manifest): void {
  const { apiVersion, kind } = manifest;
  const [group, fields] = (Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined) ?? [];
  if (fields === undefined || apiVersion.split("/")[0] !== group) {
    throw new Refused(nameOf(manifest), `the demos' stand-in for istiod does not know ${apiVersion} ${kind}`);
  }
  onlyKnownFields(manifest, fields);
}

interface ServiceEntrySpec {
  hosts: string[];
  ports?: { number: number; protocol?: string }[];
}

/** A waypoint's clusters for hosts outside, whose ports speak HTTP. */
function entryClusters(manifest: Manifest, { hosts: addresses }: IstiodMesh): Cluster[] {
  const { hosts, ports = [] } = manifest.spec as ServiceEntrySpec;
  return hosts.flatMap((host, at) => {
    const address = addresses.get(host);
    if (address === undefined) {
      const known = [...addresses.keys()].join(", ");
      throw new Refused(
        `${nameOf(manifest)}: spec.hosts[${at}]`,
        `${host}: nothing stands in for it; expected ${known}`,
      );
    }
    return ports.map(({ number, protocol = "TCP" }, index) => {
      const where = `${nameOf(manifest)}: spec.ports[${index}].protocol`;
      if (protocol !== "HTTP") throw new Refused(where, `${protocol}: expected HTTP`);
      return staticCluster({ name: `inbound-vip|${number}|http|${host}`, endpoints: [address] });
    });
  });
}
