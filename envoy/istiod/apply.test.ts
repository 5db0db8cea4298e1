/** Manifests as waypoint settings, by what istiod's sources say, and what is refused. */
import { describe, expect, it } from "vitest";
import { applyManifests, type IstiodMesh } from "./apply.ts";
import { applied, nameOf, readManifests } from "./manifest.ts";

const MESH: IstiodMesh = {
  namespace: "bookinfo",
  trustDomain: "cluster.local",
  gateway: "waypoint",
  services: [
    { name: "reviews", port: 9080, versions: ["v1", "v2"] },
    { name: "reviews-v2", port: 9080, versions: [] },
  ],
  hosts: new Map([["issuer.example.com", { host: "127.0.0.1", port: 8080 }]]),
  keySets: new Map([["https://issuer.example.com/jwks", '{"keys":[]}']]),
  moduleFile: (module) => (module === "authz" ? "/build/authz.wasm" : undefined),
  telemetry: { extensionProviders: [], accessLogPath: "/dev/null" },
};

const REVIEWS = "inbound-vip|9080|http|reviews.bookinfo.svc.cluster.local";
const REVIEWS_V2 = "inbound-vip|9080|http|reviews-v2.bookinfo.svc.cluster.local";
const REVIEWS_SUBSET_V2 = "inbound-vip|9080|http/v2|reviews.bookinfo.svc.cluster.local";

const API_VERSIONS: Readonly<Record<string, string>> = {
  VirtualService: "networking.istio.io/v1",
  DestinationRule: "networking.istio.io/v1",
  ServiceEntry: "networking.istio.io/v1",
  HTTPRoute: "gateway.networking.k8s.io/v1",
  AuthorizationPolicy: "security.istio.io/v1",
  RequestAuthentication: "security.istio.io/v1",
  WasmPlugin: "extensions.istio.io/v1alpha1",
  TrafficExtension: "extensions.istio.io/v1alpha1",
};

interface Spec {
  kind: string;
  spec: object;
  name?: string;
  namespace?: string;
}

function settings(...specs: Spec[]) {
  const yaml = specs.map(({ kind, spec, name = "a", namespace = "bookinfo" }) =>
    JSON.stringify({ apiVersion: API_VERSIONS[kind] ?? "v1", kind, metadata: { name, namespace }, spec }),
  );
  return applyManifests(readManifests(yaml.join("\n---\n")), MESH);
}

/** What the service reviews gets. */
function reviews(...specs: Spec[]) {
  return settings(...specs).services["reviews"]!;
}

const httpRoute = (...rules: object[]): Spec => ({
  kind: "HTTPRoute",
  spec: { parentRefs: [{ group: "", kind: "Service", name: "reviews", port: 9080 }], rules },
});
const virtualService = (...http: object[]): Spec => ({ kind: "VirtualService", spec: { hosts: ["reviews"], http } });
const destinationRule = (trafficPolicy: object, subsets?: object[]): Spec => ({
  kind: "DestinationRule",
  spec: { host: "reviews", trafficPolicy, ...(subsets && { subsets }) },
});
const policy = (spec: object): Spec => ({
  kind: "AuthorizationPolicy",
  spec: { targetRefs: [{ group: "", kind: "Service", name: "reviews" }], ...spec },
});
const toReviews = { route: [{ destination: { host: "reviews" } }] };

/** `pilot/pkg/networking/core/route/retry/retry.go` */
const DEFAULT_RETRIES = {
  retry_on: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
  num_retries: 2,
  host_selection_retry_max_attempts: 5,
  retry_host_predicate: [{ name: "envoy.retry_host_predicates.previous_hosts" }],
};
const UNLIMITED = 4294967295;

