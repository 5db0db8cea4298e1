/** Runs the fuzzer's cases, each of which depends on nothing but the seed and its number. */
import { loadModule, type EnvoyHost, type Exchange } from "../host/index.ts";
import { randomCase } from "./cases.ts";
import { fuzzConfiguration, fuzzKeySet } from "./configurations.ts";
import { runCase } from "./differential.ts";
import { Broken, PAYLOAD_HEADER, send, start, USER_HEADER, type Modules } from "./filter-under-test.ts";
import { judgeKeySet, type JudgedKey } from "./judge.ts";
import { makeFuzzKeys, type FuzzKey } from "./keys.ts";
import { Random } from "./random.ts";
import { holdsToken } from "./request-judge.ts";
import { randomRequest, type FuzzRequest } from "./requests.ts";
import { AUDIENCE, ISSUER } from "./token-edits.ts";
import { TokenSource } from "./tokens.ts";

export interface FuzzResult {
  cases: number;
  /** Verdicts about tokens, of filter and judge alike; and key sets that both find without a usable key. */
  accepted: number;
  refused: number;
  refusedSets: number;
  /** Whole requests: with a valid token; without one, under `presence: OPTIONAL`; refused. */
  requests: { accepted: number; passed: number; refused: number };
  /** Configurations, and key sets that are hardly any. */
  documents: number;
  failures: Failure[];
}

export interface Failure {
  case: number;
  what: string;
}

/** What the proxy's clock says. */
const NOW = 1_800_000_000_000;

const MAX_FAILURES = 10;

const REQUESTS_PER_CASE = 20;

type Mode = Readonly<Record<string, string>>;

/** Where nothing passes without a valid token. */
const ENFORCED: Mode = { presence: "REQUIRED" };

/** Each request meets each of them. */
const MODES: readonly Mode[] = [ENFORCED, { presence: "OPTIONAL" }, { presence: "REQUIRED", mode: "SHADOW" }];

const RULE = { issuer: ISSUER, audiences: [AUDIENCE], requireExpiration: true };

export class Fuzzer {
  readonly result: FuzzResult = {
    cases: 0,
    accepted: 0,
    refused: 0,
    refusedSets: 0,
    requests: { accepted: 0, passed: 0, refused: 0 },
    documents: 0,
    failures: [],
  };
  readonly #keys: ReadonlyMap<string, FuzzKey>;
  readonly #source: TokenSource;
  readonly #judged: readonly JudgedKey[];

  private constructor(
    private readonly modules: Modules,
    private readonly seed: number,
  ) {
    this.#keys = makeFuzzKeys(seed);
    this.#source = new TokenSource(this.#keys, NOW);
    this.#judged = judgeKeySet(Buffer.from(JSON.stringify(this.#source.jwks)));
  }

  /** @param folder  of the builds of jwt-auth */
  static async load(seed: number, folder = "build"): Promise<Fuzzer> {
    const envoy = await loadModule(`${folder}/jwt-auth.wasm`);
    const portable = await loadModule(`${folder}/jwt-auth.scalar.wasm`);
    return new Fuzzer({ envoy, portable }, seed);
  }

  /** Runs cases for so many seconds of real time, or until too many fail. */
  async run(seconds: number): Promise<FuzzResult> {
    const end = performance.now() + seconds * 1000;
    for (let index = 0; performance.now() < end && this.result.failures.length < MAX_FAILURES; index++) {
      await this.runCase(index);
    }
    return this.result;
  }

  /** Runs the case with this number. */
  async runCase(index: number): Promise<FuzzResult> {
    const random = Random.ofCase(this.seed, index);
    const what = await this.#problemIn(random);
    this.result.cases += 1;
    if (what !== undefined) this.result.failures.push({ case: index, what });
    return this.result;
  }

  async #problemIn(random: Random): Promise<string | undefined> {
    const kind = random.below(20);
    if (kind >= 8) return runCase(this.modules, NOW, randomCase(this.#keys, NOW, random), this.result);
    if (kind >= 4) return this.#runRequests(random);
    this.result.documents += 1;
    if (kind >= 2) return fuzzKeySet(this.modules.envoy, this.#source.jwks, NOW, random);
    return fuzzConfiguration(this.modules.envoy, this.#configuration(ENFORCED), NOW, random);
  }

  #configuration(mode: Mode): object {
    const { jwks } = this.#source;
    return {
      jwtRules: [
        {
          name: "somebody else's",
          issuer: "https://other.example",
          jwks: JSON.stringify(jwks),
          fromHeaders: [{ name: "x-jwt", prefix: "JWT " }],
          fromCookies: ["token"],
        },
        {
          ...RULE,
          jwks,
          fromHeaders: [
            { name: "authorization", prefix: "Bearer " },
            { name: "x-jwt", prefix: "JWT " },
          ],
          fromParams: ["access_token"],
          fromCookies: ["token"],
          outputPayloadToHeader: PAYLOAD_HEADER,
          outputClaimToHeaders: [
            { header: USER_HEADER, claim: "sub" },
            { header: "x-role", claim: "realm.roles" },
          ],
        },
      ],
      publish: [{ claim: "text", property: "text" }],
      cacheSize: 16,
      ...mode,
    };
  }

  /** The same requests in each mode, one after the other: what one leaves behind may not help the next. */
  async #runRequests(random: Random): Promise<string | undefined> {
    const requests = Array.from({ length: REQUESTS_PER_CASE }, () => randomRequest(this.#source, random));
    for (const mode of MODES) {
      const host = start(this.modules.envoy, JSON.stringify(this.#configuration(mode)), { now: NOW });
      if (host === undefined) return "the configuration is refused";
      for (const request of requests) {
        const problem = await this.#problemWith(host, mode, request);
        if (problem !== undefined) return `in ${JSON.stringify(mode)}: ${problem}\n${JSON.stringify(request)}`;
      }
    }
    return undefined;
  }

  async #problemWith(host: EnvoyHost, mode: Mode, request: FuzzRequest): Promise<string | undefined> {
    try {
      return await this.#judge(send(host, request.init), mode, request);
    } catch (error) {
      if (error instanceof Broken) return error.message;
      throw error;
    }
  }

  async #judge(exchange: Exchange, mode: Mode, request: FuzzRequest): Promise<string | undefined> {
    const counts = this.result.requests;
    const upstream = exchange.upstreamRequest;
    if (upstream === undefined) {
      counts.refused += 1;
      return undefined;
    }
    const payload = upstream.headers.get(PAYLOAD_HEADER);
    if (payload !== undefined) {
      counts.accepted += 1;
      const holds = await holdsToken(request, payload, this.#judged, RULE, NOW);
      return holds ? undefined : `passed as ${payload}, without such a token`;
    }
    counts.passed += 1;
    if (upstream.headers.has(USER_HEADER) || upstream.headers.has("x-role")) return "passed with claims of its own";
    // CORS preflight requests carry no token (Fetch Standard §3.3).
    const isPreflight = request.init.method === "OPTIONS";
    return mode !== ENFORCED || isPreflight ? undefined : "passed without a token";
  }
}
