/** What docker-compose.yml mounts is what `npm start` writes, and what it says is what our services go by. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Addresses } from "../bookinfo/services.ts";
import { type AnyServiceName, SERVICES, WORKLOADS, type WorkloadName } from "../bookinfo/topology.ts";
import { jwtAuthn, WAYPOST_TAGS } from "../config/index.ts";
import { DEFAULT_VERSION } from "../find-envoy.ts";
import { PluginFile } from "../local/plugin-file.ts";
import { loopbackOf, PODS, PROXIES, PUBLISHED_PORTS, RUN_FOLDER } from "./services/addresses.ts";
import { composeServices, versionOf } from "./services/proxies.ts";

const COMPOSE_FILE = "deploy/compose/config/waypoint.yaml";

interface ComposeService {
  command?: string[];
  network_mode?: string;
  extra_hosts?: string[];
  healthcheck?: { test: string | string[] };
  ports?: string[];
  volumes?: string[];
}

it("begins with the configuration of npm start", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "waypost-compose-"));
  try {
    const { path: written } = await PluginFile.open(folder, true);
    const hint = `npm start -- --reset --once writes .waypost/waypoint.yaml; ${COMPOSE_FILE} is a copy of it`;
    expect(await readFile(COMPOSE_FILE, "utf8"), hint).toBe(await readFile(written, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("makes the waypoint's configuration for the version that its image has", () => {
  expect(versionOf("envoyproxy/envoy:distroless-v1.36.4")).toBe("1.36.4");
  expect(versionOf("localhost:5000/envoy:latest")).toBe(DEFAULT_VERSION);
  const addresses = Object.fromEntries(Object.keys(PODS).map((workload) => [workload, []])) as unknown as Addresses;
  const tagsFor = (version: string) => composeServices(addresses, jwtAuthn({}), version)[0]?.tracing?.tags;
  expect([tagsFor("1.36.4"), tagsFor("1.37.0")]).toEqual([{}, WAYPOST_TAGS]);
});

describe("docker-compose.yml", () => {
  let services: Record<string, ComposeService>;

  beforeAll(async () => {
    const text = await readFile("docker-compose.yml", "utf8");
    ({ services } = parse(text, { merge: true }) as { services: typeof services });
  });

  it("has a volume for each proxy, which nobody but the agent shares", async () => {
    const dockerfile = await readFile("deploy/compose/Dockerfile", "utf8");
    for (const proxy of PROXIES) {
      const mount = `${proxy}:${RUN_FOLDER}/${proxy}`;
      const users = Object.entries(services).flatMap(([name, { volumes = [] }]) =>
        volumes.filter((volume) => volume.startsWith(`${proxy}:`)).map((volume) => [name, volume]),
      );
      const expected = [
        ["agent", mount],
        [proxy, `${mount}:ro`],
      ];
      expect(users).toEqual(expected);
      // Where the volume has its owner from.
      expect(dockerfile).toContain(`/volumes/${proxy}`);
    }
  });

  it("has health checks that need no shell", () => {
    const checks = Object.values(services).flatMap(({ healthcheck }) => healthcheck ?? []);
    expect(checks.length).toBeGreaterThan(5);
    expect(checks.filter(({ test }) => test[0] !== "CMD")).toEqual([]);
  });

  it("leads the names of services to the listeners of callers' ztunnels, and ports of this machine to others", () => {
    const hosts = (Object.keys(SERVICES) as AnyServiceName[]).map((name) => `${name}:${loopbackOf(name)}`);
    for (const ztunnel of ["ztunnel-productpage", "ztunnel-sleep"]) {
      const { extra_hosts, ports = [] } = services[ztunnel] ?? {};
      expect(extra_hosts).toEqual(hosts);
      const published = ports.map((port) => Number(port.split(":").at(-1)));
      expect(published).toEqual(expect.arrayContaining(Object.values(PUBLISHED_PORTS)));
    }
  });

  it("has the pods where the waypoint looks for them", () => {
    for (const workload of Object.keys(PODS) as WorkloadName[]) {
      const { app, version } = WORKLOADS[workload];
      const isIt = ({ command }: ComposeService) => command?.[1] === app && command[2] === version;
      const [name, service] = Object.entries(services).find(([, candidate]) => isIt(candidate)) ?? [];
      const host = service?.network_mode?.replace("service:", "") ?? name;
      expect({ host, port: Number(service?.command?.[3]?.split(":")[1]) }).toEqual(PODS[workload]);
    }
  });
});
