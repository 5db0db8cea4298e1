/** What Bookinfo consists of: services, the workloads behind them, and who calls. */
import { spiffeIdOf } from "../mesh/certificates.ts";

export const TRUST_DOMAIN = "cluster.local";
export const NAMESPACE = "bookinfo";

export type ServiceName = "reviews" | "ratings" | "details";
/** The services that tests and demonstrations call, and one for each version of reviews: for the backendRefs of an HTTPRoute. */
export type AnyServiceName = ServiceName | "reviews-v1" | "reviews-v2" | "reviews-v3";
export type CallerName = "productpage" | "sleep";
export type WorkloadName = "reviews-v1" | "reviews-v2" | "reviews-v3" | "ratings-v1" | "details-v1";

/** SPIFFE ids of those who call. */
export const CALLERS: Readonly<Record<CallerName, string>> = {
  productpage: spiffeIdOf(TRUST_DOMAIN, NAMESPACE, "bookinfo-productpage"),
  sleep: spiffeIdOf(TRUST_DOMAIN, "default", "sleep"),
};

/** SPIFFE ids of the waypoint, and of the pods that it opens tunnels to. */
export const WAYPOINT_ID = spiffeIdOf(TRUST_DOMAIN, NAMESPACE, "waypoint");
export const POD_ID = spiffeIdOf(TRUST_DOMAIN, NAMESPACE, "bookinfo-reviews");

/** The Deployments behind the services. */
export const WORKLOADS = {
  "reviews-v1": { app: "reviews", version: "v1", inMesh: true },
  "reviews-v2": { app: "reviews", version: "v2", inMesh: true },
  "reviews-v3": { app: "reviews", version: "v3", inMesh: true },
  "ratings-v1": { app: "ratings", version: "v1", inMesh: false },
  "details-v1": { app: "details", version: "v1", inMesh: false },
} as const satisfies Record<
  WorkloadName,
  { app: ServiceName; version: string; /** Behind a tunnel. */ inMesh: boolean }
>;

/** What a service is reached by, and what is behind it. */
export interface ServiceDescription {
  /** Nothing listens there. */
  vip: string;
  workloads: readonly WorkloadName[];
  /** The subsets of its DestinationRule, by label `version`. */
  subsets?: Readonly<Record<string, WorkloadName>>;
}

/** The port of all services. */
export const SERVICE_PORT = 9080;

export const SERVICES: Readonly<Record<AnyServiceName, ServiceDescription>> = {
  reviews: {
    vip: "10.96.0.10",
    workloads: ["reviews-v1", "reviews-v2", "reviews-v3"],
    subsets: { v1: "reviews-v1", v2: "reviews-v2", v3: "reviews-v3" },
  },
  ratings: { vip: "10.96.0.11", workloads: ["ratings-v1"] },
  details: { vip: "10.96.0.12", workloads: ["details-v1"] },
  "reviews-v1": { vip: "10.96.0.21", workloads: ["reviews-v1"] },
  "reviews-v2": { vip: "10.96.0.22", workloads: ["reviews-v2"] },
  "reviews-v3": { vip: "10.96.0.23", workloads: ["reviews-v3"] },
};
