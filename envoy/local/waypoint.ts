/** All that runs for `npm start`: Envoy with the plugin, its upstreams, and the issuers. */
import path from "node:path";
import { bootstrap, httpChain, staticCluster, tcpListener, type Bootstrap, type Cluster } from "../config/index.ts";
import { findEnvoy } from "../find-envoy.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { Issuer } from "../services/issuer.ts";
import { mintDemoTokens, type DemoTokens } from "./demo-users.ts";
import { LivePlugin } from "./live-plugin.ts";
import { metricLabels } from "./metric-labels.ts";
import { ISSUER_AUTHORITY, ISSUER_CLUSTER } from "./names.ts";
import type { Options } from "./options.ts";
import type { PluginFile } from "./plugin-file.ts";
import { step } from "./step.ts";
import { routesByLane, Upstreams } from "./upstreams.ts";

const CHAIN = "inbound-vip|80|http|reviews.default.svc.cluster.local";
const MODULE = path.resolve("build/waypoint.wasm");

/** Histograms show in metrics when Envoy has flushed them; its default of 5 s is long for somebody who looks on. */
const FLUSH_INTERVAL = "0.5s";

interface Parts {
  upstreams: Upstreams;
  issuer: Issuer;
  stranger: Issuer;
}

export class LocalWaypoint {
  readonly envoy: EnvoyProcess;
  readonly plugin: LivePlugin;
  readonly #parts: Parts;

  private constructor(envoy: EnvoyProcess, plugin: LivePlugin, parts: Parts) {
    this.envoy = envoy;
    this.plugin = plugin;
    this.#parts = parts;
  }

  /** Starts everything. Rejects with what failed, and then nothing runs. */
  static async start(options: Options, file: PluginFile): Promise<LocalWaypoint> {
    const { version, source } = await step("Looking for an Envoy", () => findEnvoy());
    console.log(`Envoy ${version} (from: ${source})`);
    const [upstreams, issuer, stranger] = await Promise.all([
      Upstreams.start(),
      Issuer.start({ authority: ISSUER_AUTHORITY, algorithms: ["ES256", "RS256"] }),
      Issuer.start({ authority: "stranger.waypost.test", algorithms: ["ES256"] }),
    ]);
    const parts = { upstreams, issuer, stranger };
    try {
      const { envoy, plugin } = await step("Starting Envoy", () => startEnvoy(options, file, parts));
      return new LocalWaypoint(envoy, plugin, parts);
    } catch (error) {
      await stopParts(parts);
      throw error;
    }
  }

  /** Where requests go. */
  get port(): number {
    return this.envoy.port("waypoint");
  }

  get upstreams(): Upstreams {
    return this.#parts.upstreams;
  }

  /** Fresh tokens. */
  mintTokens(): Promise<DemoTokens> {
    return mintDemoTokens(this.#parts.issuer, this.#parts.stranger);
  }

  async stop(): Promise<void> {
    this.plugin.stop();
    await this.envoy.stop();
    await stopParts(this.#parts);
  }
}

async function startEnvoy(options: Options, file: PluginFile, { upstreams, issuer }: Parts) {
  const issuerEndpoint = { host: "127.0.0.1", port: issuer.port };
  const clusters = [...upstreams.clusters, staticCluster({ name: ISSUER_CLUSTER, endpoints: [issuerEndpoint] })];
  let plugin: LivePlugin | undefined;
  const envoy = await EnvoyProcess.start({
    workers: options.workers,
    config: async (folder) => {
      plugin = new LivePlugin(folder, MODULE, file);
      await plugin.publish();
      return bootstrapWith(plugin, clusters, { ...options, labels: metricLabels(await file.read()) });
    },
  });
  if (plugin === undefined) throw new Error("Envoy started without its configuration");
  return { envoy, plugin };
}

function bootstrapWith(
  plugin: LivePlugin,
  clusters: Cluster[],
  { port, adminPort, labels }: Options & { labels: string[] },
): Bootstrap {
  const chain = httpChain({ name: CHAIN, places: { AUTHN: [plugin.filter] }, routes: routesByLane() });
  return bootstrap({
    listeners: [tcpListener("waypoint", [chain], port)],
    clusters,
    adminPort,
    extraStatTags: labels,
    more: { stats_flush_interval: FLUSH_INTERVAL },
  });
}

async function stopParts({ upstreams, issuer, stranger }: Parts): Promise<void> {
  await Promise.all([upstreams.stop(), issuer.stop(), stranger.stop()]);
}
