/** What the tests of the mesh share: Bookinfo with all filters in its waypoint, and requests as its callers send them. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import { type AnyServiceName, Bookinfo, bookinfoClusterName, type CallerName, CALLERS } from "../bookinfo/index.ts";
import type { ServiceSettings } from "../bookinfo/index.ts";
import type { Request } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { ISTIO_LABELS } from "../config/istio-labels.ts";
import { wasmFilter, type HttpFilter, type Route } from "../config/index.ts";
import type { EnvoyProcess } from "../harness/index.ts";
import { Issuer } from "../services/issuer.ts";

/** Headers of answers: the workload whose endpoint the waypoint chose, and what Envoy takes for the caller's address. */
export const WORKLOAD = "x-workload";
export const SOURCE = "x-source";

/** All filters before reviews, and metrics of reviews and ratings. */
export interface MeshWithFilters {
  bookinfo: Bookinfo;
  issuer: Issuer;
  stop: () => Promise<void>;
}

export async function startMeshWithFilters(): Promise<MeshWithFilters> {
  const issuer = await Issuer.start({ algorithms: ["ES256"] });
  try {
    const services = { reviews: reviews(issuer), ratings: ratings() };
    const bookinfo = await Bookinfo.start({ services, extraStatTags: ISTIO_LABELS, envoy: { workers: 2 } });
    const stop = async () => {
      await bookinfo.stop();
      await issuer.stop();
    };
    return { bookinfo, issuer, stop };
  } catch (error) {
    await issuer.stop();
    throw error;
  }
}

/** What came of a request. */
export interface Outcome {
  /** 0: the connection ended without an answer. */
  status: number;
  body: string;
  /** First value of a header of the answer. */
  header: (name: string) => string | undefined;
  /** The pod that got it, and what it got; undefined: none did. */
  upstream: { pod: string; path: string; header: (name: string) => string | undefined } | undefined;
}

/** Sends a request through a caller's ztunnel. */
export function call(bookinfo: Bookinfo, from: CallerName, to: AnyServiceName, request: Partial<Request> = {}) {
  return callPort(bookinfo, bookinfo.port(from, to), request);
}

/** Sends a request to a port that leads to one of Bookinfo's services. */
export async function callPort(bookinfo: Bookinfo, port: number, request: Partial<Request> = {}): Promise<Outcome> {
  const id = randomUUID();
  const headers = [...(request.headers ?? []), ["x-request-id", id] as const];
  const whole = { method: "GET", path: "/reviews/1", authority: "reviews", ...request, headers };
  const answer = await requestOverHttp1(port, whole);
  const seen = bookinfo.seen(id);
  const upstream = seen && {
    pod: seen.pod.name,
    path: seen.request.path,
    header: (name: string) => first(seen.request.headers, name),
  };
  return { ...answer, header: (name) => first(answer.headers, name), upstream };
}

/** The one counter whose name matches. */
export async function counter(envoy: EnvoyProcess, name: string): Promise<number> {
  const values = [...(await envoy.admin.counters(name)).values()];
  if (values.length !== 1) throw new Error(`${values.length} counters match ${name}, expected 1`);
  return values[0] ?? 0;
}

/**
 * productpage may all, sleep only `/open`. productpage has lane v2, all others v1. A token's subject goes to `x-user`, the
 * caller's service account to `x-caller`.
 */
function reviews(issuer: Issuer): ServiceSettings {
  const lane = { name: "x-waypost-lane", string_match: { exact: "v2" } };
  return {
    places: { AUTHN: [pipeline(issuer)], STATS: [metrics()] },
    routes: [
      routeTo(bookinfoClusterName("reviews", "v2"), { headers: [lane] }),
      routeTo(bookinfoClusterName("reviews", "v1")),
    ],
  };
}

function ratings(): ServiceSettings {
  return { places: { STATS: [metrics()] }, routes: [routeTo(bookinfoClusterName("ratings"))] };
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
  const principals = (caller: CallerName) => [CALLERS[caller].slice("spiffe://".length)];
  const from = (caller: CallerName) => [{ source: { principals: principals(caller) } }];
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

function first(headers: readonly (readonly [string, string])[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
