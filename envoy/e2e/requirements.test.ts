/**
 * What requests need, judged by Envoy's own jwt_authn: random trees of requirements, and random tokens for them. Both must
 * give the same answer. The seed is printed when they do not; `SEED=…` repeats a run.
 */
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../../host-tests/host/random.ts";
import { makeKeys, makeToken } from "../../host-tests/scenario/tokens.ts";
import type { Answer } from "../client/answer.ts";
import { Http2Connection } from "../client/http2.ts";
import {
  bootstrap,
  httpChain,
  jwtAuthn,
  routeTo,
  staticCluster,
  tcpListener,
  wasmFilter,
  type FiltersByPlace,
} from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
/** A configuration has 64 entries at most. */
const GROUPS = 4;
const TREES_IN_GROUP = 50;
const TRIES = 5;
const MAX_DEPTH = 3;

type Provider = "a" | "b" | "c";

/** Rule `c` looks where `a` does; the issuer tells their tokens apart. */
const LOCATIONS: Record<Provider, string> = { a: "x-first", b: "x-second", c: "x-first" };
const PROVIDERS = Object.keys(LOCATIONS) as Provider[];

type Tree =
  | { provider: Provider }
  | { any: Tree[] }
  | { all: Tree[] }
  | { allowMissing: object }
  | { allowMissingOrFailed: object }
  | { none: object };

function chance(random: Random, percent: number): boolean {
  return random.below(100) < percent;
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

/** A tree of requirements; as in Envoy `any` and `all` have two parts or more. */
function randomTree(random: Random, depth = 0): Tree {
  if (depth === MAX_DEPTH || chance(random, 35)) return randomLeaf(random);
  const parts = Array.from({ length: 2 + random.below(2) }, () => randomTree(random, depth + 1));
  return chance(random, 50) ? { any: parts } : { all: parts };
}

function randomLeaf(random: Random): Tree {
  const draw = random.below(12);
  if (draw === 0) return { allowMissingOrFailed: {} };
  if (draw === 1) return { none: {} };
  if (draw <= 3) return { allowMissing: {} };
  return { provider: pick(random, PROVIDERS) };
}

/** The same as a JwtRequirement. */
function inEnvoysWords(tree: Tree): object {
  if ("provider" in tree) return { provider_name: tree.provider };
  if ("any" in tree) return { requires_any: { requirements: tree.any.map(inEnvoysWords) } };
  if ("all" in tree) return { requires_all: { requirements: tree.all.map(inEnvoysWords) } };
  if ("allowMissing" in tree) return { allow_missing: {} };
  if ("allowMissingOrFailed" in tree) return { allow_missing_or_failed: {} };
  return {};
}

/**
 * Whether `allowMissing` looks at all tokens there are, not at those of what stands beside it. Of several tokens the last
 * one decides there for jwt_authn; for us each must be valid (docs/differences.md).
 */
function looksAtAll(tree: Tree): boolean {
  if ("allowMissing" in tree) return true;
  if ("all" in tree) return tree.all.some(looksAtAll);
  if (!("any" in tree)) return false;
  const others = tree.any.filter((part) => !("allowMissing" in part || "allowMissingOrFailed" in part));
  return others.length === 0 || others.some(looksAtAll);
}

const keys = makeKeys({ a: { alg: "ES256" }, b: { alg: "RS256" }, c: { alg: "ES256" } });

/** Tokens, and what they are. */
const tokens = new Map(
  PROVIDERS.flatMap((name): [string, string][] => {
    const other = name === "a" ? "b" : "a";
    const token = (key: string, claims: Record<string, unknown>) => makeToken({ key, claims }, keys, Date.now());
    return [
      [`valid for ${name}`, token(name, { iss: name, aud: "x" })],
      [`valid for ${name}, too`, token(name, { iss: name, aud: ["y", "x"] })],
      [`expired for ${name}`, token(name, { iss: name, aud: "x", exp: 1 })],
      [`another audience for ${name}`, token(name, { iss: name, aud: "y" })],
      [`of nobody, by ${name}`, token(name, { iss: "nobody", aud: "x" })],
      [`forged for ${name}`, token(other, { iss: name, aud: "x" })],
    ];
  }).concat([["garbage", "garbage"]]),
);

/** Which token stands in which header. */
function sentTokens(random: Random): [header: string, token: string][] {
  const names = [...new Set(Object.values(LOCATIONS))].filter(() => chance(random, 65));
  return names.map((name) => [name, pick(random, [...tokens.keys()])]);
}

function filters(trees: readonly Tree[]): { ours: FiltersByPlace; native: FiltersByPlace } {
  const jwks = (name: Provider) => JSON.stringify({ keys: [keys.get(name)?.jwk] });
  const configuration = {
    jwtRules: PROVIDERS.map((name) => ({
      name,
      issuer: name,
      audiences: ["x"],
      jwks: jwks(name),
      fromHeaders: [{ name: LOCATIONS[name] }],
      forwardOriginalToken: true,
    })),
    requirements: trees.map((requires, index) => ({ match: { paths: [`/${index}`] }, requires })),
  };
  const providers = PROVIDERS.map((name): [string, object] => [
    name,
    {
      issuer: name,
      audiences: ["x"],
      local_jwks: { inline_string: jwks(name) },
      from_headers: [{ name: LOCATIONS[name] }],
      // Else it takes a token out of the request that the next part of `all` then misses.
      forward: true,
    },
  ]);
  const rules = trees.map((tree, index) => {
    const requires = inEnvoysWords(tree);
    return { match: { path: `/${index}` }, ...(Object.keys(requires).length === 0 ? {} : { requires }) };
  });
  const file = path.resolve("build/jwt-auth.wasm");
  return {
    ours: { AUTHN: [wasmFilter({ name: "requirements", file, configuration: JSON.stringify(configuration) })] },
    native: { JWT_AUTHN: [jwtAuthn({ providers: Object.fromEntries(providers), rules })] },
  };
}

const random = new Random(SEED);
const groups = Array.from({ length: GROUPS }, () => Array.from({ length: TREES_IN_GROUP }, () => randomTree(random)));

let envoy: EnvoyProcess;
beforeAll(async () => {
  const listeners = groups.flatMap((trees, group) => {
    const { ours, native } = filters(trees);
    const listener = (name: string, places: FiltersByPlace) =>
      tcpListener(`${name}-${group}`, [httpChain({ name: "chain", places, routes: [routeTo("nowhere")] })]);
    return [listener("ours", ours), listener("native", native)];
  });
  const clusters = [staticCluster({ name: "nowhere", endpoints: [] })];
  envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters }) });
}, 60_000);
afterAll(() => envoy.stop());

