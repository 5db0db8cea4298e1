/** Hosts with l7-metrics, for tests that look at more than a scenario can. */
import { fileURLToPath } from "node:url";
import { EnvoyHost, loadModule, type Exchange, type Filter, type HostOptions } from "../../host/index.ts";

const load = (name: string) => loadModule(fileURLToPath(new URL(`../../../build/${name}.wasm`, import.meta.url)));
const module = await load("l7-metrics");
export const waypoint = await load("waypoint");
export const authz = await load("authz");

export interface MetricsRequest {
  method?: string;
  path?: string;
  authority?: string;
  headers?: [string, string][];
  /** SPIFFE id of the caller. */
  principal?: string;
  /** What a jwt-auth elsewhere in the chain published. */
  claims?: object;
}

/** A host whose only filter is l7-metrics. */
export class MetricsHost {
  readonly host: EnvoyHost;
  readonly filter: Filter;

  constructor(config: unknown, options: HostOptions = {}) {
    this.host = new EnvoyHost({ logLevel: "off", upstream: () => ({ body: "hello" }), ...options });
    this.filter = addL7Metrics(this.host, config);
  }

  request({ principal, claims, ...init }: MetricsRequest = {}): Exchange {
    const filterState: Record<string, string> = {};
    if (principal !== undefined) filterState["io.istio.peer_principal"] = principal;
    if (claims !== undefined) filterState["wasm.waypost_jwt_payload"] = JSON.stringify(claims);
    return this.host.request({ ...init, connection: this.host.connection({ filterState }) });
  }

  /** What crosses the border of the VM for a request: {@link crossings}. */
  crossings(request: MetricsRequest = {}): string[] {
    const before = this.host.trace.length;
    this.request(request);
    return crossings(this.host.trace.slice(before));
  }
}

/** Adds l7-metrics as a plugin of its own, behind those that are there. */
export function addL7Metrics(host: EnvoyHost, config: unknown): Filter {
  return host.addFilter({ name: "default.l7-metrics", module, configuration: JSON.stringify(config) });
}

/** Names of the callbacks and hostcalls in lines of a trace, in their order; of foreign functions theirs. */
export function crossings(trace: readonly string[]): string[] {
  const names = /^(?:worker \d+ → | +)(?:proxy_call_foreign_function\("(\w+)"|(proxy_\w+|random_get))/;
  return trace.flatMap((line) => {
    const [, foreign, name] = names.exec(line) ?? [];
    return foreign ?? name ?? [];
  });
}
