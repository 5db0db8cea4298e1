/** Bookinfo as tests and demonstrations start it: who calls whom, which pod answers, and what a filter knows of it. */
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Bookinfo, bookinfoClusterName, type CallerName, CALLERS, type ServiceName } from "../bookinfo/index.ts";
import { routeTo, wasmFilter } from "../config/index.ts";
import { call } from "./mesh-fixture.ts";

/** What header-router makes of the caller, for the pod. */
const HEADERS = { "x-caller": "{source.principal}", "x-caller-namespace": "{source.namespace}" };
const WHO = wasmFilter({
  name: "bookinfo.who",
  file: path.resolve("build/header-router.wasm"),
  configuration: JSON.stringify({ routes: [{ name: "who", headers: { request: { set: HEADERS } } }] }),
});

let bookinfo: Bookinfo;

beforeAll(async () => {
  bookinfo = await Bookinfo.start({
    replicas: { "reviews-v3": 2, "details-v1": 0 },
    services: {
      reviews: {
        places: { AUTHZ: [WHO] },
        routes: [routeTo(bookinfoClusterName("reviews", "v1"), "/v1/"), routeTo(bookinfoClusterName("reviews"))],
        cluster: { lb_policy: "ROUND_ROBIN", connect_timeout: "3s" },
        subsetCluster: { v2: { lb_policy: "RANDOM" } },
      },
    },
  });
});
afterAll(() => bookinfo.stop());

it.each<[CallerName, string]>([
  ["productpage", "bookinfo"],
  ["sleep", "default"],
])("%s is who its certificate says, whatever its request says", async (caller, namespace) => {
  const forged = { "x-forwarded-client-cert": "URI=spiffe://cluster.local/ns/a/sa/b", "x-caller": "root" };
  const { upstream } = await call(bookinfo, caller, "reviews", { headers: Object.entries(forged) });
  expect(upstream?.header("x-caller")).toBe(CALLERS[caller].slice("spiffe://".length));
  expect(upstream?.header("x-caller-namespace")).toBe(namespace);
  expect(upstream?.header("x-forwarded-client-cert")).toBeUndefined();
});

it("both callers reach every service that has pods, and find out which of them answered", async () => {
  for (const caller of ["productpage", "sleep"] as const) {
    for (const service of ["ratings", "reviews-v1", "reviews-v2"] as const) {
      const { status, upstream, header } = await call(bookinfo, caller, service, { path: "/a" });
      const pod = service === "ratings" ? "ratings-v1" : service;
      expect({ status, pod: upstream?.pod, path: upstream?.path }).toEqual({ status: 200, pod, path: "/a" });
      expect(header("x-pod")).toBe(pod);
    }
    expect((await call(bookinfo, caller, "details")).status).toBe(503);
  }
  expect(bookinfo.seen("nobody-s")).toBeUndefined();
});

it("a service's cluster has all of its pods, a subset's those of its version", async () => {
  const podsOf = async (target: string) => {
    const all = [];
    for (let i = 0; i < 8; i++) all.push((await call(bookinfo, "sleep", "reviews", { path: target })).upstream?.pod);
    return [...new Set(all)].sort();
  };
  expect(await podsOf("/v1/reviews")).toEqual(["reviews-v1"]);
  expect(await podsOf("/reviews")).toEqual(["reviews-v1", "reviews-v2", "reviews-v3-1", "reviews-v3-2"]);
});

it("settings of clusters replace what istiod would write, for a service and for a subset", async () => {
  const configs = (await bookinfo.waypoint.admin.configDump("resource=static_clusters")).configs as unknown as {
    cluster: { name: string; lb_policy?: string; connect_timeout: string };
  }[];
  const policy = (service: ServiceName, subset?: string) => {
    const { cluster } = configs.find((one) => one.cluster.name === bookinfoClusterName(service, subset)) ?? {};
    return `${cluster?.lb_policy ?? "ROUND_ROBIN"} ${cluster?.connect_timeout}`;
  };
  expect(policy("reviews")).toBe("ROUND_ROBIN 3s");
  expect(policy("reviews", "v1")).toBe("ROUND_ROBIN 3s");
  expect(policy("reviews", "v2")).toBe("RANDOM 3s");
  expect(policy("ratings")).toBe("LEAST_REQUEST 10s");
});

it("listens on the loopback interface only", async () => {
  const ztunnel = await bookinfo.mesh.caller(await bookinfo.mesh.authority.issue(CALLERS.sleep));
  for (const { admin } of [bookinfo.waypoint, bookinfo.mesh.pods, ztunnel]) {
    const text = await admin.get("/listeners");
    const sockets = [...text.matchAll(/::(\d+\.\d+\.\d+\.\d+):\d+/g)].map(([, host]) => host);
    expect(new Set(sockets)).toEqual(new Set(["127.0.0.1"]));
    expect(admin.address).toMatch(/^127\.0\.0\.1:/);
  }
});

it("has keys that its user alone can read, and leaves none behind", async () => {
  const other = await Bookinfo.start();
  const folders = [other.waypoint.folder, other.mesh.pods.folder];
  for (const folder of folders) {
    const found = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name)));
    const secrets = found.filter((file) => file.endsWith("secret.json"));
    expect(secrets.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  }
  await other.stop();
  expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
});
