/**
 * A waypoint with all filters in front of two services: `reviews`, over HTTP in two lanes, and `ratings`, over gRPC. What the
 * test of the queries and the picture of the dashboard send their traffic through.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata } from "@grpc/grpc-js";
import { requestOverHttp1 } from "../client/http1.ts";
import { ISTIO_LABELS } from "../config/istio-labels.ts";
import { bootstrap, httpChain, routeTo, staticCluster, tcpListener, wasmFilter } from "../config/index.ts";
import type { Cluster, Message, Route } from "../config/index.ts";
import { GrpcUpstream } from "../conformance/grpc-upstream.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { EchoService } from "../services/echo.ts";
import { GrpcEchoClient, GrpcEchoService } from "../services/grpc.ts";
import { Issuer } from "../services/issuer.ts";

export type LabelFormat = "BUILTIN" | "TAGGED";

/** What a request over HTTP is made of. */
export interface HttpRequest {
  method?: "GET" | "DELETE";
  path: string;
  /** Default v1. */
  lane?: "v1" | "v2";
  /** What `reviews` answers; default 200. */
  status?: number;
  /** Milliseconds that `reviews` takes for its answer; default: none. */
  delay?: number;
  /** Default: none. */
  token?: "valid" | "expired";
}

export const NAMESPACE = "bookinfo";

const SERVICE_CHAIN = `inbound-vip|80|http|reviews.${NAMESPACE}.svc.cluster.local`;
const ISSUER_CLUSTER = "issuer";
const FAILING = { prefix: "/", headers: [{ name: "x-fail", string_match: { exact: "true" } }] };
const GRPC_UNAVAILABLE = 14;
const HOUR = 3_600;

/** Milliseconds after which Envoy's histograms show what workers counted; its default of 5 s is long for a test. */
const FLUSH_INTERVAL = 100;

/** Everything that runs. */
interface Parts {
  envoy: EnvoyProcess;
  reviews: EchoService;
  ratings: GrpcEchoService;
  failing: GrpcUpstream;
  issuer: Issuer;
  grpc: GrpcEchoClient;
  tokens: Record<NonNullable<HttpRequest["token"]>, string>;
}

export class DemoMesh {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param statsConfig  what Envoy's `stats_config` has beside the expressions for labels */
  static async start(labels: LabelFormat, statsConfig: Message = {}): Promise<DemoMesh> {
    const [reviews, ratings, failing, issuer] = await Promise.all([
      EchoService.start({ remembers: 0 }),
      GrpcEchoService.start(),
      GrpcUpstream.start({ status: GRPC_UNAVAILABLE }),
      Issuer.start({ algorithms: ["ES256"] }),
    ]);
    const ports = { reviews: reviews.port, ratings: ratings.port, failing: failing.port, issuer: issuer.port };
    const chain = httpChain({ name: SERVICE_CHAIN, places: { AUTHN: [plugin(labels, issuer)] }, routes: routes() });
    const config = bootstrap({
      listeners: [tcpListener("waypoint", [chain])],
      clusters: clusters(ports),
      more: { stats_flush_interval: `${FLUSH_INTERVAL / 1_000}s` },
      extraStatTags: labels === "TAGGED" ? [...ISTIO_LABELS, "operation", "lane"] : [],
    });
    config.stats_config = { ...config.stats_config, ...statsConfig };
    const envoy = await EnvoyProcess.start({ config });
    const tokens = { valid: await issuer.mint(), expired: await issuer.mint({ lifetime: -HOUR }) };
    const grpc = new GrpcEchoClient(envoy.port("waypoint"));
    return new DemoMesh({ envoy, reviews, ratings, failing, issuer, grpc, tokens });
  }

  /** `host:port` of Envoy's admin interface, which Prometheus scrapes. */
  get metrics(): string {
    return this.#parts.envoy.admin.address;
  }

  /** The page that Prometheus scrapes. */
  metricsPage(): Promise<string> {
    return this.#parts.envoy.admin.prometheus();
  }

