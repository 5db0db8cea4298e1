/** What docker-compose.yml and the services in it agree on. */
import { type CallerName, SERVICE_PORT, SERVICES, type WorkloadName } from "../../bookinfo/topology.ts";
import type { AnyServiceName, ServiceName } from "../../bookinfo/topology.ts";
import type { Address } from "../../config/index.ts";

/** The proxies: each has a volume, RUN_FOLDER/<name>, that the agent writes and nobody but the two can read. */
export const PROXIES = ["waypoint", "ztunnel-productpage", "ztunnel-sleep", "ztunnel-pods"] as const;

export type ProxyName = (typeof PROXIES)[number];

export const RUN_FOLDER = "/run/waypost";

/** The bootstrap, in a proxy's volume. */
export const BOOTSTRAP_FILE = "bootstrap.json";

/** The folder with the configuration that a person edits, as `waypoint.yaml`. */
export const CONFIG_FOLDER = "/config";

/** Where the control socket of a pod is, in its own file system: pods that share a network are apart there. */
export const CONTROL_SOCKET = "/tmp/control.sock";

/** Agent and issuer listen there, on every interface of their container. */
export const LISTEN_PORT = 8080;

/** The issuer gives tokens to those who try things out there. */
export const TOKEN_PORT = 8081;

/** Ports for probes and for Prometheus, as Istio's proxies have them. */
export const HEALTH_PORT = 15_021;
export const METRICS_PORT = 15_090;

/** Of the admin interface, which is on the loopback interface only: it could end the process. */
export const ADMIN_PORT = 15_000;

/** OTLP over gRPC and HTTP, as collectors have them. */
export const OTLP_PORTS = { grpc: 4317, http: 4318 } as const;

/** Every interface. */
export const ANY_HOST = "0.0.0.0";

/** The pods behind each Deployment. Those of reviews are one network namespace with their ztunnel, each with its own port. */
export const PODS: Readonly<Record<WorkloadName, Address>> = {
  "reviews-v1": { host: "ztunnel-pods", port: 9081 },
  "reviews-v2": { host: "ztunnel-pods", port: 9082 },
  "reviews-v3": { host: "ztunnel-pods", port: 9083 },
  "ratings-v1": { host: "ratings", port: SERVICE_PORT },
  "details-v1": { host: "details", port: SERVICE_PORT },
};

/** Where a calling pod finds a service: its `/etc/hosts` leads there, and its ztunnel listens there, on the service's port. */
export function loopbackOf(service: AnyServiceName): string {
  return SERVICES[service].vip.replace(/^\d+/, "127");
}

/** Ports of a caller's ztunnel that are published, for requests from outside in the caller's name. */
export const PUBLISHED_PORTS: Readonly<Record<ServiceName, number>> = {
  reviews: 19_080,
  ratings: 19_081,
  details: 19_082,
};

/** The proxy of a caller. */
export function ztunnelOf(caller: CallerName): ProxyName {
  return `ztunnel-${caller}`;
}
