/**
 * A file that Envoy watches for a discovery response (`path_config_source`).
 *
 * Publish once before Envoy reads the configuration that names the file: a missing file is a configuration error, and a
 * first response that Envoy rejects ends its waiting, so that it would serve without the resource.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Any, Message } from "./types.ts";

export interface DiscoveryFileOptions {
  /** Nobody but its user may read the file and its folder. Default: as the process's umask has it. */
  isPrivate?: boolean;
}

export class DiscoveryFile {
  readonly #path: string;
  readonly #mode: { mode?: number };
  #version = 0;

  /** @param file  in a folder of its own: Envoy watches the folder, and so would read again at every file that moves there */
  constructor(file: string, { isPrivate = false }: DiscoveryFileOptions = {}) {
    mkdirSync(path.dirname(file), { recursive: true, ...(isPrivate && { mode: 0o700 }) });
    this.#path = file;
    this.#mode = isPrivate ? { mode: 0o600 } : {};
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
    writeFileSync(`${this.#path}.new`, JSON.stringify({ version_info: version, resources }), this.#mode);
    renameSync(`${this.#path}.new`, this.#path);
  }
}
