/** The waypoint of `waypost dev`: a real Envoy with the filter, and behind it an upstream that answers with what it got. */
import { copyFile } from "node:fs/promises";
import path from "node:path";
import pc from "picocolors";
import { bootstrap, httpChain, staticCluster, tcpListener } from "../../../envoy/config/index.ts";
import { findEnvoy } from "../../../envoy/find-envoy.ts";
import { EnvoyProcess, type EnvoyLogLine } from "../../../envoy/harness/index.ts";
import type { ConfigurationFile } from "../../../envoy/local/configuration-file.ts";
import { LivePlugin, problemsOf } from "../../../envoy/local/live-plugin.ts";
import { EchoService } from "../../../envoy/services/echo.ts";
import type { Project } from "../project.ts";

/** Istio's name for the chain and the cluster of a service's port. */
const CHAIN = "inbound-vip|80|http|reviews.default.svc.cluster.local";

export interface Ports {
  /** Of the waypoint; 0: the system's choice. */
  port: number;
  /** Of Envoy's admin interface; 0: the system's choice. */
  adminPort: number;
}

/** Takes a word for what happened, and the rest of the line. */
export type Tell = (what: string, text: string) => void;

interface Surroundings {
  ports: Ports;
  tell: Tell;
}

/** What runs. */
interface Parts {
  envoy: EnvoyProcess;
  upstream: EchoService;
  plugin: LivePlugin;
  /** Takes the module as it is built now; the plugin publishes what was taken. */
  takeBuilt: () => Promise<void>;
}

export class DevelopmentWaypoint {
  readonly #parts: Parts;
  readonly #tell: Tell;

  private constructor(parts: Parts, tell: Tell) {
    this.#parts = parts;
    this.#tell = tell;
  }

  /** Starts it with the module as it is built now, and tells where it is. Rejects with what failed; then nothing runs. */
  static async start(project: Project, file: ConfigurationFile, { ports, tell }: Surroundings) {
    const { version, source } = await findEnvoy();
    const upstream = await EchoService.start({ remembers: 0 });
    try {
      const parts = await startEnvoy(project, file, { ports, upstream });
      tellStart(parts.envoy, `Envoy ${version}, from: ${source}`, tell);
      parts.envoy.log.onLine((line) => tellLog(line, tell));
      return new DevelopmentWaypoint(parts, tell);
    } catch (error) {
      await upstream.stop();
      throw error;
    }
  }

  /** Puts the module that was built last into the waypoint, and tells what came of it. */
  async takeModule(): Promise<void> {
    await this.#parts.takeBuilt();
    await this.#update("module");
  }

  /** Puts the saved configuration into the waypoint, and tells what came of it. */
  takeConfiguration(): Promise<void> {
    return this.#update("configuration");
  }

  /** Fulfilled when Envoy has ended, by itself or because it was stopped. */
  get ended(): Promise<void> {
    return this.#parts.envoy.ended;
  }

  async stop(): Promise<void> {
    await this.#parts.envoy.stop();
    await this.#parts.upstream.stop();
  }

  #update(what: string): Promise<void> {
    const { plugin, envoy } = this.#parts;
    return plugin.updateAndTell(what, envoy, (text) => this.#tell("waypoint", text));
  }
}

async function startEnvoy(
  { name, module }: Project,
  file: ConfigurationFile,
  { ports, upstream }: { ports: Ports; upstream: EchoService },
): Promise<Parts> {
  let plugin: LivePlugin | undefined;
  let taken = "";
  const takeBuilt = () => copyFile(module, taken);
  const envoy = await EnvoyProcess.start({
    config: async (folder) => {
      taken = path.join(folder, path.basename(module));
      await takeBuilt();
      plugin = new LivePlugin(folder, taken, file, { name: `default.${name}`, rootId: name });
      await plugin.publish();
      const chain = httpChain({ name: CHAIN, places: { AUTHN: [plugin.filter] } });
      const endpoints = [{ host: "127.0.0.1", port: upstream.port }];
      return bootstrap({
        listeners: [tcpListener("waypoint", [chain], ports.port)],
        clusters: [staticCluster({ name: CHAIN, endpoints, protocol: "downstream" })],
        adminPort: ports.adminPort,
      });
    },
  });
  if (plugin === undefined) throw new Error("Envoy started without its configuration");
  return { envoy, upstream, plugin, takeBuilt };
}

function tellStart(envoy: EnvoyProcess, which: string, tell: Tell): void {
  const problems = problemsOf(envoy);
  if (problems !== "") {
    tell(pc.red("refused"), `the configuration, so every request gets 500 until a better one is saved:\n${problems}`);
  }
  const address = `http://127.0.0.1:${envoy.port("waypoint")}`;
  tell(pc.green("waypoint"), `${address} (${which}; admin interface: http://${envoy.admin.address})`);
  tell("try", `curl -i ${address}/reviews/1`);
}

/** What the filter logs is its author's to see; what it says about configurations is told with their fate. */
function tellLog({ plugin, level, message }: EnvoyLogLine, tell: Tell): void {
  if (plugin !== undefined && !message.startsWith("configuration: ")) tell("log", `${level}: ${message}`);
}
