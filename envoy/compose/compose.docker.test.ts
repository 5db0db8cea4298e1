/**
 * `docker compose up` as a person uses it: everything comes up healthy, callers get through the mesh what they should and others
 * nothing, and what changes while it runs is taken. Where no Docker daemon runs, no test does, and each says why.
 */
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type CallerName, CALLERS, TRUST_DOMAIN, WAYPOINT_ID } from "../bookinfo/topology.ts";
import type { Answer } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { isOlder } from "../find-program.ts";
import { demoRequests } from "../local/demo-requests.ts";
import type { DemoTokens } from "../local/demo-users.ts";
import type { Seen } from "../local/expectation.ts";
import { REVIEW_PATH } from "../local/names.ts";
import { CertificateAuthority } from "../mesh/index.ts";
import { PrometheusApi } from "../prometheus/index.ts";
import type { Echo } from "../services/echo.ts";
import { compose, composeCommand, Docker } from "./docker.ts";
import { prepareImage, prepareImages, type Images } from "./images.ts";
import { knock } from "./outsider.ts";
import { ComposeProject, serviceOf } from "./project.ts";
import { PUBLISHED_PORTS, ztunnelOf } from "./services/addresses.ts";
import { versionOf } from "./services/proxies.ts";

/** Milliseconds: everything that is started, with its images; one step of a test; the end of everything. */
const START_TIMEOUT = 280_000;
const PATIENCE = 45_000;
const STOP_TIMEOUT = 90_000;

/** Compose chooses no port: the system does. */
const ANY_PORTS = Object.fromEntries(
  [
    ...["PRODUCTPAGE", "REVIEWS", "RATINGS", "DETAILS", "SLEEP_REVIEWS", "SLEEP_RATINGS", "SLEEP_DETAILS"],
    ...["WAYPOINT_METRICS", "ISSUER", "PROMETHEUS", "GRAFANA", "JAEGER"],
  ].map((name) => [`${name}_PORT`, ""]),
);

/** Of the versions that docs/installation.md has. */
const OLDEST_ENVOY = "1.36.4";

/** A request for everybody. */
const READ = { method: "GET", path: REVIEW_PATH };

