/** Runs scripts against the SDK: see assembly/test/sdk-script.ts. */
import {
  EnvoyHost,
  loadModule,
  type Exchange,
  type Filter,
  type FilterOptions,
  type HostOptions,
  type RequestInit,
} from "../host/index.ts";

/** Commands by callback; a command is a list of words. */
export type Script = Record<string, string[][]>;

/** The compiled `assembly/test/sdk-script.ts`. */
export const module = await loadModule("build/test/sdk-script.wasm");

/** A host with one filter that runs a script. */
export class ScriptHost {
  readonly host: EnvoyHost;
  readonly filter: Filter;

  constructor(script: Script, options: HostOptions = {}, filter: Partial<FilterOptions> = {}) {
    this.host = new EnvoyHost(options);
    this.filter = this.addFilter(script, filter);
    this.host.logs.length = 0;
  }

  /** Puts another filter with the same module, and so in the same VM, behind those that are there. */
  addFilter(script: Script, options: Partial<FilterOptions> = {}): Filter {
    const configuration = JSON.stringify(script);
    return this.host.addFilter({ name: "sdk-script", module, configuration, ...options });
  }

  request(init: RequestInit = {}): Exchange {
    return this.host.request(init);
  }

  /** What was logged since the last time, at every level that the host shows. */
  lines(): string[] {
    return this.host.logs.splice(0).map(({ message }) => message);
  }
}

/** Runs `script` on one request; gives what its commands came to, by command, in order, without the callback's name. */
export function results(script: Script, init: RequestInit = {}, options: HostOptions = {}): [string, string][] {
  return resultsOf(script, init, options).results;
}

/** The same, with what became of the request. */
export function resultsOf(
  script: Script,
  init: RequestInit = {},
  options: HostOptions = {},
): { results: [string, string][]; exchange: Exchange } {
  const scripted = new ScriptHost(script, options);
  const exchange = scripted.request(init);
  const lines = scripted.lines().flatMap((line): [string, string][] => {
    const match = /^on\w+: (.*?) = (.*)$/s.exec(line);
    return match === null ? [] : [[match[1] ?? "", match[2] ?? ""]];
  });
  return { results: lines, exchange };
}

/** What one command comes to when request headers are there. */
export function onRequest(command: string[], init: RequestInit = {}, options: HostOptions = {}): string {
  return results({ onRequestHeaders: [command] }, init, options)[0]?.[1] ?? "no result";
}
