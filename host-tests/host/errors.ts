/** Errors that the host throws to tests. */
import type { LogLine } from "./log.ts";

/** A real Envoy would end here with a segmentation fault, for all traffic: the filter must not do this. */
export class EnvoyCrash extends Error {
  override readonly name = "EnvoyCrash";

  constructor(why: string) {
    super(`Envoy crashes: ${why}`);
  }
}

/**
 * Envoy would reject the listener (or the ECDS update): the module does not load, or the plugin refuses its
 * configuration.
 */
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
