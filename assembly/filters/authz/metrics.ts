import { Counter, OTHERS, metricLabel } from "../../sdk";
import { Action, Mode } from "./policy";

/** Policies with a counter of their own; further ones share one, because proxies never forget a metric. */
const MAX_COUNTERS = 64;

/** A label that no policy has: those of policies have a slash. */
const NO_POLICY = "none";

/**
 * The counters of authz: requests by what was decided, and by the policy that decided. On every Istio proxy, without
 * configuration, labels come out of the names: `wasm_filter="authz"`, and `tag="<namespace>/<name>"` for the policy.
 */
@final
export class AuthzMetrics {
  /** Requests that passed because there is no ALLOW policy. */
  readonly allowed: Counter = counter("allowed", NO_POLICY);
  /** Requests that were refused because no ALLOW policy matched. */
  readonly denied: Counter = counter("denied", NO_POLICY);
  /** The same for what policies in mode SHADOW would have done. */
  readonly shadowAllowed: Counter = counter("shadow_allowed", NO_POLICY);
  readonly shadowDenied: Counter = counter("shadow_denied", NO_POLICY);

  private policies: i32 = 0;

  /** Requests that a policy decided about, or audited. */
  ofPolicy(namespace: string, name: string, action: Action, mode: Mode): Counter {
    this.policies += 1;
    const label = this.policies > MAX_COUNTERS ? OTHERS : metricLabel(namespace + "/" + name);
    return counter((mode == Mode.SHADOW ? "shadow_" : "") + decisionOf(action), label);
  }
}

function decisionOf(action: Action): string {
  switch (action) {
    case Action.ALLOW:
      return "allowed";
    case Action.DENY:
      return "denied";
    default:
      return "audited";
  }
}

function counter(decision: string, label: string): Counter {
  return new Counter("wasm_filter.authz.tag." + label + ";.waypost_authz_" + decision + "_total");
}
