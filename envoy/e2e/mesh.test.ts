/**
 * A waypoint in Istio's shape on real Envoys: requests come through tunnels with their callers' certificates, the filters see
 * who called, and nobody else gets in.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type AnyServiceName, type Bookinfo, type CallerName, CALLERS } from "../bookinfo/index.ts";
import type { Request } from "../client/answer.ts";
import { CertificateAuthority, CONNECT_TERMINATE, INBOUND, startMesh } from "../mesh/index.ts";
import { type Knock, TunnelClient } from "../mesh/tunnel-client.ts";
import { EchoService } from "../services/echo.ts";
import { send } from "./header-router-fixture.ts";
import { labelsOf, series } from "./l7-metrics-fixture.ts";
import { call, callPort, counter, SOURCE, startMeshWithFilters, WORKLOAD } from "./mesh-fixture.ts";
import type { MeshWithFilters } from "./mesh-fixture.ts";

const HOUR = 3_600_000;
/** Milliseconds until Envoy must have counted what it has answered. */
const PATIENCE = 10_000;
const REVIEWS = "10.96.0.10:9080";

let all: MeshWithFilters;
let bookinfo: Bookinfo;

beforeAll(async () => {
  all = await startMeshWithFilters();
  ({ bookinfo } = all);
});

afterAll(() => all.stop());

describe("a caller's identity", () => {
  it("lets productpage in and refuses sleep, by policies on principals", async () => {
    const allowed = await from("productpage", "reviews", { path: "/reviews/1" });
    expect(allowed).toMatchObject({ status: 200, upstream: { path: "/reviews/1" } });
    const refused = await from("sleep", "reviews", { path: "/reviews/1" });
    expect(refused).toMatchObject({ status: 403, body: "RBAC: access denied", upstream: undefined });
    expect(await from("sleep", "reviews", { path: "/open" })).toMatchObject({ status: 200 });
  });

  it("steers by source: productpage gets its lane and what is made of its name, sleep gets neither", async () => {
    const steered = await from("productpage", "reviews", { path: "/open" });
    expect(steered.header(WORKLOAD)).toBe("reviews-v2;bookinfo;reviews;v2;Kubernetes");
    expect(steered.upstream?.header("x-caller")).toBe("bookinfo-productpage");
    const other = await from("sleep", "reviews", { path: "/open" });
    expect(other.header(WORKLOAD)).toBe("reviews-v1;bookinfo;reviews;v1;Kubernetes");
    expect(other.upstream?.header("x-caller")).toBeUndefined();
  });

  it("is in the metrics, with the service and the workload that answered, and mutual_tls", async () => {
    await from("productpage", "reviews", { path: "/reviews/1" });
    await from("sleep", "reviews", { path: "/reviews/1" });
    await from("sleep", "ratings", { path: "/ratings/1" });
    const service = (name: string) => ({
      destination_service: `${name}.bookinfo.svc.cluster.local`,
      destination_service_name: name,
      destination_service_namespace: "bookinfo",
      connection_security_policy: "mutual_tls",
    });
    const workload = (name: string, version: string) => ({
      destination_workload: `${name}-${version}`,
      destination_workload_namespace: "bookinfo",
      destination_canonical_service: name,
      destination_canonical_revision: version,
      destination_cluster: "Kubernetes",
    });
    const expected = [
      { source_principal: CALLERS.productpage, source_workload_namespace: "bookinfo", response_code: "200" },
      { source_principal: CALLERS.sleep, source_workload_namespace: "default", response_code: "403" },
      { source_principal: CALLERS.sleep, source_workload_namespace: "default", response_code: "200" },
    ];
    const facts = [
      { ...service("reviews"), ...workload("reviews", "v2") },
      { ...service("reviews"), destination_workload: "unknown" },
      { ...service("ratings"), ...workload("ratings", "v1") },
    ];
    await vi.waitFor(async () => {
      const counted = await requestLabels();
      for (const [index, caller] of expected.entries()) {
        expect(counted).toContainEqual(expect.objectContaining({ ...caller, ...facts[index] }));
      }
    }, PATIENCE);
  });
});