  /** Sends a request to `reviews` and gives the answer's status. */
  async get({ method = "GET", path: target, lane = "v1", status, delay, token }: HttpRequest): Promise<number> {
    const { envoy, tokens } = this.#parts;
    const headers: [string, string][] = [["x-want-lane", lane]];
    if (status !== undefined) headers.push(["x-echo-status", String(status)]);
    if (delay !== undefined) headers.push(["x-echo-delay", String(delay)]);
    if (token !== undefined) headers.push(["authorization", `Bearer ${tokens[token]}`]);
    const request = { method, path: target, authority: "reviews", headers };
    return (await requestOverHttp1(envoy.port("waypoint"), request)).status;
  }

  /** Calls `ratings` and gives the gRPC status. */
  async call({ fails = false } = {}): Promise<number> {
    const metadata = new Metadata();
    if (fails) metadata.set("x-fail", "true");
    return (await this.#parts.grpc.unary(Buffer.from("rating"), metadata)).code;
  }

  /** Waits until Envoy shows all that has been answered: streams end after their answers, histograms come with a flush. */
  async settled(): Promise<void> {
    const { admin } = this.#parts.envoy;
    const inFlight = async () => [...(await admin.stats("requests_in_flight")).values()];
    while ((await inFlight()).some((count) => count > 0)) await sleep(FLUSH_INTERVAL);
    await sleep(3 * FLUSH_INTERVAL);
  }

  async stop(): Promise<void> {
    const { envoy, reviews, ratings, failing, issuer, grpc } = this.#parts;
    grpc.close();
    await envoy.stop();
    ratings.stop();
    await Promise.all([reviews.stop(), failing.stop(), issuer.stop()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function plugin(labels: LabelFormat, issuer: Issuer) {
  return wasmFilter({
    name: `${NAMESPACE}.waypoint`,
    file: path.resolve("build/waypoint.wasm"),
    configuration: JSON.stringify({
      jwtAuth: { jwtRules: [{ issuer: issuer.url, jwksUri: issuer.jwksUri, jwksCluster: ISSUER_CLUSTER }] },
      authz: {
        policies: [
          {
            name: "readers",
            action: "ALLOW",
            rules: [{ to: [{ operation: { paths: ["/reviews*", "/waypost.Echo/*"] } }] }],
          },
          { name: "no-deletes", action: "DENY", rules: [{ to: [{ operation: { methods: ["DELETE"] } }] }] },
        ],
      },
      headerRouter: {
        routes: [
          { name: "canary", match: [{ headers: { "x-want-lane": { exact: "v2" } } }], split: only("v2") },
          { name: "stable", split: only("v1") },
        ],
      },
      l7Metrics: {
        labels,
        operations: [
          { name: "list_reviews", match: [{ method: { exact: "GET" }, uri: { exact: "/reviews" } }] },
          { name: "get_review", match: [{ method: { exact: "GET" }, uri: { template: "/reviews/{id}" } }] },
          { name: "rate", match: [{ uri: { prefix: "/waypost.Echo/" } }] },
        ],
        dimensions: { lane: { lane: {} } },
      },
    }),
  });
}

/** A split that knows one lane: which request goes where is the test's choice. */
function only(lane: string): object {
  return { by: { random: {} }, lanes: [{ name: lane, weight: 1 }] };
}

function routes(): Route[] {
  return [{ ...routeTo("failing"), match: FAILING }, routeTo("ratings", "/waypost.Echo/"), routeTo("reviews")];
}

function clusters(ports: Record<"reviews" | "ratings" | "failing" | "issuer", number>): Cluster[] {
  const endpoints = (port: number) => [{ host: "127.0.0.1", port }];
  const ratings = { metadata: serviceMetadata("ratings"), protocol: "http2" } as const;
  return [
    staticCluster({ name: "reviews", endpoints: endpoints(ports.reviews), metadata: serviceMetadata("reviews") }),
    staticCluster({ name: "ratings", endpoints: endpoints(ports.ratings), ...ratings }),
    staticCluster({ name: "failing", endpoints: endpoints(ports.failing), ...ratings }),
    staticCluster({ name: ISSUER_CLUSTER, endpoints: endpoints(ports.issuer) }),
  ];
}

/** As istiod writes it. */
function serviceMetadata(name: string) {
  const service = { host: `${name}.${NAMESPACE}.svc.cluster.local`, name, namespace: NAMESPACE };
  return { istio: { services: [service] } };
}
