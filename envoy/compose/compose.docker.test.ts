/**
 * `docker compose up` as a person uses it: everything comes up healthy, requests get what they should, Prometheus has the
 * metrics, a saved configuration and a rebuilt module are live. Where no Docker daemon runs, no test does, and each says why.
 */
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { demoRequests } from "../local/demo-requests.ts";
import type { DemoTokens } from "../local/demo-users.ts";
import { REVIEW_PATH } from "../local/names.ts";
import type { Seen, UpstreamName } from "../local/upstreams.ts";
import { PrometheusApi } from "../prometheus/index.ts";
import type { Echo } from "../services/echo.ts";
import { compose, composeCommand, Docker } from "./docker.ts";
import { prepareImages, type Images } from "./images.ts";
import { ComposeProject, serviceOf } from "./project.ts";

/** Milliseconds: everything that is started, with its images; one step of a test; the end of everything. */
const START_TIMEOUT = 280_000;
const PATIENCE = 45_000;
const STOP_TIMEOUT = 90_000;

/** Compose chooses no port: the system does. */
const ANY_PORTS = {
  WAYPOINT_PORT: "",
  WAYPOINT_METRICS_PORT: "",
  ISSUER_PORT: "",
  PROMETHEUS_PORT: "",
  GRAFANA_PORT: "",
};

describe("docker-compose.yml", () => {
  it("is read by compose, which needs no daemon for that", async (context) => {
    const command = await composeCommand().catch((error: unknown) =>
      context.skip(`not run: ${(error as Error).message}`),
    );
    await expect(compose(["--profile", "observability", "config", "--quiet"])).resolves.toBe("");
    console.log(`compose: ${command}`);
  });
});

