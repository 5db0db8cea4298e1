/** A host with the header-router module, for tests that look at more than a scenario can. */
import { fileURLToPath } from "node:url";
import { EnvoyHost, loadModule, type Exchange, type Filter, type HostOptions } from "../../host/index.ts";

const module = await loadModule(fileURLToPath(new URL("../../../build/header-router.wasm", import.meta.url)));

/** Filter state that names the route which matched. */
const ROUTE = "wasm.waypost_route";

export interface RouterRequest {
  method?: string;
  path?: string;
  authority?: string;
  headers?: [string, string][];
  /** SPIFFE id of the caller. */
  principal?: string;
  /** What a jwt-auth elsewhere in the chain published; empty: no valid token. */
  publishedClaims?: string;
}

export class RouterHost {
  readonly host: EnvoyHost;
  readonly filter: Filter;

  constructor(config: unknown, options: HostOptions = {}) {
    this.host = new EnvoyHost({ logLevel: "off", upstream: () => ({ body: "hello" }), ...options });
    const configuration = JSON.stringify(config);
    this.filter = this.host.addFilter({ name: "default.header-router", module, configuration });
  }

  request({ principal, publishedClaims, ...init }: RouterRequest = {}): Exchange {
    const filterState: Record<string, string> = {};
    if (principal !== undefined) filterState["io.istio.peer_principal"] = principal;
    if (publishedClaims !== undefined) filterState["wasm.waypost_jwt_payload"] = publishedClaims;
    return this.host.request({ ...init, connection: this.host.connection({ filterState }) });
  }

  /** The name of the route that a request takes; undefined: none. */
  route(request: RouterRequest): string | undefined {
    return this.request(request).filterState[ROUTE];
  }

  /** Names of the hostcalls that a request and its response make, in order. */
  crossings(request: RouterRequest): string[] {
    const before = this.host.trace.length;
    this.request(request);
    return this.host.trace
      .slice(before)
      .map((line) => /\bproxy_(?!on_)\w+/.exec(line)?.[0] ?? "")
      .filter((call) => call !== "");
  }
}
