/** What the soak sends through filters: kinds of traffic that could each leave something behind in a VM. */
import { createHmac, randomBytes } from "node:crypto";
import { EnvoyHost, loadModule } from "../host/index.ts";
import { makeKeys, makeToken } from "../scenario/tokens.ts";
import { METRICS_WORKLOAD } from "./metrics-workload.ts";
import type { Running, Workload } from "./workload.ts";

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

interface Settings {
  jwks: object[];
  /** Tokens in the filter's cache; undefined: as many as it holds when nothing is configured. */
  cacheSize: number | undefined;
}

const FEW_TOKENS: Settings = { jwks: [...keys.values()].map(({ jwk }) => jwk), cacheSize: CACHE_SIZE };

async function jwtAuth(send: (host: EnvoyHost, stream: number) => void, settings = FEW_TOKENS): Promise<Running> {
  const configuration = {
    jwtRules: [
      {
        issuer: ISSUER,
        jwks: { keys: settings.jwks },
        outputPayloadToHeader: "x-payload",
        outputClaimToHeaders: [{ header: "x-user", claim: "sub" }],
      },
    ],
    cacheSize: settings.cacheSize,
  };
  const host = new EnvoyHost({ logLevel: "off", now: Date.now() });
  const module = await loadModule("build/jwt-auth.wasm");
  const filter = host.addFilter({ name: "soak", module, configuration: JSON.stringify(configuration) });
  return { host, filter, send: (stream) => send(host, stream) };
}

function sendToken(host: EnvoyHost, token: string): void {
  host.request({ headers: { authorization: `Bearer ${token}` } });
}

/** By hand: a million tokens are made, each for one request. */
function hs256Token(claims: object, secret: Buffer): string {
  const [header, payload] = [{ alg: "HS256" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const input = `${header}.${payload}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** Policies that look at everything there is, in each action and mode. */
const POLICIES = [
  {
    name: "allow",
    rules: [
      {
        from: [
          {
            source: {
              principals: ["cluster.local/ns/shop-1/sa/cart", "*/sa/cart"],
              namespaces: ["shop-*"],
              trustDomains: ["*"],
              remoteIpBlocks: ["10.0.0.0/8"],
              requestPrincipals: ["i/*"],
            },
          },
        ],
        to: [{ operation: { methods: ["GET"], paths: ["/items/{*}/{**}"], hosts: ["*"], ports: ["10000"] } }],
        when: [
          { key: "request.headers[x-team]", values: ["team-*"], notValues: ["team-4"] },
          { key: "request.auth.claims[groups]", values: ["g1"] },
          { key: "request.auth.claims[scope]", values: ["w"] },
          { key: "experimental.envoy.filters.http.x[a]", notValues: ["b", "[c]"] },
        ],
      },
    ],
  },
  { name: "deny", action: "DENY", rules: [{ from: [{ source: { serviceAccounts: ["shop-3/cart"] } }] }] },
  { name: "audit", action: "AUDIT", rules: [{ to: [{ operation: { paths: ["/items/1*"] } }] }] },
  { name: "shadow", mode: "SHADOW", rules: [{ to: [{ operation: { methods: ["POST"] } }] }] },
];

/** Each stage with something to do. */
const PIPELINE = {
  jwtAuth: { jwtRules: [{ issuer: ISSUER, jwks: { keys: FEW_TOKENS.jwks } }], cacheSize: CACHE_SIZE },
  authz: {
    policies: [{ name: "items", rules: [{ to: [{ operation: { paths: ["/items/*"] } }] }] }],
  },
  headerRouter: {
    routes: [
      {
        name: "items",
        match: [{ uri: { regex: "/items/(?P<id>[0-9]+)" } }],
        headers: {
          request: { set: { "x-user": "{claims.sub}" } },
          response: { set: { "x-item": "{id}" } },
        },
        rewrite: { uriRegexRewrite: { match: "/items/([0-9]+)", rewrite: "/v2/\\1" } },
        split: {
          by: { claim: "sub" },
          lanes: [
            { name: "stable", weight: 90 },
            { name: "canary", weight: 10 },
          ],
        },
      },
    ],
  },
};

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
    name: "jwt-auth, a new HS256 token each",
    start: () => {
      const secret = randomBytes(32);
      const expires = Math.floor(Date.now() / 1000) + 86_400;
      const jwk = { kty: "oct", k: secret.toString("base64url") };
      const send = (host: EnvoyHost, stream: number) => {
        const token = hs256Token({ iss: ISSUER, sub: `user-${stream}`, exp: expires }, secret);
        const { response } = host.request({ headers: { authorization: `Bearer ${token}` } });
        if (response?.status !== 200)
          throw new Error(`token ${stream} was answered with ${response?.status ?? "nothing"}`);
      };
      return jwtAuth(send, { jwks: [jwk], cacheSize: undefined });
    },
  },
  {
    name: "jwt-auth, tokens of all sizes, all bad",
    start: () => jwtAuth((host, stream) => sendToken(host, "e".repeat((stream * 37) % 9000))),
  },
  {
    name: "authz, every kind of condition, half of the requests refused",
    async start() {
      const host = new EnvoyHost({ logLevel: "info" });
      const module = await loadModule("build/authz.wasm");
      const configuration = JSON.stringify({ policies: POLICIES });
      const filter = host.addFilter({ name: "soak.authz", module, configuration });
      const send = (stream: number) => {
        const connection = host.connection({
          source: `10.1.2.${stream % 256}:40000`,
          filterState: {
            "io.istio.peer_principal": `spiffe://cluster.local/ns/shop-${stream % 7}/sa/cart`,
            "wasm.waypost_jwt_payload": `{"iss":"i","sub":"user-${stream}","groups":["a","g${stream % 2}"],"scope":"r w"}`,
          },
        });
        const headers: [string, string][] = [
          ["x-team", `team-${stream % 5}`],
          ["x-team", "x".repeat(stream % 2000)],
        ];
        host.request({ path: `/items/${stream}/${"y".repeat(stream % 300)}?q`, headers, connection });
        // Lines of a million streams are not what is measured.
        host.logs.length = 0;
      };
      return { host, filter, send };
    },
  },
  {
    name: "waypoint, tokens of many users, split, rewritten, one in three denied",
    async start() {
      const users = tokens(TOKENS);
      const host = new EnvoyHost({ logLevel: "off", now: Date.now() });
      const module = await loadModule("build/waypoint.wasm");
      const filter = host.addFilter({ name: "soak.waypoint", module, configuration: JSON.stringify(PIPELINE) });
      const send = (stream: number) => {
        const headers: [string, string][] = [
          ["authorization", `Bearer ${users[stream % users.length] ?? ""}`],
          ["x-waypost-lane", "canary"],
          ["x-long", "z".repeat((stream * 31) % 5000)],
        ];
        const path = `/${stream % 3 === 0 ? "admin" : "items"}/${stream}?q=${"y".repeat(stream % 300)}`;
        host.request({ path, headers });
      };
      return { host, filter, send };
    },
  },
  METRICS_WORKLOAD,
  {
    name: "a header filter",
    async start() {
      const host = new EnvoyHost({ logLevel: "off" });
      const module = await loadModule("build/test/bench-header.wasm");
      const filter = host.addFilter({ name: "soak", module, configuration: "hello" });
      return { host, filter, send: () => void host.request() };
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
      return { host, filter, send, finish: () => host.advance(5) };
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
      return { host, filter, send };
    },
  },
];