describe("docker compose up", () => {
  let folder: string;
  let docker: Docker | undefined;
  let whyNot: string;
  let project: ComposeProject;
  let images: Images;
  /** An image that goes when the tests are done. */
  let rebuilt: string | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "waypost-compose-"));
    await cp("deploy/compose/config", folder, { recursive: true });
    // The agent, who is not root and not us, reads it.
    await chmod(folder, 0o755);
    try {
      await composeCommand();
      docker = await Docker.findOrStart();
    } catch (error) {
      whyNot = (error as Error).message;
      return;
    }
    project = new ComposeProject(docker, `waypost-e2e-${process.pid}`, { ...ANY_PORTS, WAYPOINT_CONFIG: folder });
    images = await prepareImages(docker, project);
    for (const line of images.standIns) console.log(`stand-in for ${line}`);
    await project.up();
  }, START_TIMEOUT);

  afterAll(async () => {
    try {
      if (docker !== undefined) await project.down();
      if (rebuilt !== undefined) await docker?.run(["image", "rm", rebuilt]);
    } finally {
      await docker?.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, STOP_TIMEOUT);

  beforeEach((context) => {
    if (docker === undefined) context.skip(`not run: ${whyNot}`);
  });

  it("runs nothing as root, and publishes ports on the loopback interface only", async () => {
    const containers = await project.containers();
    expect(containers.map(serviceOf).sort()).toEqual([
      "agent",
      "issuer",
      "prometheus",
      "reviews-canary",
      "reviews-stable",
      "waypoint",
      "waypoint-health",
    ]);
    for (const { Config, NetworkSettings } of containers) {
      expect(Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      const published = Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
      expect(published.filter(({ HostIp }) => HostIp !== "127.0.0.1")).toEqual([]);
    }
  });

  it("answers the requests of the demonstration as npm start does", async () => {
    const tokens = await freshTokens();
    const problems: string[] = [];
    for (const { requests } of demoRequests(tokens)) {
      for (const { name, request, check } of requests) {
        const answer = await send(request);
        const problem = check(answer, seen(answer));
        if (problem !== undefined) problems.push(`${name}: ${problem}: ${answer.status} ${answer.body}`);
      }
    }
    expect(problems).toEqual([]);
  });

  it("has what l7-metrics counts in Prometheus", async () => {
    const prometheus = new PrometheusApi(`127.0.0.1:${await project.port("prometheus", 9090)}`);
    const service = 'destination_service_namespace="default",destination_service_name="reviews"';
    const query = `waypost_requests_total{${service},response_code="200"}`;
    await send({ method: "GET", path: REVIEW_PATH });
    await expect.poll(() => prometheus.query(query), { timeout: PATIENCE }).not.toEqual([]);
    const [sample] = await prometheus.query(`sum(${query})`);
    expect(sample?.value).toBeGreaterThan(0);
  });

  it("takes a configuration as soon as it is saved", async () => {
    const file = path.join(folder, "waypoint.yaml");
    const before = await readFile(file, "utf8");
    await save(file, before.replace("paths: [/reviews/*]", "paths: [/elsewhere/*]"));
    await expect
      .poll(async () => (await send({ method: "GET", path: REVIEW_PATH })).status, { timeout: PATIENCE })
      .toBe(403);
    await save(file, before);
    await expect
      .poll(async () => (await send({ method: "GET", path: REVIEW_PATH })).status, { timeout: PATIENCE })
      .toBe(200);
  });

  it("takes a rebuilt module without a restart of the waypoint", async () => {
    const waypoint = (await project.containers()).find((container) => serviceOf(container) === "waypoint");
    const before = await reloads();
    rebuilt = `waypost/services:rebuilt-${process.pid}`;
    await buildWithOtherModule(rebuilt);
    await project.up(["agent"], { env: { SERVICES_IMAGE: rebuilt } });
    await expect.poll(reloads, { timeout: PATIENCE }).toBeGreaterThan(before);
    expect((await send({ method: "GET", path: REVIEW_PATH })).status).toBe(200);
    expect((await project.containers()).map(({ Id }) => Id)).toContain(waypoint?.Id);
    expect(await project.logs("waypoint")).not.toContain("[critical]");
  });

  it("shows the dashboard in Grafana", { timeout: START_TIMEOUT }, async (context) => {
    const missing = images.missing.get("grafana");
    if (missing !== undefined)
      context.skip(`not run: no image of Grafana, and no package to make a stand-in of: ${missing}`);
    await project.up(["grafana"], { profile: "observability" });
    const address = `http://127.0.0.1:${await project.port("grafana", 3000)}`;
    const get = async (page: string): Promise<unknown> => (await fetch(address + page)).json();
    await expect.poll(() => get("/api/search?type=dash-db"), { timeout: PATIENCE }).toHaveLength(1);
    // As its panels ask, through the provisioned data source.
    const answer = await get("/api/datasources/proxy/uid/prometheus/api/v1/query?query=up");
    expect(answer).toMatchObject({ status: "success" });
  });

  async function send(request: { method: string; path: string; headers?: readonly (readonly [string, string])[] }) {
    return requestOverHttp1(await project.port("waypoint", 8080), { authority: "reviews", ...request });
  }

  async function freshTokens(): Promise<DemoTokens> {
    const response = await fetch(`http://127.0.0.1:${await project.port("issuer", 8081)}/tokens`);
    return (await response.json()) as DemoTokens;
  }

  /** How often the waypoint has taken a configuration of the plugin. */
  async function reloads(): Promise<number> {
    const port = await project.port("waypoint", 15090);
    const text = await (await fetch(`http://127.0.0.1:${port}/stats/prometheus`)).text();
    return Number(/^envoy_\S*extension_config_discovery\S*config_reload\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
  }

  /** Our image with a module that does the same but has another hash. */
  async function buildWithOtherModule(tag: string): Promise<void> {
    const context = path.join(folder, "rebuilt");
    const file = await project.file();
    // A custom section without a name (WebAssembly specification, binary format of modules).
    const section = Buffer.from([0, 1, 0]);
    await cp("build/waypoint.wasm", path.join(context, "waypoint.wasm"), { recursive: true });
    await writeFile(path.join(context, "waypoint.wasm"), section, { flag: "a" });
    const lines = [`FROM ${file.services.agent.image}`, "COPY waypoint.wasm /app/waypoint.wasm"];
    await writeFile(path.join(context, "Dockerfile"), `${lines.join("\n")}\n`);
    await docker?.run(["build", "--quiet", "--tag", tag, context], { timeout: PATIENCE });
  }
});

/** As editors do: a new file in place of the old one. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** What an upstream says that it got, from its answer; undefined: the waypoint answered. */
function seen({ headers, status, body }: Answer): Seen | undefined {
  const upstream = headers.find(([name]) => name === "x-served-by")?.[1];
  if (status !== 200 || upstream === undefined) return undefined;
  return { ...(JSON.parse(body) as Echo), upstream: upstream as UpstreamName };
}