describe("without a resource", () => {
  it("a service has a mesh's defaults: two retries, no time-out, no limits, least request", () => {
    const { routes, cluster } = reviews();
    expect(routes).toMatchObject([
      {
        name: "default",
        match: { prefix: "/" },
        route: { cluster: REVIEWS, timeout: "0s", retry_policy: DEFAULT_RETRIES },
      },
    ]);
    expect(cluster).toEqual({
      lb_policy: "LEAST_REQUEST",
      circuit_breakers: {
        thresholds: [
          {
            max_connections: UNLIMITED,
            max_pending_requests: UNLIMITED,
            max_requests: UNLIMITED,
            max_retries: UNLIMITED,
            track_remaining: true,
          },
        ],
      },
    });
  });
});

describe("HTTPRoute", () => {
  it("goes to clusters of Services by weight; one is no choice, and none is 500", () => {
    const backend = (name: string, weight?: number) => ({ name, port: 9080, ...(weight !== undefined && { weight }) });
    const [weighted] = reviews(httpRoute({ backendRefs: [backend("reviews", 90), backend("reviews-v2", 10)] })).routes!;
    const clusters = [
      { name: REVIEWS, weight: 90 },
      { name: REVIEWS_V2, weight: 10 },
    ];
    expect(weighted).toMatchObject({ name: "bookinfo.a.0", route: { weighted_clusters: { clusters } } });
    const [one] = reviews(httpRoute({ backendRefs: [backend("reviews", 0), backend("reviews-v2")] })).routes!;
    expect(one).toMatchObject({
      route: { cluster: REVIEWS_V2, cluster_not_found_response_code: "INTERNAL_SERVER_ERROR" },
    });
    const [none] = reviews(httpRoute({ backendRefs: [backend("reviews", 0)] })).routes!;
    expect(none).toMatchObject({ direct_response: { status: 500 } });
  });

  it("has the Gateway API's precedence: exact, longer, method, more headers", () => {
    const backendRefs = [{ name: "reviews", port: 9080 }];
    const path = (type: string, value: string) => ({ path: { type, value } });
    const header = { headers: [{ name: "a", value: "b" }] };
    const matches = [
      path("RegularExpression", "/.*"),
      {},
      header,
      { method: "GET" },
      path("PathPrefix", "/api/"),
      path("Exact", "/api"),
    ];
    const { routes = [] } = reviews(httpRoute({ matches, backendRefs }));
    expect(routes.map(({ match }) => match)).toMatchObject([
      { path: "/api" },
      { path_separated_prefix: "/api" },
      { prefix: "/", headers: [{ name: ":method" }] },
      { prefix: "/", headers: [{ name: "a", string_match: { exact: "b" } }] },
      { prefix: "/", headers: [] },
      { safe_regex: { regex: "/.*" } },
    ]);
  });

  it("rewrites prefixes by segments, and whole paths", () => {
    const rewritten = (value: string, path: object) => {
      const filters = [{ type: "URLRewrite", urlRewrite: { path } }];
      const matches = [{ path: { type: "PathPrefix", value } }];
      return reviews(httpRoute({ matches, filters, backendRefs: [{ name: "reviews", port: 9080 }] })).routes![0]![
        "route"
      ];
    };
    const prefix = (replacePrefixMatch: string) => ({ type: "ReplacePrefixMatch", replacePrefixMatch });
    expect(rewritten("/api", prefix("/v2/"))).toMatchObject({ prefix_rewrite: "/v2" });
    const removed = { pattern: { regex: "^/api/v1\\.0(/?)(.*)" }, substitution: "/\\2" };
    expect(rewritten("/api/v1.0", prefix("/"))).toMatchObject({ regex_rewrite: removed });
    const whole = { pattern: { regex: "/.*" }, substitution: "/x" };
    expect(rewritten("/api", { type: "ReplaceFullPath", replaceFullPath: "/x" })).toMatchObject({
      regex_rewrite: whole,
    });
  });

  it("has the time-out of the backend before that of the request", () => {
    const timeout = (timeouts: object) =>
      reviews(httpRoute({ timeouts, backendRefs: [{ name: "reviews", port: 9080 }] })).routes![0]!["route"];
    expect(timeout({ request: "1m" })).toMatchObject({ timeout: "60s" });
    expect(timeout({ request: "1s", backendRequest: "500ms" })).toMatchObject({ timeout: "0.5s" });
    expect(timeout({ request: "0s" })).toMatchObject({ timeout: "0s" });
  });
});

