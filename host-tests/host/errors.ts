/** Errors that the host throws to tests. */
import type { LogLine } from "./log.ts";

/** Envoy would reject the listener (or the ECDS update): the module does not load, or the plugin refuses its configuration. */
export class ConfigurationRefused extends Error {
  override readonly name = "ConfigurationRefused";

  /** @param logs what was logged on the way, by the guest and by the host */
  constructor(
    plugin: string,
    readonly logs: readonly LogLine[],
  ) {
    const lines = logs.map((line) => `\n  ${line.level}: ${line.message}`);
    super(`Unable to create Wasm plugin ${plugin}${lines.join("")}`);
  }
}
