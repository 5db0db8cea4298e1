/** Bookinfo, Istio's example application, around a waypoint: its one description, and all of it running on this machine. */
export { Bookinfo, type BookinfoOptions } from "./bookinfo.ts";
export { type AppName, type Fault, Pod, type PodOptions } from "./pod.ts";
export { bookinfoClusterName, bookinfoServices, type ServiceSettings, type SettingsByService } from "./services.ts";
export { CALLERS, NAMESPACE, POD_ID, SERVICES, TRUST_DOMAIN, WAYPOINT_ID, WORKLOADS } from "./topology.ts";
export { type AnyServiceName, type CallerName, type ServiceName, type WorkloadName } from "./topology.ts";
