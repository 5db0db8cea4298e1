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
  /** CORS preflight requests that passed unchecked. */
  readonly preflightBypassed: Counter = counter("cors_preflight_bypassed");
  readonly cacheHits: Counter = counter("cache_hits");
  readonly cacheMisses: Counter = counter("cache_misses");
  readonly fetchSuccesses: Counter = counter("jwks_fetch_success");
  readonly fetchFailures: Counter = counter("jwks_fetch_failure");

  /** By status, so that a denial looks nothing up by name. */
  private readonly denials: StaticArray<Counter> = denialCounters("denied");
  private readonly shadowDenials: StaticArray<Counter> = denialCounters("shadow_denied");

  /** Requests that were refused, by reason. */
  denied(status: JwtStatus): Counter {
    // eslint-disable-next-line waypost/no-index -- one for each status
    return unchecked(this.denials[status]);
  }

  /** Requests that mode SHADOW let pass and ENFORCE would have refused, by reason. */
  shadowDenied(status: JwtStatus): Counter {
    // eslint-disable-next-line waypost/no-index -- one for each status
    return unchecked(this.shadowDenials[status]);
  }
}

const PREFIX = "wasm_filter.jwt_auth.";
const STATUS_COUNT = <i32>JwtStatus.SignatureInvalid + 1;

function counter(name: string): Counter {
  return new Counter(PREFIX + "waypost_jwt_" + name + "_total");
}

function denialCounters(name: string): StaticArray<Counter> {
  const byReason = new Map<string, Counter>();
  const counters = new StaticArray<Counter>(STATUS_COUNT);
  for (let status = 0; status < STATUS_COUNT; status++) {
    const word = reason(status);
    if (!byReason.has(word))
      byReason.set(word, new Counter(PREFIX + "tag." + word + ";.waypost_jwt_" + name + "_total"));
    // eslint-disable-next-line waypost/no-index -- the loop ends with the last status
    unchecked((counters[status] = byReason.get(word)));
  }
  return counters;
}