describe("upstreams", () => {
  it("are reached through a tunnel when their pod is in the mesh, and directly when it is not", async () => {
    const tunnels = () => counter(bookinfo.mesh.pods, `^http\\.${INBOUND}\\.downstream_rq_total$`);
    const before = await tunnels();
    const direct = await from("sleep", "ratings", { path: "/ratings/1" });
    expect(direct.header(WORKLOAD)).toBe("ratings-v1;bookinfo;ratings;v1;Kubernetes");
    expect(await tunnels()).toBe(before);
    const tunnelled = await from("productpage", "reviews", { path: "/reviews/1" });
    expect(tunnelled.header(WORKLOAD)).toBe("reviews-v2;bookinfo;reviews;v2;Kubernetes");
    expect(await tunnels()).toBeGreaterThan(0);
  });

  it("are not reached when their pod has an identity of another namespace than the waypoint's", async () => {
    const upstream = await EchoService.start();
    const podId = "spiffe://cluster.local/ns/elsewhere/sa/pod";
    const workload = { name: "details-v1", namespace: "bookinfo", canonicalService: "details" };
    const endpoints = [{ address: { host: "127.0.0.1", port: upstream.port }, workload, tunnel: true }];
    const details = { name: "details", namespace: "bookinfo", vip: "10.96.0.12", port: 9080, endpoints };
    const mesh = await startMesh({ services: [details], podId });
    try {
      const caller = await mesh.caller(await mesh.authority.issue(CALLERS.productpage));
      expect(await send(caller.port("details"))).toMatchObject({ status: 503 });
      expect(upstream.requests).toEqual([]);
      expect(await counter(mesh.waypoint, "^cluster\\.connect_originate\\.ssl\\.fail_verify_san$")).toBeGreaterThan(0);
    } finally {
      await mesh.stop();
      await upstream.stop();
    }
  });
});

describe("forged headers", () => {
  const FORGED = [
    ["x-forwarded-for", "10.244.0.5"],
    ["x-forwarded-proto", "https"],
    ["x-forwarded-host", "admin.example"],
    ["x-forwarded-client-cert", `By=spiffe://cluster.local/ns/bookinfo/sa/reviews;URI=${CALLERS.productpage}`],
    ["x-waypost-lane", "v2"],
    ["x-user", "admin"],
    ["x-caller", "bookinfo-productpage"],
  ] as const;

  it("give nobody another identity", async () => {
    expect(await from("sleep", "reviews", { path: "/reviews/1", headers: FORGED })).toMatchObject({ status: 403 });
  });

  it("do not choose a lane, and do not arrive: certificates, lanes, claims, callers", async () => {
    const { status, header, upstream } = await from("sleep", "reviews", { path: "/open", headers: FORGED });
    expect(status).toBe(200);
    expect(header(WORKLOAD)).toBe("reviews-v1;bookinfo;reviews;v1;Kubernetes");
    for (const name of ["x-forwarded-client-cert", "x-waypost-lane", "x-user", "x-caller"]) {
      expect(upstream?.header(name), name).toBeUndefined();
    }
  });

  it("change the caller's address, as in Istio's waypoint: it is no identity, and x-forwarded-… arrive", async () => {
    expect((await from("sleep", "ratings")).header(SOURCE)).toBe("127.0.0.1");
    const { header, upstream } = await from("sleep", "ratings", { headers: FORGED });
    expect(header(SOURCE)).toBe("10.244.0.5");
    for (const name of ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]) {
      expect(upstream?.header(name), name).toBe(FORGED.find(([forged]) => forged === name)?.[1]);
    }
  });

  it("are replaced by what a token says", async () => {
    const token = await all.issuer.mint({ claims: { sub: "jason" } });
    const headers = [...FORGED, ["authorization", `Bearer ${token}`]] as const;
    const { upstream } = await from("sleep", "reviews", { path: "/open", headers });
    expect(upstream?.header("x-user")).toBe("jason");
  });

  it("on the tunnel itself do no more than those inside", async () => {
    const client = await knock({ identity: await bookinfo.mesh.authority.issue(CALLERS.sleep) });
    try {
      const forged = {
        "x-forwarded-for": "10.244.0.5",
        "x-forwarded-client-cert": `URI=${CALLERS.productpage}`,
        "io.istio.peer_principal": CALLERS.productpage,
      };
      expect(await client.getThrough(REVIEWS, "/reviews/1", forged)).toBe(403);
    } finally {
      client.close();
    }
  });
});

