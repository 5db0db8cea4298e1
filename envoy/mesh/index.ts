/** A mesh in Istio's shape around a waypoint: identities, tunnels, services. */
export { CertificateAuthority, spiffeIdOf, writeIdentity } from "./certificates.ts";
export { type IdentityFiles, type Validity, type WorkloadIdentity } from "./certificates.ts";
export { type MeshOptions, type RunningMesh, startMesh } from "./running-mesh.ts";
export { clusterName, type Endpoint, hostOf, type Service, vipAndPort, type Workload } from "./service.ts";
export { CONNECT_TERMINATE, MAIN_INTERNAL, waypoint, type WaypointOptions } from "./waypoint.ts";
export { INBOUND, inboundZtunnel, type InboundOptions, outboundZtunnel, type OutboundOptions } from "./ztunnel.ts";
