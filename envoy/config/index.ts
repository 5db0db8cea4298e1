/** Envoy configurations in the shape of an Istio waypoint. */
export { fileAccessLog, type AccessLogEntry } from "./access-log.ts";
export { bootstrap, tcpListener, type BootstrapOptions } from "./bootstrap.ts";
export { dnsCluster, socketAddress, staticCluster } from "./clusters.ts";
export { type Address, type ClusterOptions, type UpstreamProtocol } from "./clusters.ts";
export { EcdsFile } from "./ecds.ts";
export { LdsFile } from "./lds.ts";
export {
  httpChain,
  jwtAuthn,
  routeTo,
  waypointHttpFilters,
  PLACES,
  type FiltersByPlace,
  type HttpChain,
  type Place,
} from "./http.ts";
export { SPANS_AT_ONCE, WAYPOST_TAGS, type Tracing } from "./tracing.ts";
export { any, type Any, type Bootstrap, type Cluster, type FilterChain, type HttpFilter } from "./types.ts";
export { type Listener, type Message, type NamedExtension, type Route } from "./types.ts";
export { internalCluster, internalListener, outerListener, peerPrincipal, type Caller } from "./waypoint.ts";
export { wasmConfig, wasmFilter, type FailurePolicy, type WasmPlugin } from "./wasm.ts";
