/** The release module in the Node host, as the fuzzer drives it. */
import {
  ConfigurationRefused,
  EnvoyHost,
  type Cluster,
  type Exchange,
  type FilterModule,
  type RequestInit,
} from "../host/index.ts";
import type { JudgedRule } from "./judge.ts";

/** A request that takes longer than this many milliseconds of real time is as good as a hang. */
const SLOW_MS = 1_000;

/** Time that the proxy's clock is moved, so that whatever waits comes to its end. */
const PATIENCE_MS = 60_000;

const ISSUERS_CLUSTER = "issuer";
export const PAYLOAD_HEADER = "x-payload";
export const USER_HEADER = "x-user";

/**
 * `envoy`: signatures may be verified by Envoy's foreign function. `portable`: there is none, as in other proxies, and no
 * SIMD; all is done in the build for such hosts.
 */
export type HostKind = "envoy" | "portable";

/** The module for each kind of host. */
export type Modules = Readonly<Record<HostKind, FilterModule>>;

/** What went wrong with the module itself, whatever the verdict. */
export class Broken extends Error {}

/** Makes a host with the module in it; undefined when the configuration is refused, in an orderly way. */
export function start(
  module: FilterModule,
  configuration: string,
  options: { now: number; kind?: HostKind; issuerSends?: Buffer },
): EnvoyHost | undefined {
  const { now, kind = "envoy", issuerSends } = options;
  const clusters: Record<string, Cluster> =
    issuerSends === undefined ? {} : { [ISSUERS_CLUSTER]: { body: issuerSends } };
  const host = new EnvoyHost({ now, logLevel: "info", clusters });
  try {
    host.addFilter({
      name: "fuzz",
      module,
      configuration,
      ...(kind === "portable" && { allowedCapabilities: allButForeignFunctions(module) }),
    });
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    throwIfTrapped(host);
    if (!host.logs.some(({ plugin }) => plugin !== undefined)) throw new Broken("refused without a reason");
    return undefined;
  }
  if (issuerSends !== undefined) host.advance(1_000);
  throwIfTrapped(host);
  return host;
}

function allButForeignFunctions(module: FilterModule): string[] {
  const names = [...module.types.imports.map(({ name }) => name), ...module.types.exportedFunctions.keys()];
  return names.filter((name) => name !== "proxy_call_foreign_function");
}

/** A configuration with one rule, whose tokens are in the header `x-token`. */
export function configurationFor(rule: JudgedRule, keys: { jwks: string } | "fetched"): string {
  const source = keys === "fetched" ? { jwksUri: "https://issuer.example/jwks", jwksCluster: ISSUERS_CLUSTER } : keys;
  return JSON.stringify({
    presence: "REQUIRED",
    jwtRules: [
      {
        ...rule,
        ...source,
        fromHeaders: [{ name: "x-token" }],
        outputPayloadToHeader: PAYLOAD_HEADER,
        outputClaimToHeaders: [{ header: USER_HEADER, claim: "sub" }],
      },
    ],
  });
}

/** Sends a request and waits for its end. Throws `Broken` when it has none, takes too long, or traps. */
export function send(host: EnvoyHost, init: RequestInit): Exchange {
  const started = performance.now();
  const exchange = host.request(init);
  const took = performance.now() - started;
  if (exchange.state === "pending") host.advance(PATIENCE_MS);
  throwIfTrapped(host);
  if (took > SLOW_MS && isSlowAgain(host, init)) throw new Broken(`took ${Math.round(took)} ms`);
  if (exchange.state === "pending") throw new Broken("was never answered");
  return exchange;
}

/** Other programs of the machine may have had the processor; twice they do not. */
function isSlowAgain(host: EnvoyHost, init: RequestInit): boolean {
  const started = performance.now();
  host.request(init);
  return performance.now() - started > SLOW_MS;
}

/** Which keys of an inline set the filter says it does not use, by where they stand in it. */
export function skippedKeys(host: EnvoyHost): number[] {
  const found = host.logs.flatMap(({ message }) => {
    const [, index] = /: skipped keys\[(\d+)\]/.exec(message) ?? [];
    return index === undefined ? [] : [Number(index)];
  });
  // Each VM says it.
  return [...new Set(found)].sort((a, b) => a - b);
}

function throwIfTrapped(host: EnvoyHost): void {
  const trap = host.logs.find(({ message }) => message.includes("Function: ") || message.startsWith("trap: "));
  if (trap !== undefined) throw new Broken(`trapped: ${trap.message}`);
}
