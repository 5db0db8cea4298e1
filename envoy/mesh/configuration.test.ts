/** The configurations alone: with the ports of containers, and without any. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Bootstrap } from "../config/types.ts";
import {
  CONNECT_TERMINATE,
  endpointFiles,
  IdentityFiles,
  INBOUND,
  inboundZtunnel,
  outboundZtunnel,
  type Service,
  waypoint,
} from "./index.ts";

const folder = mkdtempSync(path.join(tmpdir(), "waypost-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

const identity = new IdentityFiles(folder);
const MESH = { identity, trustDomain: "cluster.local" };
const REVIEWS = { name: "reviews", namespace: "bookinfo", vip: "10.96.0.10", port: 9080, endpoints: [] };
const WAYPOINT = { ...MESH, namespace: "bookinfo", services: [REVIEWS] };
const CALLER = {
  identity,
  waypoint: { host: "10.0.0.1", port: 15008 },
  waypointId: "spiffe://cluster.local/ns/a/sa/b",
  services: [REVIEWS],
};

describe("a waypoint", () => {
  it("listens where it is told, by default on the loopback interface at a port of the system's choice", () => {
    expect(socketOf(waypoint(WAYPOINT), CONNECT_TERMINATE)).toEqual(["127.0.0.1", 0]);
    const fixed = waypoint({ ...WAYPOINT, host: "0.0.0.0", port: 15008 });
    expect(socketOf(fixed, CONNECT_TERMINATE)).toEqual(["0.0.0.0", 15008]);
  });

  it("opens tunnels to port 15008 of pods, or to another", () => {
    const port = (options: object) => {
      const cluster = clusterOf(waypoint({ ...WAYPOINT, ...options }), "connect_originate");
      return cluster.original_dst_lb_config;
    };
    expect(port({})).toEqual({ upstream_port_override: 15008 });
    expect(port({ tunnelPort: 25008 })).toEqual({ upstream_port_override: 25008 });
  });

  it("has an admin interface on the loopback interface, whatever its own address", () => {
    const { admin } = waypoint({ ...WAYPOINT, host: "0.0.0.0", adminPort: 15000 });
    expect(admin).toMatchObject({ address: { socket_address: { address: "127.0.0.1", port_value: 15000 } } });
  });
});

describe("a service", () => {
  const ALL = "inbound-vip|9080|http|reviews.bookinfo.svc.cluster.local";
  const V1 = "inbound-vip|9080|http/v1|reviews.bookinfo.svc.cluster.local";
  const SET = {
    ...REVIEWS,
    subsets: { v1: [] },
    tracing: { cluster: "otel-collector" },
    cluster: { lb_policy: "RANDOM", connect_timeout: "1s" },
    subsetCluster: { v1: { lb_policy: "ROUND_ROBIN" } },
  };

  it("has clusters with its settings, a subset's with those of the subset too", () => {
    const config = waypoint({ ...WAYPOINT, services: [SET] });
    expect(clusterOf(config, ALL)).toMatchObject({ lb_policy: "RANDOM", connect_timeout: "1s", type: "STATIC" });
    expect(clusterOf(config, V1)).toMatchObject({ lb_policy: "ROUND_ROBIN", connect_timeout: "1s", type: "STATIC" });
  });

  it("keeps them when its endpoints come from files", () => {
    const files = endpointFiles(path.join(folder, "endpoints"), [SET]);
    const { load_assignment, ...cluster } = clusterOf(
      waypoint({ ...WAYPOINT, services: [SET], endpointFiles: files }),
      V1,
    );
    expect(load_assignment).toBeUndefined();
    expect(cluster).toMatchObject({ lb_policy: "ROUND_ROBIN", connect_timeout: "1s", type: "EDS" });
  });

  it("has its own tracing, or none", () => {
    const chains = (service: Service) => JSON.stringify(waypoint({ ...WAYPOINT, services: [service] }));
    expect(chains(SET)).toContain("envoy.tracers.opentelemetry");
    expect(chains(REVIEWS)).not.toContain("envoy.tracers");
  });
});

describe("a ztunnel", () => {
  it("of a caller listens at fixed ports, by service", () => {
    const { port, host } = { port: 9080, host: "0.0.0.0" };
    expect(socketOf(outboundZtunnel(CALLER), "reviews")).toEqual(["127.0.0.1", 0]);
    expect(socketOf(outboundZtunnel({ ...CALLER, host, ports: { reviews: port } }), "reviews")).toEqual([host, port]);
  });

  it("looks the waypoint up again and again where it has a name", () => {
    const type = (host: string) =>
      clusterOf(outboundZtunnel({ ...CALLER, waypoint: { host, port: 1 } }), "waypoint").type;
    expect([type("10.0.0.1"), type("waypoint")]).toEqual(["STATIC", "STRICT_DNS"]);
  });

  it("of pods leads to what is asked for by name only, or by port where the pod's address changes", () => {
    const applications = [
      { host: "127.0.0.1", port: 9081 },
      { host: "127.0.0.1", port: 9082, authority: "*:9082" },
    ];
    const config = inboundZtunnel({ ...MESH, applications, host: "0.0.0.0", port: 15008 });
    expect(socketOf(config, INBOUND)).toEqual(["0.0.0.0", 15008]);
    expect(JSON.stringify(config)).toContain('"domains":["127.0.0.1:9081"]');
    expect(JSON.stringify(config)).toContain('"domains":["*:9082"]');
  });
});

it("no configuration names a private key: they have their secrets by SDS", () => {
  for (const config of [waypoint(WAYPOINT), outboundZtunnel(CALLER), inboundZtunnel({ ...MESH, applications: [] })]) {
    const text = JSON.stringify(config);
    expect(text).not.toContain("private_key");
    expect(text).toContain('"tls_certificate_sds_secret_configs":[{"name":"default"');
    expect(text).toContain('"validation_context_sds_secret_config":{"name":"ROOTCA"');
  }
});

function socketOf({ static_resources }: Bootstrap, listener: string) {
  const found = static_resources.listeners.find(({ name }) => name === listener);
  const { address, port_value } = (found?.address as { socket_address: { address: string; port_value: number } })
    .socket_address;
  return [address, port_value];
}

function clusterOf({ static_resources }: Bootstrap, name: string) {
  const found = static_resources.clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}
