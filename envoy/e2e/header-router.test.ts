/**
 * What header-router can steer in a waypoint's Envoy: it sets a header (or the path), and Envoy chooses the route, the cluster
 * or the endpoint by it, after it has looked at the request for the first time.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  any,
  bootstrap,
  httpChain,
  staticCluster,
  tcpListener,
  type Cluster,
  type FiltersByPlace,
  type Message,
  type Route,
} from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { rbacFilters } from "../istiod/authorization-policy.ts";
import { EchoService } from "../services/echo.ts";
import { ENDPOINT, headerRouter, send, SERVICE, SHOW_ENDPOINT } from "./header-router-fixture.ts";

const STABLE = SERVICE;
const CANARY = SERVICE.replace("|http|", "|http/canary|");
const RING = "ring";
const OVERRIDDEN = "override-host";

let services: EchoService[];
let envoy: EnvoyProcess;
/** `host:port` of the first and the second service. */
let first: string;
let second: string;

beforeAll(async () => {
  services = await Promise.all([EchoService.start(), EchoService.start()]);
  const [firstPort, secondPort] = services.map(({ port }) => port) as [number, number];
  first = `127.0.0.1:${firstPort}`;
  second = `127.0.0.1:${secondPort}`;
  const one = (name: string, port: number) => staticCluster({ name, endpoints: [{ host: "127.0.0.1", port }] });
  const both = (name: string, more: object): Cluster => ({
    ...staticCluster({ name, endpoints: services.map(({ port }) => ({ host: "127.0.0.1", port })) }),
    ...more,
  });
  envoy = await EnvoyProcess.start({
    config: bootstrap({
      listeners: [
        listener("headers", HEADER_ROUTES, { AUTHN: [headerRouter(TESTERS)] }),
        listener("last", HEADER_ROUTES, { UNSPECIFIED: [headerRouter(TESTERS)] }),
        listener("cluster-header", [CLUSTER_HEADER], { AUTHN: [headerRouter(TENANTS)] }),
        listener("weights", [WEIGHTS], { AUTHN: [headerRouter(SHARES)] }),
        listener("ring", [RING_ROUTE], { AUTHN: [headerRouter(USERS)] }),
        listener("override", [toCluster(OVERRIDDEN)], { AUTHN: [headerRouter(endpoints(first, second))] }),
        listener("paths", PATH_ROUTES, { AUTHN: [headerRouter(REWRITES)], RBAC: rbacFilters(POLICIES, NAMESPACE) }),
        listener("hostile", HEADER_ROUTES, { AUTHN: [headerRouter(LANES)] }),
      ],
      clusters: [
        one(STABLE, firstPort),
        one(CANARY, secondPort),
        both(RING, { lb_policy: "RING_HASH" }),
        both(OVERRIDDEN, overrideHost("x-gateway-destination-endpoint")),
      ],
    }),
  });
});

afterAll(async () => {
  await envoy.stop();
  await Promise.all(services.map((service) => service.stop()));
});

function listener(name: string, routes: readonly Route[], places: FiltersByPlace) {
  return tcpListener(name, [httpChain({ name: SERVICE, routes, places })]);
}

function toCluster(cluster: string, match: object = { prefix: "/" }): Route {
  return { name: cluster, match, route: { cluster, timeout: "0s" }, ...SHOW_ENDPOINT };
}

function exactHeader(name: string, exact: string): object {
  return { prefix: "/", headers: [{ name, string_match: { exact } }] };
}

/** Endpoints that answered so many equal requests. */
async function endpointsOf(port: number, request: Parameters<typeof send>[1], count = 10): Promise<string[]> {
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const { status, header } = await send(port, request);
    expect(status).toBe(200);
    seen.add(header(ENDPOINT) ?? "");
  }
  return [...seen];
}

/** As istiod makes them of an HTTPRoute with a match on a header. */
const HEADER_ROUTES = [toCluster(CANARY, exactHeader("x-waypost-lane", "canary")), toCluster(STABLE)];
const TESTERS = [
  {
    name: "testers",
    match: [{ cookies: { tester: { exact: "yes" } } }],
    headers: { request: { set: { "x-waypost-lane": "canary" } } },
  },
];

describe("matches of HTTPRoutes and VirtualServices on headers", () => {
  it.each(["headers", "last"])(
    "are looked at again, with the plugin as the first and the last filter: %s",
    async (name) => {
      const port = envoy.port(name);
      expect((await send(port)).header(ENDPOINT)).toBe(first);
      expect((await send(port, { headers: [["cookie", "tester=yes"]] })).header(ENDPOINT)).toBe(second);
      expect((await send(port, { headers: [["x-waypost-lane", "canary"]] })).header(ENDPOINT)).toBe(first);
    },
  );
});

