/**
 * Keeps the running Envoy on the newest configuration and the newest module. Envoy watches one file, by ECDS: a module is
 * read only when its configuration is, so each build gets a file named by its hash, and the ECDS file names that.
 */
import { createHash } from "node:crypto";
import type { FSWatcher } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { EcdsFile, wasmConfig, type Any } from "../config/index.ts";
import type { EnvoyProcess } from "../harness/index.ts";
import type { ConfigurationFile } from "./configuration-file.ts";
import { watchFile } from "./watch-file.ts";

export interface LivePluginOptions {
  /** `<namespace>.<name>` of the WasmPlugin; default: that of the local waypoint, `default.waypost`. */
  name?: string;
  /** Its `pluginName`; default: `waypoint`. */
  rootId?: string;
}

/** What came of an update. */
export type UpdateOutcome =
  | { outcome: "accepted" | "unchanged" }
  /** The one before stays in effect; `problems` is what the plugin had to say, one indented line each. */
  | { outcome: "refused"; problems: string };

export class LivePlugin {
  readonly #ecds: EcdsFile;
  readonly #folder: string;
  readonly #module: string;
  readonly #file: ConfigurationFile;
  readonly #plugin: Required<LivePluginOptions>;
  readonly #watchers: FSWatcher[] = [];
  /** Updates one after the other: who publishes two at once cannot tell whose outcome it is. */
  #last: Promise<unknown> = Promise.resolve();
  /** What Envoy was given last, as text. */
  #published = "";
  /** What was said against refused plugins, by their text: Envoy tries each once, and then refuses it without a word. */
  readonly #problems = new Map<string, string>();

  /**
   * @param folder  Envoy's own; the ECDS file and the modules go there
   * @param module  path of the built module
   */
  constructor(folder: string, module: string, file: ConfigurationFile, options: LivePluginOptions = {}) {
    this.#plugin = { name: "default.waypost", rootId: "waypoint", ...options };
    this.#ecds = new EcdsFile(folder, this.#plugin.name);
    this.#folder = folder;
    this.#module = module;
    this.#file = file;
  }

  /** For the listener. */
  get filter() {
    return this.#ecds.filter;
  }

  /** Writes the ECDS file, whatever Envoy thinks of it. Throws an Error when the configuration is not YAML. */
  async publish(): Promise<void> {
    this.#write(await this.#newest());
  }

  /** Publishes the configuration and the module as they are now, and waits until Envoy has decided. */
  update(envoy: EnvoyProcess): Promise<UpdateOutcome> {
    const update = this.#last.then(() => this.#update(envoy));
    this.#last = update.catch(() => {});
    return update;
  }

  /** Publishes at every change of the configuration or the module, and tells what came of it. */
  watch(envoy: EnvoyProcess, tell: (what: string) => void): void {
    this.#watchers.push(
      watchFile(this.#file.path, () => void this.updateAndTell("configuration", envoy, tell)),
      watchFile(this.#module, () => void this.updateAndTell("module", envoy, tell)),
    );
  }

  /** Updates, and tells in words what came of it; nothing when nothing changed. */
  async updateAndTell(what: string, envoy: EnvoyProcess, tell: (what: string) => void): Promise<void> {
    try {
      const result = await this.update(envoy);
      if (result.outcome === "accepted") tell(`new ${what} is live`);
      if (result.outcome === "refused") tell(`new ${what} refused, the old one stays:\n${result.problems}`);
    } catch (error) {
      tell(`new ${what} not used: ${(error as Error).message}`);
    }
  }

  stop(): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  async #update(envoy: EnvoyProcess): Promise<UpdateOutcome> {
    const newest = await this.#newest();
    // Envoy does not count what it has already: it would be waited for in vain.
    if (JSON.stringify(newest) === this.#published) return { outcome: "unchanged" };
    const start = envoy.log.lines.length;
    const outcome = await envoy.ecdsUpdate(this.#ecds.name, () => this.#write(newest));
    if (outcome === "accepted") return { outcome };
    const problems = problemsOf(envoy, start) || (this.#problems.get(this.#published) ?? "");
    this.#problems.set(this.#published, problems);
    return { outcome, problems };
  }

  /** The plugin with the configuration and the module as they are now. */
  async #newest(): Promise<Any> {
    const configuration = await this.#file.read();
    const hash = createHash("sha256")
      .update(await readFile(this.#module))
      .digest("hex")
      .slice(0, 16);
    const { name, rootId } = this.#plugin;
    const file = path.join(this.#folder, `${path.basename(this.#module, ".wasm")}.${hash}.wasm`);
    await copyFile(this.#module, file);
    return wasmConfig({ name, file, rootId, configuration });
  }

  #write(plugin: Any): void {
    this.#ecds.publish(plugin);
    this.#published = JSON.stringify(plugin);
  }
}

/** What the plugin had to say against its configuration, since position `start` of the log; empty: nothing. */
export function problemsOf(envoy: EnvoyProcess, start = 0): string {
  const errors = envoy.log.ofPlugins(start).filter(({ level }) => level === "error");
  // Every worker, the main thread and a trial VM say the same.
  return [...new Set(errors.map(({ message }) => `  ${message}`))].join("\n");
}
