/**
 * Filters delivered by ECDS from files. Istio's agent does the same over a gRPC stream: the listener names the filter and
 * stays warming until its configuration is there (`initial_fetch_timeout: 0s`).
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { any, type Any, type HttpFilter } from "./types.ts";
import { WASM_FILTER } from "./wasm.ts";

/** Istio's stand-in for a module that cannot be fetched. */
const RBAC_FILTER = "envoy.extensions.filters.http.rbac.v3.RBAC";

const NAME_PREFIX = "extensions.istio.io/trafficextension/";

/** A watched file with the discovery response for one filter. */
export class EcdsFile {
  /** The filter's name in the listener and in stats and dumps. */
  readonly name: string;
  readonly #path: string;
  #version = 0;

  /**
   * @param folder  for the watched file; must exist while Envoy runs
   * @param plugin  `<namespace>.<name>`
   */
  constructor(folder: string, plugin: string) {
    this.name = NAME_PREFIX + plugin;
    const own = path.join(folder, "ecds", plugin);
    mkdirSync(own, { recursive: true });
    this.#path = path.join(own, "filter.json");
  }

  /** The filter's entry in the listener. */
  get filter(): HttpFilter {
    return {
      name: this.name,
      config_discovery: {
        config_source: {
          path_config_source: { path: this.#path },
          resource_api_version: "V3",
          initial_fetch_timeout: "0s",
        },
        type_urls: [WASM_FILTER, RBAC_FILTER].map((type) => `type.googleapis.com/${type}`),
      },
    };
  }

  /**
   * Puts a filter configuration into effect, and gives its version. Envoy reads it soon; `envoy.ecdsVersion` tells when.
   * If it refuses the configuration the one before stays in effect.
   */
  publish(config: Any): string {
    return this.#write([any("envoy.config.core.v3.TypedExtensionConfig", { name: this.name, typed_config: config })]);
  }

  /** Publishes the absence of the filter. */
  remove(): string {
    return this.#write([]);
  }

  /** Envoy watches for files that are moved into place; a file written in place could be read half. */
  #write(resources: Any[]): string {
    const version = String(++this.#version);
    writeFileSync(`${this.#path}.new`, JSON.stringify({ version_info: version, resources }));
    renameSync(`${this.#path}.new`, this.#path);
    return version;
  }
}
