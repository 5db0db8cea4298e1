/** What is measured: filters in one place of a waypoint's chain, and the tokens that requests carry. */
import path from "node:path";
import { jwtAuthn, wasmFilter, type FiltersByPlace, type Message } from "../envoy/config/index.ts";
import { AUDIENCE, ISSUER, TokenFactory, type BenchAlgorithm } from "./tokens.ts";

export interface BenchCase {
  /** For `--only`, and in the results. */
  name: string;
  /** For the table. */
  title: string;
  filters: FiltersByPlace;
  /** Of the tokens. Ratios to the native filter are to that with the same algorithm. */
  algorithm: BenchAlgorithm;
  /** Sent in turn. */
  tokens: readonly string[];
  /** Whether the filter refuses a token with a wrong signature. */
  authenticates: boolean;
  /** Whether its memory is of interest: it is another filter, and not just another configuration. */
  measuresMemory: boolean;
}

/** The case without any filter, above which the others are counted. */
export const BARE = "bare";

/** More tokens than the cache of jwt-auth holds (`cacheSize`, 1024): sent in turn, none is found there again. */
const POOL_SIZE = 2_048;
const NATIVE_CACHE_SIZE = 1_000;

/** All cases; `withPool` includes those that need thousands of tokens. */
export function benchCases({ withPool }: { withPool: boolean }): BenchCase[] {
  const factory = new TokenFactory();
  const rs256 = { algorithm: "RS256", tokens: factory.make("RS256") } as const;
  const es256 = { algorithm: "ES256", tokens: factory.make("ES256") } as const;
  const neverRefuses = { ...rs256, authenticates: false, measuresMemory: true };
  const refuses = { authenticates: true, measuresMemory: false };
  const native = (more: Message = {}) => ({ JWT_AUTHN: [jwtAuthn(nativeConfig(factory, more))] });
  const ours = (more: Message = {}) => ({ AUTHN: [wasm("jwt-auth", JSON.stringify(jwtAuthConfig(factory, more)))] });
  const nativeCache = { jwt_cache_config: { jwt_cache_size: NATIVE_CACHE_SIZE } };
  // Not as Istio has it: without its largest cost, for a comparison of checking tokens and nothing else.
  const noPayload = { payload_in_metadata: undefined, normalize_payload_in_metadata: undefined };

  return [
    { name: BARE, title: "bare Envoy", filters: {}, ...neverRefuses },
    { name: "noop", title: "no-op Wasm", filters: { AUTHN: [wasm("test/bench-noop")] }, ...neverRefuses },
    {
      name: "header-stock",
      title: "stock proxy-runtime, adds a header",
      filters: { AUTHN: [wasm("examples/stock-proxy-runtime", "world")] },
      ...neverRefuses,
    },
    {
      name: "header-sdk",
      title: "the same with the SDK",
      filters: { AUTHN: [wasm("test/bench-header", "world")] },
      ...neverRefuses,
    },
    {
      name: "native-cache-rs256",
      title: "native jwt_authn, cache",
      filters: native(nativeCache),
      ...rs256,
      ...refuses,
      measuresMemory: true,
    },
    {
      name: "native-cache-no-payload",
      title: "native jwt_authn, cache, no metadata",
      filters: native({ ...nativeCache, ...noPayload }),
      ...rs256,
      ...refuses,
    },
    { name: "native-rs256", title: "native jwt_authn, RS256", filters: native(), ...rs256, ...refuses },
    { name: "native-es256", title: "native jwt_authn, ES256", filters: native(), ...es256, ...refuses },
    {
      name: "jwt-auth-seen",
      title: "jwt-auth, token seen before",
      filters: ours(),
      ...rs256,
      ...refuses,
      measuresMemory: true,
    },
    {
      name: "jwt-auth-rs256",
      title: "jwt-auth, never seen, RS256",
      filters: ours({ cacheSize: 0 }),
      ...rs256,
      ...refuses,
    },
    {
      name: "jwt-auth-es256",
      title: "jwt-auth, never seen, ES256",
      filters: ours({ cacheSize: 0 }),
      ...es256,
      ...refuses,
    },
    ...(withPool
      ? [
          {
            name: "jwt-auth-pool",
            title: `jwt-auth, ${POOL_SIZE} tokens in turn`,
            filters: ours(),
            algorithm: rs256.algorithm,
            tokens: factory.make("RS256", POOL_SIZE),
            authenticates: true,
            measuresMemory: true,
          },
        ]
      : []),
  ];
}

/** `jwtRules` with Istio's defaults. */
function jwtAuthConfig({ jwks }: TokenFactory, more: Message): Message {
  return { jwtRules: [{ issuer: ISSUER, audiences: [AUDIENCE], jwks }], ...more };
}

/** What istiod makes of the same rule for a waypoint (pilot/pkg/security/authn/policy_applier.go). */
function nativeConfig({ jwks }: TokenFactory, more: Message): Message {
  const provider = {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    local_jwks: { inline_string: JSON.stringify(jwks) },
    forward: false,
    payload_in_metadata: "payload",
    normalize_payload_in_metadata: { space_delimited_claims: ["scope", "permission"] },
    clear_route_cache: true,
    ...more,
  };
  const requires = { requires_any: { requirements: [{ provider_name: "origins-0" }, { allow_missing: {} }] } };
  return {
    providers: { "origins-0": provider },
    rules: [{ match: { prefix: "/" }, requires }],
    bypass_cors_preflight: true,
  };
}

/** A module of `build/`. */
function wasm(module: string, configuration = "") {
  const plugin = `default.${path.basename(module)}`;
  const rootId = module.startsWith("examples/") ? "add_header" : "";
  return wasmFilter({ name: plugin, file: path.resolve("build", `${module}.wasm`), rootId, configuration });
}