describe("VirtualService", () => {
  it("goes to subsets that a DestinationRule declares", () => {
    const toV2 = virtualService({ route: [{ destination: { host: "reviews", subset: "v2" } }] });
    const declared = destinationRule({}, [{ name: "v2", labels: { version: "v2" } }]);
    expect(reviews(toV2, declared).routes).toMatchObject([{ route: { cluster: REVIEWS_SUBSET_V2 } }]);
    expect(() => reviews(toV2)).toThrow(
      "VirtualService bookinfo/a: spec.http[0].route[0].destination.subset: v2: no DestinationRule of reviews has it",
    );
  });

  it("says what is retried, how often, and how long a try may take", () => {
    const policy = (retries: object) => {
      const [route] = reviews(virtualService({ ...toReviews, retries })).routes!;
      return (route!["route"] as { retry_policy?: object }).retry_policy;
    };
    expect(policy({ attempts: 0 })).toBeUndefined();
    expect(policy({ attempts: 3, perTryTimeout: "500ms", retryOn: "5xx,reset" })).toMatchObject({
      retry_on: "5xx,reset",
      num_retries: 3,
      per_try_timeout: "0.5s",
    });
    expect(policy({ attempts: 1, retryOn: "reset, 503" })).toMatchObject({
      retry_on: "reset,retriable-status-codes",
      retriable_status_codes: [503],
    });
  });
});

describe("DestinationRule", () => {
  it("limits connections and requests, where there is no default of Envoy's", () => {
    const connectionPool = { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 2, http2MaxRequests: 0 } };
    expect(reviews(destinationRule({ connectionPool })).cluster).toMatchObject({
      circuit_breakers: { thresholds: [{ max_connections: 1, max_pending_requests: 2, max_requests: UNLIMITED }] },
    });
  });

  it("ejects by rows of errors, never by rates, and knows no panic", () => {
    const outlierDetection = {
      consecutive5xxErrors: 3,
      consecutiveGatewayErrors: 0,
      interval: "1s",
      baseEjectionTime: "2m",
    };
    expect(reviews(destinationRule({ outlierDetection })).cluster).toMatchObject({
      outlier_detection: {
        enforcing_success_rate: 0,
        consecutive_5xx: 3,
        enforcing_consecutive_5xx: 100,
        consecutive_gateway_failure: 0,
        enforcing_consecutive_gateway_failure: 0,
        interval: "1s",
        base_ejection_time: "120s",
      },
      common_lb_config: { healthy_panic_threshold: { value: 0 } },
    });
  });

  it("hashes in the cluster and in the route, where retries stay at the host if a resource has the route", () => {
    const byUser = destinationRule({ loadBalancer: { consistentHash: { httpHeaderName: "x-user" } } });
    const { cluster } = reviews(byUser);
    expect(cluster).toMatchObject({ lb_policy: "RING_HASH", ring_hash_lb_config: { minimum_ring_size: 1024 } });
    const routeOf = (...specs: Spec[]) => reviews(...specs).routes![0]!["route"] as { retry_policy: object };
    const route = routeOf(byUser, virtualService(toReviews));
    const hashed = { hash_policy: [{ header: { header_name: "x-user" } }] };
    expect(route).toMatchObject(hashed);
    expect(route.retry_policy).not.toHaveProperty("retry_host_predicate");
    expect(routeOf(byUser)).toMatchObject({ ...hashed, retry_policy: DEFAULT_RETRIES });
  });

  it("gives subsets what they say themselves, and else what the service has", () => {
    const subsets = [{ name: "v1", labels: { version: "v1" }, trafficPolicy: { loadBalancer: { simple: "RANDOM" } } }];
    const connectionPool = { tcp: { connectTimeout: "1s" } };
    const { subsetCluster } = reviews(
      destinationRule({ connectionPool, loadBalancer: { simple: "ROUND_ROBIN" } }, subsets),
    );
    expect(subsetCluster).toMatchObject({ v1: { lb_policy: "RANDOM", connect_timeout: "1s" } });
  });
});

