/**
 * A file that Envoy watches for a discovery response (`path_config_source`).
 *
 * Publish once before Envoy reads the configuration that names the file: a missing file is a configuration error, and a
 * first response that Envoy rejects ends its waiting, so that it would serve without the resource.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Any, Message } from "./types.ts";

export class DiscoveryFile {
  readonly #path: string;
  #version = 0;

  /** @param file  in a folder of its own: Envoy watches the folder, and so would read again at every file that moves there */
  constructor(file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.#path = file;
  }

  /** The configuration source, for the configuration that names the resources. */
  get source(): Message {
    return { path_config_source: { path: this.#path }, resource_api_version: "V3", initial_fetch_timeout: "0s" };
  }

  /**
   * Publishes these resources in place of those before. A moved file is what Envoy watches for; one
   * written in place could be read half.
   */
  publish(resources: readonly Any[]): void {
    const version = String(++this.#version);
    writeFileSync(`${this.#path}.new`, JSON.stringify({ version_info: version, resources }));
    renameSync(`${this.#path}.new`, this.#path);
  }
}
