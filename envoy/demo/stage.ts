/** The mesh of one demo, with its manifests applied. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Bookinfo, type CallerName, NAMESPACE, SERVICES, TRUST_DOMAIN } from "../bookinfo/index.ts";
import { SERVICE_PORT } from "../bookinfo/topology.ts";
import { SPANS_AT_ONCE } from "../config/index.ts";
import { AccessLogFile } from "../harness/index.ts";
import { applied, type Manifest, nameOf, readManifests } from "../istiod/manifest.ts";
import { applyManifests, type IstiodMesh } from "../istiod/apply.ts";
import type { Issuer } from "../services/issuer.ts";
import type { Span } from "../services/otlp-receiver.ts";
import { stopAll } from "../stop-all.ts";
import { DemoClient } from "./client.ts";
import type { Demo, DemoRequest, Reply, Stage } from "./demo.ts";
import type { Journal } from "./journal.ts";
import { CHECKOUT, Surroundings } from "./surroundings.ts";

/** Milliseconds until a line must be in the access log. */
const LOG_TIMEOUT = 5_000;

/** The waypoint's Gateway in deploy/manifests. */
const GATEWAY = "waypoint";

/** The manifests of a demo, from the checkout's folder. */
export function manifestFile({ name }: Pick<Demo, "name">): string {
  return `deploy/demos/${name}.yaml`;
}

/** Runs a demo on a mesh of its own. Rejects with what failed but checks, which the journal gets. */
export async function runDemo(demo: Demo, journal: Journal): Promise<void> {
  const stage = await DemoStage.start(demo, journal);
  try {
    await demo.run(stage);
  } finally {
    await stage.stop();
  }
}

class DemoStage implements Stage {
  bookinfo!: Bookinfo;
  readonly #demo: Demo;
  readonly #journal: Journal;
  readonly #surroundings: Surroundings;
  readonly #folder: string;
  #client = new DemoClient();
  #manifests: Manifest[];

  private constructor(demo: Demo, journal: Journal, surroundings: Surroundings, folder: string) {
    this.#demo = demo;
    this.#journal = journal;
    this.#surroundings = surroundings;
    this.#folder = folder;
    this.#manifests = [...surroundings.manifests];
  }

  static async start(demo: Demo, journal: Journal): Promise<DemoStage> {
    const folder = await mkdtemp(path.join(tmpdir(), "waypost-demo-"));
    const stage = new DemoStage(demo, journal, await Surroundings.start(), folder);
    try {
      await stage.#start(await readFile(path.join(CHECKOUT, manifestFile(demo)), "utf8"));
      return stage;
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  get issuer(): Issuer {
    return this.#surroundings.issuer;
  }

  say(text: string): void {
    this.#journal.said(text);
  }

  async send(from: CallerName, request: DemoRequest = {}): Promise<Reply> {
    const { service = "reviews", method = "GET", path = `/${service}/1`, headers = {} } = request;
    const whole = { service, method, path, headers };
    const reply = await this.#client.send(this.bookinfo.port(from, service), whole);
    this.#journal.sent({ from, request: whole, reply });
    return reply;
  }

  check(what: string, actual: unknown, expected: unknown): void {
    const holds = isDeepStrictEqual(actual, expected);
    this.#journal.checked({ what, holds, got: shown(actual), expected: shown(expected) });
  }

  checkThat(what: string, holds: boolean, got: string): void {
    this.#journal.checked({ what, holds, got });
  }

  async apply(yaml: string): Promise<void> {
    this.#journal.applied(readManifests(yaml).map(nameOf));
    this.#client.close();
    await this.bookinfo.stop();
    this.#client = new DemoClient();
    await this.#start(yaml);
  }

  async accessLog({ id }: Reply): Promise<Record<string, unknown>> {
    const log = new AccessLogFile(this.#accessLogPath);
    const entry = await log.find(({ request_id }) => request_id === id, { timeout: LOG_TIMEOUT });
    if (entry === undefined) throw new Error(`no line about request ${id} in the access log`);
    return { ...entry };
  }

  async spans(traceId: string, count?: number): Promise<Span[]> {
    return this.#surroundings.collector.waitForTrace(traceId, count);
  }

  metrics(): Promise<string> {
    return this.bookinfo.waypoint.admin.prometheus();
  }

  async stop(): Promise<void> {
    this.#client.close();
    await stopAll([
      // It is not there when its start failed.
      () => (this.bookinfo as Bookinfo | undefined)?.stop(),
      () => this.#surroundings.stop(),
      () => rm(this.#folder, { recursive: true, force: true }),
    ]);
  }

  get #accessLogPath(): string {
    return path.join(this.#folder, "access.log");
  }

  async #start(yaml: string): Promise<void> {
    this.#manifests = applied(this.#manifests, readManifests(yaml));
    const { services, clusters } = applyManifests(this.#manifests, this.#mesh());
    this.bookinfo = await Bookinfo.start({
      ...this.#demo.bookinfo,
      services,
      clusters: [...clusters, ...this.#surroundings.clusters],
      more: { layered_runtime: { layers: [SPANS_AT_ONCE] } },
    });
  }

  #mesh(): IstiodMesh {
    const services = Object.entries(SERVICES).map(([name, { subsets = {} }]) => {
      return { name, port: SERVICE_PORT, versions: Object.keys(subsets) };
    });
    const { hosts, keySets, extensionProviders } = this.#surroundings;
    return {
      namespace: NAMESPACE,
      trustDomain: TRUST_DOMAIN,
      gateway: GATEWAY,
      services,
      hosts,
      keySets,
      moduleFile,
      telemetry: { extensionProviders, accessLogPath: this.#accessLogPath },
    };
  }
}

function moduleFile(module: string): string | undefined {
  const file = path.join(CHECKOUT, "build", `${module}.wasm`);
  return existsSync(file) ? file : undefined;
}

/** On one line, texts without quotes. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