describe("who is not let in", () => {
  /** A caller that TLS refuses: the reason is counted, and no request reaches even the end of tunnels. */
  async function isRefused(who: Partial<Knock>, reason: string): Promise<void> {
    const counted = () => counter(bookinfo.mesh.waypoint, `^listener\\..*\\.ssl\\.${reason}$`);
    const [failures, requests, arrived] = [await counted(), await tunnelRequests(), arrivedCount()];
    await expect(knock(who)).rejects.toThrow();
    await vi.waitFor(async () => expect(await counted()).toBe(failures + 1), PATIENCE);
    expect(await tunnelRequests()).toBe(requests);
    expect(arrivedCount()).toBe(arrived);
  }

  it("a caller with productpage's certificate is: so the others are refused for what they lack", async () => {
    const client = await knock({ identity: await bookinfo.mesh.authority.issue(CALLERS.productpage) });
    try {
      expect(await client.getThrough(REVIEWS, "/reviews/1")).toBe(200);
    } finally {
      client.close();
    }
  });

  it("a caller without a certificate", () => isRefused({}, "fail_verify_no_cert"));

  it("a certificate of another authority, with the same name", async () => {
    const other = await CertificateAuthority.create("cluster.local");
    await isRefused({ identity: await other.issue(CALLERS.productpage) }, "fail_verify_error");
  });

  it.each([
    "spiffe://other.example/ns/bookinfo/sa/bookinfo-productpage",
    "spiffe://cluster.local.evil.example/ns/a/sa/b",
  ])("a foreign trust domain, also when our authority signed it: %s", async (id) =>
    isRefused({ identity: await bookinfo.mesh.authority.issue(id) }, "fail_verify_san"),
  );

  it.each([
    ["has expired", { notBefore: new Date(Date.now() - 2 * HOUR), notAfter: new Date(Date.now() - HOUR) }],
    ["is not valid yet", { notBefore: new Date(Date.now() + HOUR) }],
  ])("a certificate that %s", async (_what, validity) => {
    const identity = await bookinfo.mesh.authority.issue(CALLERS.productpage, validity);
    await isRefused({ identity }, "fail_verify_error");
  });

  it("a caller that speaks an older TLS", async () => {
    const identity = await bookinfo.mesh.authority.issue(CALLERS.productpage);
    await isRefused({ identity, tlsVersion: "TLSv1.2" }, "connection_error");
  });

  it("a request without TLS", async () => {
    const before = await tunnelRequests();
    const outcome = await send(bookinfo.mesh.waypoint.port(CONNECT_TERMINATE), { path: "/open" });
    expect(outcome).toMatchObject({ status: 0 });
    expect(await tunnelRequests()).toBe(before);
  });

  it("a request that is no tunnel, and a tunnel that leads to no service", async () => {
    const client = await knock({ identity: await bookinfo.mesh.authority.issue(CALLERS.productpage) });
    const before = await chainRequests();
    try {
      expect(await client.get(REVIEWS, "/open")).toBe(404);
      for (const authority of ["10.96.0.99:9080", "10.96.0.10:80", "reviews:9080"]) {
        await expect(client.getThrough(authority, "/open"), authority).rejects.toThrow();
      }
      expect(await chainRequests()).toBe(before);
    } finally {
      client.close();
    }
  });

  it("a ztunnel with an expired certificate: its callers get no answer", async () => {
    const validity = { notBefore: new Date(Date.now() - 2 * HOUR), notAfter: new Date(Date.now() - HOUR) };
    const expired = await bookinfo.mesh.caller(await bookinfo.mesh.authority.issue(CALLERS.productpage, validity));
    const outcome = await callPort(bookinfo, expired.port("reviews"), { path: "/open" });
    expect(outcome).toMatchObject({ status: 0 });
  });
});

/** Sends a request through a caller's ztunnel. */
function from(caller: CallerName, service: AnyServiceName, request?: Partial<Request>) {
  return call(bookinfo, caller, service, request);
}

/** A connection to where tunnels end. */
function knock(who: Partial<Knock>): Promise<TunnelClient> {
  const { waypoint, authority } = bookinfo.mesh;
  return TunnelClient.open({ port: waypoint.port(CONNECT_TERMINATE), trustBundle: authority.certificate, ...who });
}

/** Requests that came to the end of tunnels. */
function tunnelRequests(): Promise<number> {
  return counter(bookinfo.mesh.waypoint, `^http\\.${CONNECT_TERMINATE}\\.downstream_rq_total$`);
}

/** Requests that came to the services' chains. */
function chainRequests(): Promise<number> {
  return counter(bookinfo.mesh.waypoint, "^http\\.inbound_0\\.0\\.0\\.0_9080;\\.downstream_rq_total$");
}

/** Requests that came to any pod. */
function arrivedCount(): number {
  return Object.values(bookinfo.pods)
    .flat()
    .reduce((sum, { requests }) => sum + requests.length, 0);
}

/** Labels of the series of requests. */
async function requestLabels(): Promise<Record<string, string>[]> {
  const all = [...(await series(bookinfo.mesh.waypoint)).keys()];
  return all.filter((name) => name.startsWith("waypost_requests_total{")).map(labelsOf);
}
