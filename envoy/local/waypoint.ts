/** All that runs for `npm start`: Bookinfo's mesh with the plugin in its waypoint, productpage, and the issuers. */
import path from "node:path";
import { Bookinfo, type CallerName, Pod, type SettingsByService } from "../bookinfo/index.ts";
import { staticCluster } from "../config/index.ts";
import { findEnvoy } from "../find-envoy.ts";
import type { EnvoyProcess } from "../harness/index.ts";
import { Issuer } from "../services/issuer.ts";
import { stopAll } from "../stop-all.ts";
import { within } from "../within.ts";
import { mintDemoTokens, type DemoTokens } from "./demo-users.ts";
import type { Seen } from "./expectation.ts";
import { routesByLane } from "./lanes.ts";
import { LivePlugin } from "./live-plugin.ts";
import { metricLabels } from "./metric-labels.ts";
import { ISSUER_AUTHORITY, ISSUER_CLUSTER, PLUGIN } from "./names.ts";
import type { Options } from "./options.ts";
import type { PluginFile } from "./plugin-file.ts";
import { step } from "./step.ts";

const MODULE = path.resolve("build/waypoint.wasm");

/** Histograms show in metrics when Envoy has flushed them; its default of 5 s is long for somebody who looks on. */
const FLUSH_INTERVAL = "0.5s";

/** Milliseconds until the issuers have their keys, and until the mesh runs; what takes longer stands still. */
const START_TIMEOUT = 120_000;

/** Requests that a pod remembers; more than the demonstration looks at, and no more after hours of traffic. */
const REMEMBERED = 100;

interface Issuers {
  issuer: Issuer;
  stranger: Issuer;
}

interface Parts extends Issuers {
  bookinfo: Bookinfo;
  plugin: LivePlugin;
  productpage: Pod;
}

export class LocalWaypoint {
  readonly plugin: LivePlugin;
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.plugin = parts.plugin;
    this.#parts = parts;
  }

  /** Starts everything. Rejects with what failed, and then nothing runs. */
  static async start(options: Options, file: PluginFile): Promise<LocalWaypoint> {
    const { version, source } = await step("Looking for an Envoy", () => findEnvoy());
    console.log(`Envoy ${version} (from: ${source})`);
    const stops: (() => unknown)[] = [];
    try {
      const issuers = await within(START_TIMEOUT, "the issuers", startIssuers());
      stops.push(() => stopIssuers(issuers));
      const mesh = () => within(START_TIMEOUT, "the mesh", startBookinfo(options, file, issuers.issuer));
      const parts = await step("Starting the mesh", mesh);
      stops.push(() => parts.bookinfo.stop());
      return new LocalWaypoint({ ...issuers, ...parts, productpage: await startProductpage(parts.bookinfo) });
    } catch (error) {
      await stopAll(stops.toReversed());
      throw error;
    }
  }

  /** The waypoint's own. */
  get envoy(): EnvoyProcess {
    return this.#parts.bookinfo.waypoint;
  }

  /** Where a caller's requests to reviews go. */
  port(caller: CallerName): number {
    return this.#parts.bookinfo.port(caller, "reviews");
  }

  /** `http://host:port` of productpage's own page. */
  get page(): string {
    return `http://127.0.0.1:${this.#parts.productpage.port}`;
  }

  /** The request with this `x-request-id`, if a pod got it. */
  seen(id: string): Seen | undefined {
    const seen = this.#parts.bookinfo.seen(id);
    return seen && { ...seen.request, pod: seen.pod.name };
  }

  /** Fresh tokens. */
  mintTokens(): Promise<DemoTokens> {
    return mintDemoTokens(this.#parts.issuer, this.#parts.stranger);
  }

  async stop(): Promise<void> {
    const { plugin, productpage, bookinfo } = this.#parts;
    await stopAll([
      () => plugin.stop(),
      () => productpage.stop(),
      () => bookinfo.stop(),
      () => stopIssuers(this.#parts),
    ]);
  }
}

async function startIssuers(): Promise<Issuers> {
  const [issuer, stranger] = await Promise.all([
    Issuer.start({ authority: ISSUER_AUTHORITY, algorithms: ["ES256", "RS256"] }),
    Issuer.start({ authority: "stranger.waypost.test", algorithms: ["ES256"] }),
  ]);
  return { issuer, stranger };
}

async function stopIssuers({ issuer, stranger }: Issuers): Promise<void> {
  await Promise.all([issuer.stop(), stranger.stop()]);
}

async function startBookinfo(options: Options, file: PluginFile, issuer: Issuer) {
  let plugin: LivePlugin | undefined;
  const services = async (folder: string): Promise<SettingsByService> => {
    plugin = new LivePlugin(folder, MODULE, file, { name: PLUGIN });
    await plugin.publish();
    return { reviews: { places: { AUTHN: [plugin.filter] }, routes: routesByLane() } };
  };
  const bookinfo = await Bookinfo.start({
    services,
    clusters: [staticCluster({ name: ISSUER_CLUSTER, endpoints: [{ host: "127.0.0.1", port: issuer.port }] })],
    ports: { productpage: { reviews: options.port }, sleep: { reviews: options.sleepPort } },
    adminPort: options.adminPort,
    extraStatTags: metricLabels(await file.read()),
    envoy: { workers: options.workers, logLevel: "info" },
    more: { stats_flush_interval: FLUSH_INTERVAL },
    remembers: REMEMBERED,
  });
  if (plugin === undefined) throw new Error("Envoy started without its configuration");
  return { bookinfo, plugin };
}

/** It calls as everybody else does who calls as productpage: through its ztunnel. */
function startProductpage(bookinfo: Bookinfo): Promise<Pod> {
  const origin = (service: "reviews" | "details") => `http://127.0.0.1:${bookinfo.port("productpage", service)}`;
  const calls = { reviews: origin("reviews"), details: origin("details") };
  return Pod.start({ service: "productpage", version: "v1", calls, remembers: REMEMBERED });
}