describe("what targetRefs attach", () => {
  const toService = { targetRefs: [{ group: "", kind: "Service", name: "reviews" }] };
  const toGateway = { targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "waypoint" }] };
  const plugin = (name: string, more: object = {}): Spec => ({
    kind: "WasmPlugin",
    name,
    spec: { ...toService, url: "oci://registry.example.com/waypost/authz:0.1.0", phase: "AUTHZ", ...more },
  });

  it("stands in the place of its phase, by priority, with its configuration", () => {
    const { places } = reviews(plugin("low"), plugin("high", { priority: 10, pluginConfig: { policies: [] } }));
    expect(places?.AUTHZ?.map(({ name }) => name)).toEqual(["bookinfo.high", "bookinfo.low"]);
    expect(places?.AUTHZ?.[0]).toMatchObject({
      typed_config: {
        config: {
          failure_policy: "FAIL_CLOSED",
          configuration: { value: '{"policies":[]}' },
          vm_config: { code: { local: { filename: "/build/authz.wasm" } } },
        },
      },
    });
  });

  it("reaches one service, all behind a Gateway, or all behind any waypoint", () => {
    const placesOf = (spec: object, namespace?: string) => {
      const { services } = settings({
        kind: "AuthorizationPolicy",
        spec: { ...spec, rules: [{}] },
        ...(namespace !== undefined && { namespace }),
      });
      return Object.values(services).map(({ places }) => places?.RBAC?.length);
    };
    expect(placesOf(toService)).toEqual([1, 0]);
    expect(placesOf(toGateway)).toEqual([1, 1]);
    const toClass = (group?: string) => ({ targetRefs: [{ group, kind: "GatewayClass", name: "istio-waypoint" }] });
    expect(placesOf(toClass("gateway.networking.k8s.io"), "istio-system")).toEqual([1, 1]);
    for (const namespace of ["bookinfo", "istio-system"]) {
      expect(() => placesOf(toClass(), namespace)).toThrow("GatewayClass istio-waypoint is none of this mesh");
    }
  });

  it("has the keys that istiod fetches", () => {
    const jwtRules = [{ issuer: "i", jwksUri: "https://issuer.example.com/jwks", audiences: ["a"] }];
    const { places } = reviews({ kind: "RequestAuthentication", spec: { ...toService, jwtRules } });
    expect(places?.JWT_AUTHN?.[0]).toMatchObject({
      typed_config: { providers: { "origins-0": { audiences: ["a"], local_jwks: { inline_string: '{"keys":[]}' } } } },
    });
  });

  it("a ServiceEntry gives the waypoint a cluster", () => {
    const spec = {
      hosts: ["issuer.example.com"],
      ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      resolution: "DNS",
    };
    expect(settings({ kind: "ServiceEntry", spec }).clusters).toMatchObject([
      { name: "inbound-vip|80|http|issuer.example.com" },
    ]);
  });

  it.each<[string, Spec]>([
    ["WasmPlugin bookinfo/a: spec.targetRefs: missing", plugin("a", { targetRefs: undefined })],
    [
      "spec.targetRefs[0]: Service details is none of this mesh",
      plugin("a", { targetRefs: [{ kind: "Service", name: "details" }] }),
    ],
    ["spec.targetRefs[0]: Service reviews is none of this mesh", { ...plugin("a"), namespace: "default" }],
    ["spec.url: oci://x/other:1: this checkout builds no module other", plugin("a", { url: "oci://x/other:1" })],
    ["spec.phase: LATER: expected one of AUTHN, AUTHZ", plugin("a", { phase: "LATER" })],
    [
      "RequestAuthentication bookinfo/a: spec.jwtRules[0]: no keys",
      { kind: "RequestAuthentication", spec: { ...toService, jwtRules: [{ issuer: "i" }] } },
    ],
  ])("is refused: %s", (message, spec) => {
    expect(() => settings(spec)).toThrow(message);
  });
});

