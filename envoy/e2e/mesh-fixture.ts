/** What the tests of the mesh share: services behind a waypoint with all filters, and what they must find. */
import path from "node:path";
import { ISTIO_LABELS } from "../config/istio-labels.ts";
import { wasmFilter, type HttpFilter, type Route } from "../config/index.ts";
import { clusterName, type Endpoint, type RunningMesh, type Service, spiffeIdOf, startMesh } from "../mesh/index.ts";
import { EchoService } from "../services/echo.ts";
import { Issuer } from "../services/issuer.ts";

export const TRUST_DOMAIN = "cluster.local";

/** SPIFFE ids of callers. */
export const CALLERS = {
  productpage: spiffeIdOf(TRUST_DOMAIN, "bookinfo", "bookinfo-productpage"),
  sleep: spiffeIdOf(TRUST_DOMAIN, "default", "sleep"),
} as const;

/** Headers of answers: the workload whose endpoint the waypoint chose, and what Envoy takes for the caller's address. */
export const WORKLOAD = "x-workload";
export const SOURCE = "x-source";

/** `reviews` (v1, and v2 by lane, both behind tunnels) and `ratings` (outside of the mesh), by their names. */
export interface Bookinfo {
  mesh: RunningMesh;
  issuer: Issuer;
  /** Where all endpoints listen. */
  upstream: EchoService;
  stop: () => Promise<void>;
}

export async function startBookinfo(): Promise<Bookinfo> {
  const [upstream, issuer] = await Promise.all([EchoService.start(), Issuer.start({ algorithms: ["ES256"] })]);
  const stopServices = () => Promise.all([upstream.stop(), issuer.stop()]);
  try {
    const services = [reviews(upstream, issuer), ratings(upstream)];
    const mesh = await startMesh({ services, extraStatTags: ISTIO_LABELS, envoy: { workers: 2 } });
    const stop = async () => {
      await mesh.stop();
      await stopServices();
    };
    return { mesh, issuer, upstream, stop };
  } catch (error) {
    await stopServices();
    throw error;
  }
}

/** An endpoint of a workload in namespace `bookinfo`. */
export function endpoint({ port }: { port: number }, service: string, version: string): Endpoint {
  const workload = {
    name: `${service}-${version}`,
    namespace: "bookinfo",
    canonicalService: service,
    revision: version,
  };
  return { address: { host: "127.0.0.1", port }, workload };
}

/**
 * productpage may all, sleep only `/open`. productpage has lane v2. A token's subject goes to `x-user`, the caller's service
 * account to `x-caller`.
 */
function reviews(upstream: EchoService, issuer: Issuer): Service {
  const inMesh = (version: string) => [{ ...endpoint(upstream, "reviews", version), tunnel: true }];
  const service: Service = {
    name: "reviews",
    namespace: "bookinfo",
    vip: "10.96.0.10",
    port: 9080,
    endpoints: inMesh("v1"),
    subsets: { v2: inMesh("v2") },
    places: { AUTHN: [pipeline(issuer)], STATS: [metrics()] },
  };
  const lane = { name: "x-waypost-lane", string_match: { exact: "v2" } };
  const routes = [routeTo(clusterName(service, "v2"), { headers: [lane] }), routeTo(clusterName(service))];
  return { ...service, routes };
}

function ratings(upstream: EchoService): Service {
  const service: Service = {
    name: "ratings",
    namespace: "bookinfo",
    vip: "10.96.0.11",
    port: 9080,
    endpoints: [endpoint(upstream, "ratings", "v1")],
    places: { STATS: [metrics()] },
  };
  return { ...service, routes: [routeTo(clusterName(service))] };
}

function routeTo(cluster: string, match: object = {}): Route {
  const workload = { key: WORKLOAD, value: "%UPSTREAM_METADATA(istio:workload)%" };
  const source = { key: SOURCE, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" };
  return {
    match: { prefix: "/", ...match },
    route: { cluster, timeout: "0s" },
    response_headers_to_add: [{ header: workload }, { header: source }],
  };
}

function pipeline({ url, jwks }: Issuer): HttpFilter {
  const principals = (caller: keyof typeof CALLERS) => [CALLERS[caller].slice("spiffe://".length)];
  const from = (caller: keyof typeof CALLERS) => [{ source: { principals: principals(caller) } }];
  return plugin("waypoint", {
    jwtAuth: {
      jwtRules: [
        { issuer: url, jwks: JSON.stringify(jwks), outputClaimToHeaders: [{ header: "x-user", claim: "sub" }] },
      ],
    },
    authz: {
      policies: [
        { name: "productpage", action: "ALLOW", rules: [{ from: from("productpage") }] },
        { name: "sleep", action: "ALLOW", rules: [{ from: from("sleep"), to: [{ operation: { paths: ["/open"] } }] }] },
      ],
    },
    headerRouter: {
      routes: [
        {
          name: "productpage",
          match: [{ source: { principals: principals("productpage") } }],
          headers: { request: { set: { "x-caller": "{source.serviceAccount}" } } },
          split: { by: { source: "principal" }, lanes: [{ name: "v2", weight: 1 }] },
        },
      ],
    },
  });
}

function metrics(): HttpFilter {
  return plugin("l7-metrics", { labels: "TAGGED" });
}

function plugin(module: string, configuration: object): HttpFilter {
  const file = path.resolve(`build/${module}.wasm`);
  return wasmFilter({ name: `bookinfo.${module}`, file, configuration: JSON.stringify(configuration) });
}