type Sent = Pick<Parameters<typeof requestOverHttp1>[1], "method" | "path" | "headers">;

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
  /** Ports of the callers' ztunnels that lead to reviews. */
  let ports: Record<CallerName, number>;
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
    await untilItAnswers();
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

  it("runs nothing as root, lets nothing be written, and publishes ports on the loopback interface only", async () => {
    const containers = await project.containers();
    expect(containers.map(serviceOf).sort()).toEqual([
      ...["agent", "details", "issuer", "productpage", "prometheus", "ratings"],
      ...["reviews-v1", "reviews-v2", "reviews-v3", "sleep", "waypoint", "waypoint-health"],
      ...["ztunnel-pods", "ztunnel-productpage", "ztunnel-sleep"],
    ]);
    for (const { Config, HostConfig, NetworkSettings } of containers) {
      expect(Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ["ALL"] });
      expect(HostConfig.SecurityOpt).toEqual(["no-new-privileges:true"]);
      const published = Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
      expect(published.filter(({ HostIp }) => HostIp !== "127.0.0.1")).toEqual([]);
    }
  });

  it("answers the requests of the demonstration, of both callers, as npm start does", async () => {
    expect(await problemsOfDemonstration()).toEqual([]);
  });

  it("has services under their names in the pods of callers", async () => {
    const get = (...args: string[]) => project.exec("sleep", ["node", "/app/services.cjs", "get", ...args]);
    const answers = await Promise.all([
      get("http://reviews:9080/reviews/1"),
      get("-X", "DELETE", "http://reviews:9080/reviews/1"),
      get("http://reviews-v3:9080/reviews/1"),
      get("http://ratings:9080/ratings/1"),
      get("http://details:9080/details/1"),
    ]);
    expect(answers.map((answer) => /^HTTP\/1.1 (\d+)/.exec(answer)?.[1])).toEqual(["200", "403", "200", "200", "200"]);
    // By way of reviews v3: what a pod calls itself.
    expect(answers[2]).toContain('"color":"red"');
    const page = await fetch(`http://127.0.0.1:${await project.port(ztunnelOf("productpage"), 8080)}/productpage`);
    expect(await page.text()).toMatch(/from details-v1.*from reviews-v1/s);
  });

  it("carries it all in tunnels, which open to nobody without a certificate of the mesh", async () => {
    expect(await counter("envoy_http_connect_terminate_downstream_rq_total")).toBeGreaterThan(0);
    expect(await counter("envoy_cluster_connect_originate_upstream_rq_total")).toBeGreaterThan(0);
    const stranger = await CertificateAuthority.create(TRUST_DOMAIN);
    for (const identity of [undefined, await stranger.issue(CALLERS.productpage)]) {
      const { bytes, error, name } = await knock(project, identity);
      expect({ bytes, error, name }).toEqual({
        bytes: 0,
        error: expect.stringMatching(/^ERR_SSL_/) as unknown,
        name: `URI:${WAYPOINT_ID}`,
      });
    }
  });

  it("has what l7-metrics counts in Prometheus", async () => {
    const prometheus = new PrometheusApi(`127.0.0.1:${await project.port("prometheus", 9090)}`);
    const service = 'destination_service_namespace="bookinfo",destination_service_name="reviews"';
    const query = `waypost_requests_total{${service},response_code="200"}`;
    await expect.poll(() => prometheus.query(query), { timeout: PATIENCE }).not.toEqual([]);
    const [sample] = await prometheus.query(`sum(${query})`);
    expect(sample?.value).toBeGreaterThan(0);
  });

  it("lets a pod fail on demand", async () => {
    const setFault = (fault: string) => project.exec("reviews-v1", ["node", "/app/services.cjs", "fault", fault]);
    const statuses = async () => [await status("productpage", READ), await status("productpage", READ)].sort();
    await setFault('{"status":503,"share":0.5}');
    expect(await statuses()).toEqual([200, 503]);
    await setFault("{}");
    expect(await statuses()).toEqual([200, 200]);
    await expect(setFault('{"state":503}')).rejects.toThrow("state: a fault has");
  });

  it("finds pods again that come back with another address", async () => {
    const services = ["ztunnel-pods", "ratings", "details"];
    const addresses = () => Promise.all(services.map((service) => project.address(service)));
    const before = await addresses();
    await project.move(services);
    const after = await addresses();
    expect(services.filter((_service, index) => after[index] === before[index])).toEqual([]);
    const pods = () => Promise.all(["reviews-v2", "ratings", "details"].map(podBehind));
    await expect.poll(pods, { timeout: PATIENCE }).toEqual(["reviews-v2", "ratings-v1", "details-v1"]);
  });

  it("takes a configuration as soon as it is saved", async () => {
    const file = path.join(folder, "waypoint.yaml");
    const before = await readFile(file, "utf8");
    await save(file, before.replace("methods: [GET], paths: [/reviews/*]", "methods: [GET], paths: [/elsewhere/*]"));
    await expect.poll(() => status("sleep", READ), { timeout: PATIENCE }).toBe(403);
    await save(file, before);
    await expect.poll(() => status("sleep", READ), { timeout: PATIENCE }).toBe(200);
  });

  it(
    "takes a rebuilt module and another authority's certificates, and fails no request",
    { timeout: START_TIMEOUT },
    async () => {
      const waypoint = await project.container("waypoint");
      const [before, knocked] = [await reloads(), await knock(project)];
      rebuilt = `waypost/services:rebuilt-${process.pid}`;
      await buildWithOtherModule(rebuilt);
      const traffic = keepSending();
      await project.up(["agent"], { env: { SERVICES_IMAGE: rebuilt } });
      await expect.poll(reloads, { timeout: PATIENCE }).toBeGreaterThan(before);
      await expect.poll(async () => (await knock(project)).serial, { timeout: PATIENCE }).not.toBe(knocked.serial);
      expect(await traffic.stop()).toEqual(new Set([200]));
      expect((await project.container("waypoint")).Id).toBe(waypoint.Id);
      // All tunnels anew, with the new certificates on both of their ends.
      await project.restart("waypoint");
      for (const caller of ["productpage", "sleep"] as const) {
        await expect.poll(() => status(caller, READ), { timeout: PATIENCE }).toBe(200);
      }
    },
  );

  it("sends spans as soon as there is a collector, and does well without one", { timeout: START_TIMEOUT }, async () => {
    expect(complaints(await project.logs("waypoint"))).toEqual([]);
    await project.up(["otel-collector"], { profile: "observability" });
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traced = { ...READ, headers: [["traceparent", `00-${traceId}-b7ad6b7169203331-01`]] as const };
    // Until the waypoint has found it, spans are dropped.
    const logs = async () => {
      await send("productpage", traced);
      return project.logs("otel-collector");
    };
    // Before Envoy 1.37 spans have no tags of ours.
    const hasTags = !isOlder(versionOf(process.env["ENVOY_IMAGE"] ?? ""), [1, 37]);
    for (const told of [traceId, ...(hasTags ? ["waypost.route"] : [])]) {
      await expect.poll(logs, { timeout: PATIENCE, interval: 1_000 }).toContain(told);
    }
  });

  it("shows the dashboard in Grafana", { timeout: START_TIMEOUT }, async (context) => {
    skipWithout("grafana", context.skip);
    await project.up(["grafana"], { profile: "observability" });
    const address = `http://127.0.0.1:${await project.port("grafana", 3000)}`;
    const get = async (page: string): Promise<unknown> => (await fetch(address + page)).json();
    await expect.poll(() => get("/api/search?type=dash-db"), { timeout: PATIENCE }).toHaveLength(1);
    // As its panels ask, through the provisioned data source.
    const answer = await get("/api/datasources/proxy/uid/prometheus/api/v1/query?query=up");
    expect(answer).toMatchObject({ status: "success" });
  });

  it("shows traces in Jaeger", { timeout: START_TIMEOUT }, async (context) => {
    skipWithout("jaeger", context.skip);
    await project.up(["otel-collector", "jaeger"], { profile: "observability" });
    const services = `http://127.0.0.1:${await project.port("jaeger", 16686)}/api/services`;
    const listed = async () => {
      await send("productpage", READ);
      return (await fetch(services)).text();
    };
    await expect.poll(listed, { timeout: PATIENCE, interval: 1_000 }).toContain("waypoint.bookinfo");
  });

  it(
    "takes another Envoy for its waypoint, the oldest of those that are tested",
    { timeout: START_TIMEOUT },
    async (context) => {
      const image = `envoyproxy/envoy:distroless-v${OLDEST_ENVOY}`;
      if (docker === undefined) return;
      const standIn = await prepareImage(docker, image, "waypoint").catch((error: unknown) =>
        context.skip(`not run: ${(error as Error).message}`),
      );
      if (standIn !== undefined) console.log(`stand-in for ${standIn}`);
      // Not the ztunnels: pods would keep the network of one that is replaced.
      await project.up(["waypoint"], { env: { ENVOY_IMAGE: image } });
      expect(await project.exec("waypoint", ["/usr/local/bin/envoy", "--version"])).toContain(`/${OLDEST_ENVOY}/`);
      await untilItAnswers();
      expect(await problemsOfDemonstration()).toEqual([]);
    },
  );

  function skipWithout(service: string, skip: (why: string) => void): void {
    const why = images.missing.get(service);
    if (why !== undefined) skip(`not run: no image of ${service}, and nothing to make a stand-in of: ${why}`);
  }

  /** Finds the ports, which the system chose, and waits: the agent finds pods a moment after they are there. */
  async function untilItAnswers(): Promise<void> {
    const portOf = (caller: CallerName) => project.port(ztunnelOf(caller), PUBLISHED_PORTS.reviews);
    ports = { productpage: await portOf("productpage"), sleep: await portOf("sleep") };
    // Of several connections each: the workers of an Envoy that starts are not ready at one time.
    const wanted = (["productpage", "sleep"] as const).flatMap((caller) => Array<CallerName>(4).fill(caller));
    const isAnswered = async () => {
      const statuses = await Promise.all(wanted.map((caller) => status(caller, READ).catch(() => 0)));
      return statuses.every((got) => got === 200);
    };
    await vi.waitUntil(isAnswered, { timeout: PATIENCE, interval: 200 });
  }

  /** Sends what `npm start` sends. Answers what came otherwise than it should. */
  async function problemsOfDemonstration(): Promise<string[]> {
    const problems: string[] = [];
    const requests = demoRequests(await freshTokens()).flatMap((group) => group.requests);
    for (const { name, from = "productpage", request, check } of requests) {
      const answer = await send(from, request);
      const problem = check(answer, seen(answer));
      if (problem !== undefined) problems.push(`${name}: ${problem}: ${answer.status} ${answer.body}`);
    }
    return problems;
  }

  /** Sends a request to reviews, through a caller's ztunnel. */
  function send(from: CallerName, request: Sent): Promise<Answer> {
    return requestOverHttp1(ports[from], { authority: "reviews:9080", ...request });
  }

  async function status(from: CallerName, request: Sent): Promise<number> {
    return (await send(from, request)).status;
  }

  /** Sends one request after the other. `stop` gives the statuses of all answers, 0 for one that did not come. */
  function keepSending(): { stop: () => Promise<Set<number>> } {
    const statuses = new Set<number>();
    const ended = new AbortController();
    const sending = (async () => {
      while (!ended.signal.aborted) statuses.add(await status("productpage", READ).catch(() => 0));
    })();
    return {
      async stop() {
        ended.abort();
        await sending;
        return statuses;
      },
    };
  }

  async function freshTokens(): Promise<DemoTokens> {
    const response = await fetch(`http://127.0.0.1:${await project.port("issuer", 8081)}/tokens`);
    return (await response.json()) as DemoTokens;
  }

  /** One of the waypoint's counters; NaN: it has none whose name matches. */
  async function counter(name: string): Promise<number> {
    const port = await project.port("waypoint", 15090);
    const text = await (await fetch(`http://127.0.0.1:${port}/stats/prometheus`)).text();
    return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, "m").exec(text)?.[1]);
  }

  /** How often the waypoint has taken a configuration of the plugin. */
  function reloads(): Promise<number> {
    return counter("envoy_\\S*extension_config_discovery\\S*config_reload");
  }

  /** The pod that answers a request of sleep to a service; undefined: none. */
  async function podBehind(service: string): Promise<string | undefined> {
    const url = `http://${service}:9080/reviews/1`;
    const answer = await project.exec("sleep", ["node", "/app/services.cjs", "get", url]);
    return /^x-pod: (\S+)$/m.exec(answer)?.[1];
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

/** What Envoy's log has against something, but for the matcher that Istio's waypoints have, too, and for its own end. */
function complaints(log: string): string[] {
  const lines = log.split("\n").filter((line) => /\]\[(warning|error|critical)\]\[/.test(line));
  return lines.filter((line) => !/marked as work-in-progress|caught ENVOY_SIGTERM/.test(line));
}

/** What a pod says that it got, from its answer; undefined: the waypoint answered. */
function seen({ status, body, headers }: Answer): Seen | undefined {
  if (status !== 200 || !headers.some(([name]) => name === "x-pod")) return undefined;
  const { pod, request } = JSON.parse(body) as { pod: string; request: Echo };
  return { ...request, pod };
}