describe("manifests", () => {
  it("replace those of the same kind and name, and keep their place", () => {
    const named = (name: string, host: string): Spec => ({ kind: "DestinationRule", name, spec: { host } });
    const manifests = (...specs: Spec[]) =>
      readManifests(
        specs
          .map(({ kind, name, spec }) => JSON.stringify({ apiVersion: "v1", kind, metadata: { name }, spec }))
          .join("\n---\n"),
      );
    const all = applied(manifests(named("a", "x"), named("b", "x")), manifests(named("c", "x"), named("a", "y")));
    expect(all.map((one) => `${nameOf(one)}: ${(one.spec as { host: string }).host}`)).toEqual([
      "DestinationRule default/a: y",
      "DestinationRule default/b: x",
      "DestinationRule default/c: x",
    ]);
  });

  it("are refused when they are none", () => {
    expect(readManifests("# nothing\n---\n")).toEqual([]);
    expect(() => readManifests("kind: Pod")).toThrow("no manifest: expected apiVersion, kind and metadata.name");
    expect(() => readManifests("a: [")).toThrow(/line 1/);
  });
});

describe("what is not known is refused by name", () => {
  const unknown = "the demos' stand-in for istiod does not know";
  it.each<[string, Spec[]]>([
    [`Sidecar bookinfo/a: ${unknown} v1 Sidecar`, [{ kind: "Sidecar", spec: {} }]],
    [
      `VirtualService bookinfo/a: spec.http[0].mirror.host: ${unknown} this field`,
      [virtualService({ ...toReviews, mirror: { host: "x" } })],
    ],
    [
      `DestinationRule bookinfo/a: spec.trafficPolicy.tls.mode: ${unknown} this field`,
      [destinationRule({ tls: { mode: "SIMPLE" } })],
    ],
    [
      `HTTPRoute bookinfo/a: spec.rules[0].filters[0].requestRedirect.port`,
      [httpRoute({ filters: [{ type: "RequestRedirect", requestRedirect: { port: 1 } }] })],
    ],
    [
      "AuthorizationPolicy bookinfo/a: spec.action: CUSTOM: expected one of ALLOW, DENY, AUDIT",
      [policy({ action: "CUSTOM" })],
    ],
    [
      "AuthorizationPolicy bookinfo/a: spec.rules[0].from[0].source.users[0]",
      [policy({ rules: [{ from: [{ source: { users: ["a"] } }] }] })],
    ],
    [
      "spec.trafficPolicy.loadBalancer.simple: PASSTHROUGH: expected one of",
      [destinationRule({ loadBalancer: { simple: "PASSTHROUGH" } })],
    ],
    ["VirtualService bookinfo/a: spec.http[0]: leads nowhere", [virtualService({ timeout: "1s" })]],
    ["spec.http[0].timeout: soon: expected a duration", [virtualService({ ...toReviews, timeout: "soon" })]],
    [
      "spec.http[0].route[0].destination.host: shop: this mesh has reviews",
      [virtualService({ route: [{ destination: { host: "shop" } }] })],
    ],
    [
      "HTTPRoute bookinfo/a: reviews has the routes of VirtualService bookinfo/a already",
      [virtualService(toReviews), httpRoute({})],
    ],
    [
      "spec.subsets[0]: expected a version as name and label",
      [destinationRule({}, [{ name: "v9", labels: { version: "v9" } }])],
    ],
    [
      "metadata.namespace: expected that of the services, bookinfo",
      [{ ...virtualService(toReviews), namespace: "default" }],
    ],
  ])("%s", (message, specs) => {
    expect(() => settings(...specs)).toThrow(message);
  });
});
