/** A Node host with jwt-auth, and an issuer whose answers a test sets while time moves: for tests about fetched keys. */
import { fileURLToPath } from "node:url";
import { EnvoyHost, loadModule, type CallRequest, type Exchange, type ReplyInit } from "../../host/index.ts";
import { makeKeys, makeToken } from "../../scenario/tokens.ts";

export const NOW = 1_800_000_000_000;
export const ISSUER = "https://issuer.test";

const module = await loadModule(fileURLToPath(new URL("../../../build/jwt-auth.wasm", import.meta.url)));
const keys = makeKeys({
  old: { alg: "ES256", kid: "old" },
  new: { alg: "ES256", kid: "new" },
  // Never published.
  foreign: { alg: "ES256", kid: "foreign" },
  // Nobody's key, under the name of one.
  forged: { alg: "ES256", kid: "old" },
  nameless: { alg: "ES256" },
});

export type KeyName = "old" | "new" | "foreign" | "forged" | "nameless";

/** The key set with these keys, as text. */
export function keySet(...names: KeyName[]): string {
  return JSON.stringify({ keys: names.map((name) => keys.get(name)?.jwk) });
}

export interface JwksHostOptions {
  /** When it starts; default NOW, which `fetches` count from. */
  now?: number;
  workers?: number;
  /** Fields of the one rule beside those that every rule here has. */
  rule?: Record<string, unknown>;
  /** What comes of it; default: two keys for ever. */
  answer?: (call: CallRequest) => ReplyInit;
}

export class JwksHost {
  readonly host: EnvoyHost;
  readonly filter: ReturnType<EnvoyHost["addFilter"]>;
  /** When the issuer was asked, in milliseconds since the start, and for what. */
  readonly fetches: { at: number; path: string; cluster: string; authority: string }[] = [];
  /** Read at each request. */
  answer: (call: CallRequest) => ReplyInit;

  constructor({ now = NOW, workers = 1, rule = {}, answer = () => ({ body: keySet("old") }) }: JwksHostOptions = {}) {
    this.answer = answer;
    const cluster = (call: CallRequest) => {
      const { path, authority } = call;
      this.fetches.push({ at: this.host.now - NOW, path, cluster: call.cluster, authority });
      return this.answer(call);
    };
    this.host = new EnvoyHost({
      now,
      workers,
      clusters: { issuer: cluster, keys: cluster, "inbound-vip|443|http|issuer.test": cluster },
      upstream: () => ({ body: "hello" }),
    });
    this.filter = this.host.addFilter({ name: "test.jwt-auth", module, configuration: configuration(rule) });
  }

  /** Sends a request whose token that key has signed; time does not move. */
  send(
    key: KeyName,
    { worker = 0, claims = {} }: { worker?: number; claims?: Record<string, unknown> } = {},
  ): Exchange {
    const token = mint(key, claims);
    return this.host.request({ headers: [["authorization", `Bearer ${token}`]], worker });
  }

  /** The answer to such a request, which must come at once: its status and, unless it is 200, its body. */
  ask(key: KeyName, options: { worker?: number; claims?: Record<string, unknown> } = {}): string {
    return describe(this.send(key, options));
  }

  counter(name: string): number {
    return this.host.counter(`wasm_filter.jwt_auth.waypost_jwt_${name}_total`);
  }

  /** Lines about keys from `info` on: their levels and texts, without the name of the rule. */
  lines(): string[] {
    const found = this.host.logs.filter(({ message }) => message.startsWith("keys of "));
    return found.map(({ level, message }) => `${level} ${message.replace(/^keys of \S+ \(cluster (\S+)\): /, "")}`);
  }
}

const minted = new Map<string, string>();

/** A token; the same one again for the same key and claims. */
function mint(key: KeyName, claims: Record<string, unknown>): string {
  const name = JSON.stringify([key, claims]);
  const token = minted.get(name) ?? makeToken({ key, claims: { iss: ISSUER, ...claims } }, keys, NOW);
  minted.set(name, token);
  return token;
}

/** The configuration of one rule that fetches its keys; `jwksUri: null` in `rule` leaves them to discovery. */
export function configuration(rule: Record<string, unknown> = {}): string {
  return JSON.stringify({
    jwtRules: [{ issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, jwksCluster: "issuer", ...rule }],
  });
}

export function describe(exchange: Exchange): string {
  if (exchange.state !== "complete") return exchange.state;
  const { status = 0, body = "" } = exchange.response ?? {};
  return status === 200 ? "200" : `${status} ${body}`;
}
