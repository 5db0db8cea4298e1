/** Listeners delivered by LDS from a file: how Istio adds a plugin to a chain, and removes one. */
import path from "node:path";
import { DiscoveryFile } from "./discovery-file.ts";
import { any, type Listener, type Message } from "./types.ts";

export class LdsFile {
  readonly #file: DiscoveryFile;

  /** @param folder  for the watched file; must exist while Envoy runs */
  constructor(folder: string) {
    this.#file = new DiscoveryFile(path.join(folder, "lds", "listeners.json"));
  }

  /** Members of the bootstrap: goes into `bootstrap({ more })`. */
  get resources(): Message {
    return { dynamic_resources: { lds_config: this.#file.source } };
  }

  /** Publishes the listeners in place of those before; the first before Envoy starts. A listener keeps its port. */
  publish(listeners: readonly Listener[]): void {
    this.#file.publish(listeners.map((listener) => any("envoy.config.listener.v3.Listener", listener)));
  }
}
