/**
 * What the tests of l7-metrics in Envoy share: a waypoint's chain with authz and header-router in front of it, services of
 * every kind of fate, and the series that Prometheus would read.
 */
import net from "node:net";
import path from "node:path";
import { requestOverHttp1 } from "../client/http1.ts";
import type { Request } from "../client/answer.ts";
import {
  bootstrap,
  httpChain,
  internalCluster,
  internalListener,
  outerListener,
  routeTo,
  staticCluster,
  wasmFilter,
  type HttpFilter,
  type Message,
} from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { EchoService } from "../services/echo.ts";
import { GrpcEchoService } from "../services/grpc.ts";

/** Callers, by the names of their listeners. */
export const CALLERS = {
  sleep: "spiffe://cluster.local/ns/default/sa/sleep",
  productpage: "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-productpage",
} as const;

export type Caller = keyof typeof CALLERS;

const WAYPOINT = "spiffe://cluster.local/ns/default/sa/waypoint";

/** Names of chain and of clusters. */
const clusterOf = (service: string) => `inbound-vip|80|http|${service}.default.svc.cluster.local`;

/** GET and HEAD of a user; everything else is no operation. */
export const OPERATIONS = [
  { name: "get_user", match: [{ method: { in: ["GET", "HEAD"] }, uri: { template: "/users/{id}" } }] },
  { name: "create_user", match: [{ method: { exact: "POST" }, uri: { exact: "/users" } }] },
  { name: "echo", match: [{ uri: { prefix: "/waypost.Echo/" } }] },
];

export interface Mesh {
  envoy: EnvoyProcess;
  /** Port for a caller. */
  port: (caller: Caller) => number;
  stop: () => Promise<void>;
}

/**
 * A waypoint with services: `reviews` echoes, `ratings` speaks gRPC, `broken` breaks connections off, nobody is at `gone`.
 * `/users/secret…` is for nobody; who sends `x-beta` has the lane `v2`.
 *
 * @param configuration  of l7-metrics
 * @param extraStatTags  labels that Envoy takes out of names, as Istio's annotation has them
 * @param more  members of the bootstrap
 */
export async function startMesh(
  configuration: object,
  extraStatTags: readonly string[] = [],
  more: Message = {},
): Promise<Mesh> {
  const echo = await EchoService.start();
  const grpc = await GrpcEchoService.start();
  const broken = await breakingOff();
  const gone = await breakingOff();
  await gone.stop();
  const stopServices = async () => {
    grpc.stop();
    await Promise.all([echo.stop(), broken.stop()]);
  };
  const clusters = [
    serviceCluster("reviews", echo.port),
    serviceCluster("ratings", grpc.port, "http2"),
    serviceCluster("broken", broken.port),
    serviceCluster("gone", gone.port),
  ];
  const routes = [
    routeTo(clusterOf("reviews"), "/users"),
    routeTo(clusterOf("ratings"), "/waypost.Echo/"),
    routeTo(clusterOf("broken"), "/broken"),
    routeTo(clusterOf("gone"), "/gone"),
  ];
  const chain = httpChain({
    name: clusterOf("reviews"),
    routes,
    places: { AUTHZ: [authz(), headerRouter()], STATS: [plugin("l7-metrics", configuration)] },
  });
  const inner = internalListener("main_internal", [chain]);
  const outer = Object.entries(CALLERS).map(([name, principal]) =>
    outerListener(name, "main_internal", {
      principal,
      localPrincipal: WAYPOINT,
      destination: "10.96.0.10:80",
      source: "10.1.2.3:40000",
    }),
  );
  try {
    const envoy = await EnvoyProcess.start({
      config: bootstrap({
        listeners: [inner, ...outer],
        clusters: [internalCluster("main_internal"), ...clusters],
        extraStatTags,
        more: { stats_flush_on_admin: true, ...more },
      }),
      workers: 2,
      logLevel: "warn",
    });
    const stop = async () => {
      await envoy.stop();
      await stopServices();
    };
    return { envoy, port: (caller) => envoy.port(caller), stop };
  } catch (error) {
    await stopServices();
    throw error;
  }
}

/** Sends a request over HTTP/1.1, and gives its status; 0: there was no answer. */
export async function status(port: number, target: string, request: Partial<Request> = {}): Promise<number> {
  const answer = await requestOverHttp1(port, { method: "GET", authority: "reviews", ...request, path: target });
  return answer.status;
}

/** Lines of the Prometheus text by name and labels; of histograms the counts alone, because sums and buckets vary. */
export async function series(envoy: EnvoyProcess): Promise<Map<string, number>> {
  const text = await envoy.admin.prometheus();
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name = "", labels = "", value = ""] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    // Envoy's own are of no interest here, but where a metric of ours hides among them.
    if (!/waypost|istio_|wasm/.test(line) || line.startsWith("#") || /_(bucket|sum)$/.test(name)) continue;
    found.set(seriesName(name, labelsOf(labels)), Number(value));
  }
  return found;
}

/** A metric and its labels, as a Prometheus text has them, but in alphabetical order. */
export function seriesName(metric: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${metric}{${sorted.map(([label, value]) => `${label}="${value}"`).join(",")}}`;
}

/** The labels of a series, by name. */
export function labelsOf(series: string): Record<string, string> {
  const labels = series.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...labels].map(([, label = "", value = ""]) => [label, value]));
}

function plugin(module: string, configuration: object): HttpFilter {
  const file = path.resolve(`build/${module}.wasm`);
  return wasmFilter({ name: `default.${module}`, file, configuration: JSON.stringify(configuration) });
}

function authz(): HttpFilter {
  const rules = [
    { to: [{ operation: { paths: ["/users/secret*"] } }] },
    { to: [{ operation: { methods: ["DELETE"] } }] },
  ];
  return plugin("authz", { policies: [{ name: "secrets", action: "DENY", rules }], publishDecision: true });
}

function headerRouter(): HttpFilter {
  const split = { by: { header: "x-beta" }, lanes: [{ name: "v2", weight: 1 }] };
  return plugin("header-router", { routes: [{ name: "beta", match: [{ headers: { "x-beta": {} } }], split }] });
}

function serviceCluster(service: string, port: number, protocol: "http1" | "http2" = "http1") {
  const host = `${service}.default.svc.cluster.local`;
  return staticCluster({
    name: clusterOf(service),
    endpoints: [{ host: "127.0.0.1", port }],
    protocol,
    metadata: { istio: { services: [{ host, name: service, namespace: "default" }] } },
    endpointMetadata: { istio: { workload: `${service}-v1;default;${service};v1;Kubernetes` } },
  });
}

/** A server that takes connections and breaks each off when the first bytes have come. */
async function breakingOff(): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
