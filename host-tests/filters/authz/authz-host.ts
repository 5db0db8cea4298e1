/** A host with the authz module, for tests that look at more than a scenario can. */
import { fileURLToPath } from "node:url";
import {
  EnvoyHost,
  loadModule,
  type Exchange,
  type Filter,
  type FilterOptions,
  type HostOptions,
} from "../../host/index.ts";

const module = await loadModule(fileURLToPath(new URL("../../../build/authz.wasm", import.meta.url)));

export interface AuthzRequest {
  method?: string;
  path?: string;
  authority?: string;
  headers?: [string, string][];
  /** SPIFFE id of the caller. */
  principal?: string;
  /** `ip:port` */
  source?: string;
  destination?: string;
  /** What a jwt-auth elsewhere in the chain published; empty: no valid token. */
  publishedClaims?: string;
  metadata?: Record<string, Record<string, unknown>>;
}

export class AuthzHost {
  readonly host: EnvoyHost;
  readonly filter: Filter;

  constructor(config: unknown, options: HostOptions = {}, filter: Partial<FilterOptions> = {}) {
    this.host = new EnvoyHost({ logLevel: "off", ...options });
    this.filter = this.host.addFilter({
      name: "default.authz",
      module,
      configuration: JSON.stringify(config),
      ...filter,
    });
  }

  request({ principal, source, destination, publishedClaims, ...init }: AuthzRequest = {}): Exchange {
    const filterState: Record<string, string> = {};
    if (principal !== undefined) filterState["io.istio.peer_principal"] = principal;
    if (publishedClaims !== undefined) filterState["wasm.waypost_jwt_payload"] = publishedClaims;
    const connection = this.host.connection({
      filterState,
      ...(source !== undefined && { source }),
      ...(destination !== undefined && { destination }),
    });
    return this.host.request({ ...init, connection });
  }

  /** The status of the answer. */
  status(request: AuthzRequest = {}): number | undefined {
    return this.request(request).response?.status;
  }

  /** What the filter calls the host for while it handles a request: names of hostcalls, with the property that is read. */
  crossings(request: AuthzRequest): string[] {
    const before = this.host.trace.length;
    this.request(request);
    return this.host.trace
      .slice(before)
      .map((line) => /\bproxy_(?!on_)\w+(\([^)]*\))?/.exec(line)?.[0] ?? "")
      .filter((call) => call !== "");
  }
}

/** A policy, `p`, with this rule. */
export function allowing(rule: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { policies: [{ name: "p", rules: [rule], ...more }] };
}