/** Requests that pass end at a cluster without hosts. */
function verdict({ status, body, headers }: Answer): string {
  if (status === 503) return "passes";
  const challenge = headers.find(([name]) => name === "www-authenticate")?.[1] ?? "";
  return `${status} ${body} ${challenge.replace(/localhost:\d+/, "")}`;
}

it.each(groups.map((trees, group) => [group, trees] as const))(
  `the answers to trees of group %i are those of jwt_authn (SEED=${SEED})`,
  async (group, trees) => {
    const ours = new Http2Connection(envoy.port(`ours-${group}`));
    const native = new Http2Connection(envoy.port(`native-${group}`));
    const verdicts = new Map<string, number>();
    try {
      for (const [index, tree] of trees.entries()) {
        for (let attempt = 0; attempt < TRIES; attempt++) {
          const sent = sentTokens(random);
          const headers = sent.map(([name, token]): [string, string] => [name, tokens.get(token) ?? ""]);
          const request = { method: "GET", path: `/${index}`, authority: "test", headers };
          const [our, theirs] = (await Promise.all([ours.send(request), native.send(request)])).map(verdict);
          verdicts.set(our ?? "", (verdicts.get(our ?? "") ?? 0) + 1);
          if (looksAtAll(tree) && sent.length > 1 && our !== "passes") continue;
          const what = JSON.stringify([tree, sent]);
          expect(`${what}: ${our}`).toBe(`${what}: ${theirs}`);
        }
      }
    } finally {
      ours.close();
      native.close();
    }
    // Else the trees or the tokens would say nothing.
    expect(verdicts.size).toBeGreaterThan(5);
    expect(verdicts.get("passes")).toBeGreaterThan(20);
  },
  60_000,
);
