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
import type { PluginFile } from "./plugin-file.ts";
import { watchFile } from "./watch-file.ts";

/** `<namespace>.<name>` of the WasmPlugin, and its `pluginName`. */
const PLUGIN = "default.waypost";
const ROOT_ID = "waypoint";

export class LivePlugin {
  readonly #ecds: EcdsFile;
  readonly #folder: string;
  readonly #module: string;
  readonly #file: PluginFile;
  readonly #watchers: FSWatcher[] = [];

  /**
   * @param folder  Envoy's own; the ECDS file and the modules go there
   * @param module  path of the built module
   */
  constructor(folder: string, module: string, file: PluginFile) {
    this.#ecds = new EcdsFile(folder, PLUGIN);
    this.#folder = folder;
    this.#module = module;
    this.#file = file;
  }

  /** For the listener. */
  get filter() {
    return this.#ecds.filter;
  }

  /** Writes the ECDS file for the first time. Throws an Error when the configuration is not YAML. */
  async publish(): Promise<void> {
    this.#ecds.publish(await this.#newest());
  }

  /** Publishes at every change of the configuration or the module, and tells what came of it. */
  watch(envoy: EnvoyProcess, tell: (what: string) => void): void {
    this.#watchers.push(
      watchFile(this.#file.path, () => void this.#update("configuration", envoy, tell)),
      watchFile(this.#module, () => void this.#update("module", envoy, tell)),
    );
  }

  stop(): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  /** The plugin with the configuration and the module as they are now. */
  async #newest(): Promise<Any> {
    const configuration = await this.#file.read();
    const hash = createHash("sha256")
      .update(await readFile(this.#module))
      .digest("hex")
      .slice(0, 16);
    const file = path.join(this.#folder, `waypoint.${hash}.wasm`);
    await copyFile(this.#module, file);
    return wasmConfig({ name: PLUGIN, file, rootId: ROOT_ID, configuration });
  }

  async #update(what: string, envoy: EnvoyProcess, tell: (what: string) => void): Promise<void> {
    const start = envoy.log.lines.length;
    try {
      const newest = await this.#newest();
      const outcome = await envoy.ecdsUpdate(this.#ecds.name, () => this.#ecds.publish(newest));
      if (outcome === "accepted") return tell(`new ${what} is live`);
      tell(`new ${what} refused, the old one stays:\n${problemsOf(envoy, start)}`);
    } catch (error) {
      tell(`new ${what} not used: ${(error as Error).message}`);
    }
  }
}

/** What the plugin had to say against its configuration, since position `start` of the log; empty: nothing. */
export function problemsOf(envoy: EnvoyProcess, start = 0): string {
  const errors = envoy.log.ofPlugins(start).filter(({ level }) => level === "error");
  // Every worker, the main thread and a trial VM say the same.
  return [...new Set(errors.map(({ message }) => `  ${message}`))].join("\n");
}
