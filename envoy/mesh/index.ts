/** A mesh in Istio's shape around a waypoint: identities, tunnels, services. */
export { CertificateAuthority, spiffeIdOf, type Validity, type WorkloadIdentity } from "./certificates.ts";
export { IdentityFiles } from "./identity-files.ts";
export { type MeshOptions, type RunningMesh, startMesh } from "./running-mesh.ts";
export { clusterName, endpointFiles, hostOf, publishEndpoints, vipAndPort } from "./service.ts";
export { type Endpoint, type EndpointFiles, type Service, type ServicePort, type Workload } from "./service.ts";
export { CONNECT_TERMINATE, HBONE_PORT, MAIN_INTERNAL, waypoint, type WaypointOptions } from "./waypoint.ts";
export { INBOUND, inboundZtunnel, type InboundOptions, outboundZtunnel, type OutboundOptions } from "./ztunnel.ts";
