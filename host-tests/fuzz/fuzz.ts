/**
 * Fuzzes the release module of jwt-auth in the Node host:
 *
 * ```sh
 * npx tsx host-tests/fuzz/fuzz.ts --seconds 60 --seed 1
 * ```
 *
 * Whatever a request holds, the filter must neither trap nor leave it without an answer, and what it lets through with the
 * mark of a token must hold a token that an independent judge accepts. Prints the seed, which repeats the choice of cases (keys are
 * fresh, so signatures differ), and for each failure the request.
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { EnvoyHost, loadModule, type Exchange } from "../host/index.ts";
import { fuzzConfiguration, fuzzKeySet } from "./configurations.ts";
import { holdsToken } from "./judge.ts";
import { Random } from "./random.ts";
import { randomRequest, type FuzzRequest } from "./requests.ts";
import { AUDIENCE, ISSUER, jwks } from "./tokens.ts";

export interface FuzzResult {
  seed: number;
  requests: number;
  /** Requests that passed with a valid token; without one, under `presence: OPTIONAL`; that were refused. */
  accepted: number;
  passed: number;
  refused: number;
  /** Configurations and key sets. */
  documents: number;
  /** What went wrong, each with its request. */
  failures: string[];
}

/** A request that takes longer than this many milliseconds of real time is as good as a hang. */
const SLOW_MS = 1_000;

/** Time that the proxy's clock is moved, so that whatever waits comes to its end. */
const PATIENCE_MS = 60_000;

const MAX_FAILURES = 10;

/** A configuration makes new VMs, so there is one for so many requests. */
const REQUESTS_PER_DOCUMENT = 40;

const CONFIGURATION = {
  jwtRules: [
    {
      name: "somebody else's",
      issuer: "https://other.example",
      jwks: JSON.stringify(jwks),
      fromHeaders: [{ name: "x-jwt", prefix: "JWT " }],
      fromCookies: ["token"],
    },
    {
      issuer: ISSUER,
      audiences: [AUDIENCE],
      jwks,
      fromHeaders: [
        { name: "authorization", prefix: "Bearer " },
        { name: "x-jwt", prefix: "JWT " },
      ],
      fromParams: ["access_token"],
      fromCookies: ["token"],
      requireExpiration: true,
      outputPayloadToHeader: "x-payload",
      outputClaimToHeaders: [
        { header: "x-user", claim: "sub" },
        { header: "x-role", claim: "realm.roles" },
      ],
    },
  ],
  publish: [{ claim: "text", property: "text" }],
  cacheSize: 16,
};

type Mode = Readonly<Record<string, string>>;

/** Where nothing passes without a valid token. */
const ENFORCED: Mode = { presence: "REQUIRED" };

/** Each request meets each of them. */
const MODES: readonly Mode[] = [ENFORCED, { presence: "OPTIONAL" }, { presence: "REQUIRED", mode: "SHADOW" }];

/** Sends random requests for so many seconds of real time. */
export async function fuzz(seconds: number, seed: number): Promise<FuzzResult> {
  const module = await loadModule("build/jwt-auth.wasm");
  const hosts = MODES.map((mode) => {
    const host = new EnvoyHost({ now: Date.now(), logLevel: "error" });
    host.addFilter({ name: "fuzz", module, configuration: JSON.stringify({ ...CONFIGURATION, ...mode }) });
    return { host, mode };
  });
  const result: FuzzResult = { seed, requests: 0, accepted: 0, passed: 0, refused: 0, documents: 0, failures: [] };
  const random = new Random(seed);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && result.failures.length < MAX_FAILURES) {
    if (random.below(REQUESTS_PER_DOCUMENT) === 0) {
      const problem = random.chance(0.5)
        ? fuzzConfiguration(module, CONFIGURATION, random)
        : fuzzKeySet(module, random);
      result.documents += 1;
      if (problem !== undefined) result.failures.push(problem);
    }
    const request = randomRequest(random);
    for (const { host, mode } of hosts) {
      const problem = await send(host, mode, request, result);
      result.requests += 1;
      if (problem === undefined) continue;
      result.failures.push(
        `request ${result.requests} in ${JSON.stringify(mode)}: ${problem}\n${JSON.stringify(request)}`,
      );
      if (host.filters[0]?.failed() === true) return result;
    }
  }
  return result;
}

/** What is wrong with what became of the request; undefined: nothing. */
async function send(
  host: EnvoyHost,
  mode: Mode,
  request: FuzzRequest,
  result: FuzzResult,
): Promise<string | undefined> {
  const started = performance.now();
  const exchange = host.request(request.init);
  if (exchange.state === "pending") host.advance(PATIENCE_MS);
  if (performance.now() - started > SLOW_MS) return `took ${Math.round(performance.now() - started)} ms`;
  if (host.filters[0]?.failed() === true) return `trapped: ${host.logs.at(-1)?.message}`;
  return judge(exchange, mode, request, result);
}

async function judge(
  exchange: Exchange,
  mode: Mode,
  request: FuzzRequest,
  result: FuzzResult,
): Promise<string | undefined> {
  const upstream = exchange.upstreamRequest;
  if (upstream === undefined) {
    result.refused += 1;
    return exchange.state === "complete" ? undefined : "was never answered";
  }
  const payload = upstream.headers.get("x-payload");
  if (payload !== undefined) {
    result.accepted += 1;
    return (await holdsToken(request, payload)) ? undefined : `passed as ${payload}, without such a token`;
  }
  result.passed += 1;
  if (upstream.headers.has("x-user") || upstream.headers.has("x-role")) return "passed with claims of its own";
  // CORS preflight requests carry no token (Fetch Standard §3.3).
  const isPreflight = request.init.method === "OPTIONS";
  return mode !== ENFORCED || isPreflight ? undefined : "passed without a token";
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } });
  const seconds = Number(values.seconds ?? 10);
  const seed = Number(values.seed ?? Date.now() % 2 ** 32);
  console.log(`seed ${seed}, ${seconds} s`);
  const { failures, ...counts } = await fuzz(seconds, seed);
  console.log(counts);
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
