/** `waypost/host`: an Envoy for vitest. See `EnvoyHost`. */
export { EnvoyHost } from "./envoy-host.ts";
export { loadModule, type FilterModule } from "./module.ts";
export { ConfigurationRefused, EnvoyCrash } from "./errors.ts";
export type { Filter } from "./plugin.ts";
export type { ClientResponse, Exchange } from "./exchange.ts";
export type { Step, StreamDriver } from "./stream-driver.ts";
export { grpcFrame } from "./grpc-frame.ts";
export { ResponseFlag, type ResponseFlagName } from "./response-flags.ts";
export { HeaderMap } from "./header-map.ts";
export type { Connection } from "./connection.ts";
export type { LogLine, LogThreshold } from "./log.ts";
export type { LogLevel } from "./abi.ts";
export { Double, Duration, Timestamp, Uint } from "./values.ts";
export type * from "./types.ts";
