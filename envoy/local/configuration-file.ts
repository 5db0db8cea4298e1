/** A plugin's configuration as a file that a person edits: the YAML that goes under `pluginConfig` of a WasmPlugin. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

export class ConfigurationFile {
  /** @param path  absolute */
  constructor(readonly path: string) {}

  /** The configuration as JSON text, as Istio hands it to the proxy. Rejects with an Error that says where the YAML is wrong. */
  async read(): Promise<string> {
    const text = await readFile(this.path, "utf8");
    try {
      return JSON.stringify((parse(text) as unknown) ?? {});
    } catch (error) {
      throw new Error(`${this.path} is not YAML: ${(error as Error).message.trimEnd()}`, { cause: error });
    }
  }
}
