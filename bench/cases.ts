/** All that is measured. */
import { authenticating, BARE, isAbsent, NATIVE, NATIVE_CACHE } from "./case.ts";
import type { AbsentCase, BenchCase, BenchGroup } from "./case.ts";
import { ADDS_HEADER, headerToMetadata, HELLO, jwtAuth, METADATA_HEADER, native, wasm } from "./filters.ts";
import { metricsCases } from "./metrics.ts";
import { policyCases } from "./policies.ts";
import { headerRust, type RustFilter } from "./rust.ts";
import { ALGORITHMS, TokenFactory, type BenchAlgorithm } from "./tokens.ts";

/** More tokens than the cache of jwt-auth holds (`cacheSize`, 1024): sent in turn, none is found there again. */
const POOL_SIZE = 1_280;
const NATIVE_CACHE_SIZE = 1_000;

/** All groups; `algorithms` are those whose cost is measured. */
export function benchGroups(rust: RustFilter, algorithms: readonly BenchAlgorithm[] = ALGORITHMS): BenchGroup[] {
  const factory = new TokenFactory();
  return [
    group("filters", filterCases(factory, rust)),
    group("policies", policyCases(factory)),
    group("metrics", metricsCases(factory, rust)),
    { ...group("algorithms", algorithmCases(factory, algorithms)), unseen: true },
  ];
}

function group(name: BenchGroup["name"], all: readonly (BenchCase | AbsentCase)[]): BenchGroup {
  const cases = all.filter((one): one is BenchCase => !isAbsent(one));
  return { name, cases, absent: all.filter(isAbsent), unseen: false };
}

/** Filters beside each other, with one token that those with a cache have seen before. */
function filterCases(factory: TokenFactory, rust: RustFilter): (BenchCase | AbsentCase)[] {
  const tokens = factory.make("RS256");
  const jwks = factory.jwks("RS256");
  const rivals = [NATIVE_CACHE, NATIVE];
  const passes = { tokens, rivals, checks: [{ status: 200 }], measuresMemory: true };
  const refuses = { tokens, rivals, checks: authenticating(tokens), measuresMemory: false };
  const cache = { jwt_cache_config: { jwt_cache_size: NATIVE_CACHE_SIZE } };
  // Not as Istio has it: without its largest cost, for a comparison of checking tokens and nothing else.
  const noPayload = { payload_in_metadata: undefined, normalize_payload_in_metadata: undefined };

  return [
    { name: BARE, title: "bare Envoy", filters: {}, ...passes },
    { name: "noop", title: "no-op Wasm", filters: { AUTHN: [wasm("noop", "test/bench-noop")] }, ...passes },
    {
      name: "header-stock",
      title: "stock proxy-runtime, adds a header",
      filters: { AUTHN: [wasm("header-stock", "examples/stock-proxy-runtime", HELLO)] },
      ...passes,
      checks: ADDS_HEADER,
    },
    {
      name: "header-sdk",
      title: "the same with the SDK",
      filters: { AUTHN: [wasm("header-sdk", "test/bench-header", HELLO)] },
      ...passes,
      checks: ADDS_HEADER,
    },
    headerRust(rust, passes),
    {
      name: NATIVE_CACHE,
      title: "native jwt_authn, cache",
      filters: { JWT_AUTHN: [native(jwks, cache)] },
      ...refuses,
      measuresMemory: true,
    },
    {
      name: "native-cache-no-payload",
      title: "native jwt_authn, cache, no metadata",
      filters: { JWT_AUTHN: [native(jwks, { ...cache, ...noPayload })] },
      ...refuses,
    },
    { name: NATIVE, title: "native jwt_authn", filters: { JWT_AUTHN: [native(jwks)] }, ...refuses },
    {
      name: "jwt-auth-seen",
      title: "jwt-auth, token seen before",
      filters: { AUTHN: [jwtAuth("jwt-auth-seen", jwks)] },
      ...refuses,
      measuresMemory: true,
    },
    {
      name: "jwt-auth-metadata",
      title: "the same, claims into metadata",
      filters: {
        AUTHN: [jwtAuth("jwt-auth-metadata", jwks, { payloadMetadataHeader: METADATA_HEADER }), headerToMetadata()],
      },
      ...refuses,
    },
  ];
}

/** Each algorithm with tokens that the filter has never seen, by native jwt_authn and by jwt-auth. */
function algorithmCases(factory: TokenFactory, algorithms: readonly BenchAlgorithm[]): BenchCase[] {
  const bare: BenchCase = {
    name: BARE,
    title: "bare Envoy",
    filters: {},
    tokens: factory.make("RS256"),
    checks: [{ status: 200 }],
    measuresMemory: false,
    rivals: [],
  };
  return [bare, ...algorithms.flatMap((algorithm) => unseenCases(factory, algorithm))];
}

function unseenCases(factory: TokenFactory, algorithm: BenchAlgorithm): BenchCase[] {
  const jwks = factory.jwks(algorithm);
  const tokens = factory.make(algorithm, POOL_SIZE);
  const shared = { tokens, checks: authenticating(tokens), measuresMemory: false };
  const { native: nativeName, ours } = namesOf(algorithm);
  return [
    {
      name: nativeName,
      title: `native jwt_authn, ${algorithm}`,
      filters: { JWT_AUTHN: [native(jwks)] },
      rivals: [],
      ...shared,
    },
    {
      name: ours,
      title: algorithm,
      filters: { AUTHN: [jwtAuth(ours, jwks)] },
      rivals: [nativeName],
      ...shared,
    },
  ];
}

/** Names of the two cases of an algorithm. */
export function namesOf(algorithm: BenchAlgorithm): { native: string; ours: string } {
  const name = algorithm.toLowerCase();
  return { native: `native-${name}`, ours: `jwt-auth-${name}` };
}
