/** What the soak sends through filters: kinds of traffic that could each leave something behind in a VM. */
import { EnvoyHost, loadModule, type Filter } from "../host/index.ts";
import { makeKeys, makeToken } from "../scenario/tokens.ts";

export interface Workload {
  name: string;
  start(): Promise<Running>;
}

/** A host with a filter. */
export interface Running {
  filter: Filter;
  /** Sends the stream with that number through it. */
  send: (stream: number) => void;
  /** Lets streams that are still open come to their end. */
  finish?: () => void;
}

const ISSUER = "https://issuer.example";

/** Tokens for the workloads that verify each; more than fit into the cache of `jwtAuth`. */
const CACHE_SIZE = 64;
const TOKENS = 4 * CACHE_SIZE;

const keys = makeKeys({ key: { alg: "ES256", kid: "key" } });

function tokens(count: number): string[] {
  return Array.from({ length: count }, (_, number) => {
    const claims = {
      iss: ISSUER,
      sub: `user-${number}`,
      exp: "now+30d",
      roles: Array<string>(number % 50).fill("role"),
    };
    return makeToken({ key: "key", claims }, keys, Date.now());
  });
}

async function jwtAuth(send: (host: EnvoyHost, stream: number) => void): Promise<Running> {
  const configuration = {
    jwtRules: [
      {
        issuer: ISSUER,
        jwks: { keys: [...keys.values()].map(({ jwk }) => jwk) },
        outputPayloadToHeader: "x-payload",
        outputClaimToHeaders: [{ header: "x-user", claim: "sub" }],
      },
    ],
    cacheSize: CACHE_SIZE,
  };
  const host = new EnvoyHost({ logLevel: "off", now: Date.now() });
  const module = await loadModule("build/jwt-auth.wasm");
  const filter = host.addFilter({ name: "soak", module, configuration: JSON.stringify(configuration) });
  return { filter, send: (stream) => send(host, stream) };
}

function sendToken(host: EnvoyHost, token: string): void {
  host.request({ headers: { authorization: `Bearer ${token}` } });
}

export const WORKLOADS: Workload[] = [
  {
    name: "jwt-auth, tokens seen before",
    start: () => {
      const few = tokens(CACHE_SIZE / 2);
      return jwtAuth((host, stream) => sendToken(host, few[stream % few.length] ?? ""));
    },
  },
  {
    name: "jwt-auth, tokens never seen",
    start: () => {
      const many = tokens(TOKENS);
      return jwtAuth((host, stream) => sendToken(host, many[stream % many.length] ?? ""));
    },
  },
  {
    name: "jwt-auth, tokens of all sizes, all bad",
    start: () => jwtAuth((host, stream) => sendToken(host, "e".repeat((stream * 37) % 9000))),
  },
  {
    name: "a header filter",
    async start() {
      const host = new EnvoyHost({ logLevel: "off" });
      const module = await loadModule("build/test/bench-header.wasm");
      const filter = host.addFilter({ name: "soak", module, configuration: "hello" });
      return { filter, send: () => void host.request() };
    },
  },
  {
    name: "ext-authz, a new object each, one in eight cut off",
    async start() {
      const clusters = { authz: { status: 200, delayMs: 5 } };
      const host = new EnvoyHost({ logLevel: "off", clusters });
      const module = await loadModule("build/examples/ext-authz.wasm");
      const filter = host.addFilter({ name: "soak", module, configuration: '{"cluster":"authz"}' });
      const send = (stream: number) => {
        const exchange = host.request({ headers: { authorization: "x".repeat(stream % 3000) } });
        if (stream % 8 === 0) exchange.reset();
        host.advance(1);
      };
      return { filter, send, finish: () => host.advance(5) };
    },
  },
  {
    name: "json-body, bodies of all sizes",
    async start() {
      const host = new EnvoyHost({ logLevel: "off" });
      const module = await loadModule("build/examples/json-body.wasm");
      const filter = host.addFilter({ name: "soak", module, configuration: '{"field":"/a","value":[1]}' });
      const send = (stream: number) => {
        const headers = { "content-type": "application/json" };
        host.request({ method: "POST", headers, body: `{"a":"${"x".repeat((stream * 101) % 60_000)}"}` });
      };
      return { filter, send };
    },
  },
];