const CLUSTER_HEADER = {
  name: "tenants",
  match: { prefix: "/" },
  route: { cluster_header: "x-cluster" },
  ...SHOW_ENDPOINT,
} as Route;
const TENANTS = [
  {
    name: "b",
    match: [{ uri: { template: "/tenants/b/{**}" } }],
    headers: { request: { set: { "x-cluster": CANARY } } },
  },
  { name: "others", headers: { request: { set: { "x-cluster": STABLE } } } },
];

describe("cluster_header", () => {
  it("names the cluster, whatever the client says", async () => {
    const port = envoy.port("cluster-header");
    expect((await send(port, { path: "/tenants/b/x" })).header(ENDPOINT)).toBe(second);
    expect((await send(port, { path: "/tenants/a/x" })).header(ENDPOINT)).toBe(first);
    expect((await send(port, { path: "/x", headers: [["x-cluster", CANARY]] })).header(ENDPOINT)).toBe(first);
  });
});

const WEIGHTS = {
  name: "weights",
  match: { prefix: "/" },
  route: {
    weighted_clusters: {
      header_name: "x-share",
      clusters: [
        { name: STABLE, weight: 90 },
        { name: CANARY, weight: 10 },
      ],
    },
  },
  ...SHOW_ENDPOINT,
} as Route;
const SHARES = [
  {
    name: "late",
    match: [{ headers: { "x-user": { regex: "[n-z].*" } } }],
    headers: { request: { set: { "x-share": "95" } } },
  },
  { name: "early", headers: { request: { set: { "x-share": "5" } } } },
];

describe("weighted clusters", () => {
  it("are chosen by a header in place of chance", async () => {
    const port = envoy.port("weights");
    expect(await endpointsOf(port, { headers: [["x-user", "zoe"]] })).toEqual([second]);
    expect(await endpointsOf(port, { headers: [["x-user", "alice"]] })).toEqual([first]);
  });
});

/** As istiod makes it of a DestinationRule with `consistentHash.httpHeaderName`. */
const RING_ROUTE = {
  name: "ring",
  match: { prefix: "/" },
  route: { cluster: RING, hash_policy: [{ header: { header_name: "x-hash" } }] },
  ...SHOW_ENDPOINT,
} as Route;
const USERS = [
  {
    name: "users",
    match: [{ uri: { template: "/users/{user}/{**}" } }],
    headers: { request: { set: { "x-hash": "{user}" } } },
  },
];

describe("consistent hashing on a header", () => {
  it("keeps a user at an endpoint, whatever the request is", async () => {
    const port = envoy.port("ring");
    const seen = new Set<string>();
    for (let user = 0; user < 16; user++) {
      const reads = await endpointsOf(port, { path: `/users/${user}/a` }, 4);
      const writes = await endpointsOf(port, { path: `/users/${user}/b?c`, method: "POST" }, 4);
      expect(reads).toHaveLength(1);
      expect(writes).toEqual(reads);
      seen.add(reads[0] ?? "");
    }
    expect(seen.size).toBe(2);
  });
});

/** The load balancing policy that takes an endpoint from a header, and picks another one when there is none. */
function overrideHost(header: string): object {
  const policies = "envoy.extensions.load_balancing_policies";
  const policy = (name: string, type: string, config: Message = {}) => ({
    typed_extension_config: {
      name: `envoy.load_balancing_policies.${name}`,
      typed_config: any(`${policies}.${type}`, config),
    },
  });
  const fallback = { policies: [policy("round_robin", "round_robin.v3.RoundRobin")] };
  const config = { override_host_sources: [{ header }], fallback_policy: fallback };
  return {
    lb_policy: undefined,
    load_balancing_policy: { policies: [policy("override_host", "override_host.v3.OverrideHost", config)] },
  };
}

function endpoints(one: string, other: string): object[] {
  const set = (endpoint: string) => ({ request: { set: { "x-gateway-destination-endpoint": endpoint } } });
  return [
    { name: "one", match: [{ queryParams: { pod: { exact: "1" } } }], headers: set(one) },
    { name: "other", match: [{ queryParams: { pod: { exact: "2" } } }], headers: set(other) },
  ];
}

describe("override_host", () => {
  it("sends a request to the endpoint that the header names", async () => {
    const port = envoy.port("override");
    expect(await endpointsOf(port, { path: "/?pod=1" })).toEqual([first]);
    expect(await endpointsOf(port, { path: "/?pod=2" })).toEqual([second]);
    expect(await endpointsOf(port, { path: "/" })).toHaveLength(2);
  });
});

