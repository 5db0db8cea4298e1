import { JwtStatus, reason } from "../../jose/status";
import { Counter } from "../../sdk";

/**
 * The counters of jwt-auth. On every Istio proxy, without configuration, labels come out of the names:
 * `wasm_filter="jwt_auth"`, and `tag="<reason>"` for denials.
 */
@final
export class JwtMetrics {
  /** Requests that passed with a valid token. */
  readonly allowed: Counter = counter("allowed");
  /** Requests without a token, whether they passed or not. */
  readonly missing: Counter = counter("missing");
  /** Requests that passed without a valid token, though they had one: a requirement allows it. */
  readonly unverified: Counter = counter("unverified");
  /** Requests that passed without a look at tokens: a requirement says so. */
  readonly unchecked: Counter = counter("unchecked");
  /** CORS preflight requests that passed unchecked. */
  readonly preflightBypassed: Counter = counter("cors_preflight_bypassed");
  readonly cacheHits: Counter = counter("cache_hits");
  readonly cacheMisses: Counter = counter("cache_misses");
  /** Fetches of keys, a discovery document included where one was read. */
  readonly fetchSuccesses: Counter = counter("jwks_fetch_success");
  readonly fetchFailures: Counter = counter("jwks_fetch_failure");
  /** Fetches that were begun because a token had a `kid` that no key had. */
  readonly kidFetches: Counter = counter("jwks_kid_fetch");
  /** Fetches that brought other keys than those before. */
  readonly keyChanges: Counter = counter("jwks_change");
  /** Times that keys became too old to be used. */
  readonly keysDropped: Counter = counter("jwks_drop");
  /** Requests that had to wait for keys. */
  readonly waits: Counter = counter("jwks_wait");

  /** By status, so that a denial looks nothing up by name. */
  private readonly denials: StaticArray<Counter | null> = denialCounters("denied");
  private readonly shadowDenials: StaticArray<Counter | null> = denialCounters("shadow_denied");

  /** Requests that were refused, by reason. */
  countDenied(status: JwtStatus): void {
    count(this.denials, status);
  }

  /** Requests that mode SHADOW let pass and ENFORCE would have refused, by reason. */
  countShadowDenied(status: JwtStatus): void {
    count(this.shadowDenials, status);
  }
}

const PREFIX = "wasm_filter.jwt_auth.";
const FIRST_FAILURE = <i32>JwtStatus.Ok + 1;
const STATUS_COUNT = <i32>JwtStatus.SignatureInvalid + 1;

function counter(name: string): Counter {
  return new Counter(PREFIX + "waypost_jwt_" + name + "_total");
}

function count(counters: StaticArray<Counter | null>, status: JwtStatus): void {
  // eslint-disable-next-line waypost/no-index -- one for each status
  const counter = unchecked(counters[status]);
  if (counter !== null) counter.increment();
}

function denialCounters(name: string): StaticArray<Counter | null> {
  const byReason = new Map<string, Counter>();
  const counters = new StaticArray<Counter | null>(STATUS_COUNT);
  for (let status = FIRST_FAILURE; status < STATUS_COUNT; status++) {
    const word = reason(status);
    if (!byReason.has(word))
      byReason.set(word, new Counter(PREFIX + "tag." + word + ";.waypost_jwt_" + name + "_total"));
    // eslint-disable-next-line waypost/no-index -- the loop ends with the last status
    unchecked((counters[status] = byReason.get(word)));
  }
  return counters;
}
