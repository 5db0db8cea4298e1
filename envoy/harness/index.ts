/** Runs real Envoys. */
export { AccessLogFile } from "./access-log.ts";
export { Admin, type Histogram, type Stats } from "./admin.ts";
export { runLoad, startLoad, type Load, type LoadOptions, type LoadReport } from "./load.ts";
export { EnvoyLog, type EnvoyLogLine, type LogLevel } from "./logs.ts";
export { EnvoyFailed, EnvoyProcess, type EnvoyOptions } from "./process.ts";