const PATH_ROUTES = [toCluster(CANARY, { prefix: "/v2/" }), toCluster(STABLE)];
const REWRITES = [
  { name: "new", match: [{ uri: { prefix: "/api/" } }], rewrite: { uri: "/v2/" } },
  { name: "secret", match: [{ uri: { template: "/open/{rest=**}" } }], rewrite: { uri: "/secret/{rest}" } },
  { name: "header", match: [{ uri: { exact: "/by-header" } }], rewrite: { uri: "/by/{headers.x-part}" } },
];
const NAMESPACE = { namespace: "default" };
const POLICIES = [
  {
    name: "secrets",
    namespace: "default",
    action: "DENY" as const,
    rules: [{ to: [{ operation: { paths: ["/secret/*"] } }] }],
  },
];

describe("a rewrite", () => {
  it("comes before Envoy's own routes, which see the new path", async () => {
    const { header, upstream } = await send(envoy.port("paths"), { path: "/api/users?q=1" });
    expect(header(ENDPOINT)).toBe(second);
    expect(upstream?.path).toBe("/v2/users?q=1");
    expect(upstream?.header("x-envoy-original-path")).toBe("/api/users?q=1");
  });

  it("comes before Envoy's own policies, which see the new path", async () => {
    const port = envoy.port("paths");
    const denied = await send(port, { path: "/open/a" });
    expect([denied.status, denied.body]).toEqual([403, "RBAC: access denied"]);
    expect((await send(port, { path: "/opened/a" })).status).toBe(200);
  });

  it.each<[string, string, number, string | undefined]>([
    ["a name", "x", 200, "/by/x"],
    ["slashes", "secret/x", 200, "/by/secret%2Fx"],
    ["dots beside slashes", "../secret/x", 400, undefined],
    ["dots with a parameter", "..;x", 400, undefined],
    ["two dots", "..", 400, undefined],
    ["a query and a fragment", "?a#b", 200, "/by/%3Fa%23b"],
    ["dots and a slash that were encoded", "%2e%2e%2fsecret", 200, "/by/%252e%252e%252fsecret"],
    ["8000 bytes", "a".repeat(8000), 200, `/by/${"a".repeat(8000)}`],
  ])("puts what a client sends into one segment: %s", async (_, part, status, arrived) => {
    const outcome = await send(envoy.port("paths"), { path: "/by-header", headers: [["x-part", part]] });
    expect([outcome.status, outcome.upstream?.path]).toEqual([status, arrived]);
  });
});

const LANES = [
  {
    name: "split",
    match: [{ uri: { prefix: "/split" } }],
    split: { by: { header: "x-user" }, lanes: [{ name: "stable", weight: 1 }] },
    headers: { request: { set: { "x-caller": "{source.principal}", "x-copy": "{query.v}" } } },
  },
];

describe("a hostile client", () => {
  it.each<[string, [string, string][]]>([
    ["once", [["x-waypost-lane", "canary"]]],
    ["in another case", [["X-Waypost-Lane", "canary"]]],
    [
      "twice",
      [
        ["x-waypost-lane", "canary"],
        ["x-waypost-lane", "canary"],
      ],
    ],
    ["with blanks", [["x-waypost-lane", "  canary\t"]]],
    ["empty", [["x-waypost-lane", ""]]],
  ])("does not choose its lane, nor its identity: %s", async (_, lane) => {
    const port = envoy.port("hostile");
    const headers: [string, string][] = [...lane, ["x-caller", "admin"], ["X-CALLER", "root"]];
    for (const path of ["/split", "/none"]) {
      const { header, upstream } = await send(port, { path, headers: [...headers, ["x-user", "alice"]] });
      expect(header(ENDPOINT)).toBe(first);
      expect(upstream?.header("x-waypost-lane")).toBe(path === "/split" ? "stable" : undefined);
      expect(upstream?.header("x-caller")).toBeUndefined();
    }
  });

  it("starts no header of its own by a value, and the plugin lives on", async () => {
    const port = envoy.port("hostile");
    const values = ["%0d%0ax-evil:1", "%0a", "%00", "%ff%fe", "a".repeat(30_000), "%", "%zz", "{claims.sub}", "+"];
    for (const value of values) {
      const { status, upstream } = await send(port, { path: `/split?v=${value}` });
      expect([value.slice(0, 20), status === 200 || status === 431]).toEqual([value.slice(0, 20), true]);
      expect(upstream?.header("x-evil")).toBeUndefined();
    }
    expect((await send(port, { path: "/split?v=fine" })).upstream?.header("x-copy")).toBe("fine");
  });
});
