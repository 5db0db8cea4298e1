/**
 * Filters delivered by ECDS from files, in place of the gRPC stream of Istio's agent: the listener names the filter, and its
 * configuration comes apart from it and can change without it.
 */
import path from "node:path";
import { DiscoveryFile } from "./discovery-file.ts";
import { any, type Any, type HttpFilter } from "./types.ts";
import { WASM_FILTER } from "./wasm.ts";

/** Istio's stand-in for a module that cannot be fetched. */
const RBAC_FILTER = "envoy.extensions.filters.http.rbac.v3.RBAC";

const NAME_PREFIX = "extensions.istio.io/trafficextension/";

/** One filter's configuration in a watched file. */
export class EcdsFile {
  /** The filter's name in the listener and in stats and dumps. */
  readonly name: string;
  readonly #file: DiscoveryFile;

  /**
   * @param folder  for the watched file; must exist while Envoy runs
   * @param plugin  `<namespace>.<name>`
   */
  constructor(folder: string, plugin: string) {
    this.name = NAME_PREFIX + plugin;
    this.#file = new DiscoveryFile(path.join(folder, "ecds", plugin, "filter.json"));
  }

  /** The filter's entry in the listener. */
  get filter(): HttpFilter {
    const types = [WASM_FILTER, RBAC_FILTER].map((type) => `type.googleapis.com/${type}`);
    return { name: this.name, config_discovery: { config_source: this.#file.source, type_urls: types } };
  }

  /**
   * Publishes a configuration of the filter; the first before Envoy starts. `EnvoyProcess.ecdsUpdate` tells whether Envoy
   * took it; if it refused it, the one before stays in effect.
   */
  publish(config: Any): void {
    this.#file.publish([any("envoy.config.core.v3.TypedExtensionConfig", { name: this.name, typed_config: config })]);
  }

  /** Publishes a response without the filter, which Envoy refuses: only LDS takes a filter out of a chain. */
  publishNothing(): void {
    this.#file.publish([]);
  }
}
