import { JwtStatus } from "../../jose/status";
import { Bytes } from "../../sdk";
import { JwtAuthConfig, Rule } from "./config";
import { FoundToken } from "./found-token";
import { JwtMetrics } from "./metrics";
import { Requirement, RequirementKind } from "./requirement";
import { RuleChecker, moreTelling } from "./rule-checker";
import { TokenCache } from "./token-cache";

/** What becomes of a request. */
export enum Outcome {
  /** It has a valid token: `rule` and `effects` say whose and what follows. */
  Allowed,
  /** It has none, and needs none. */
  NoToken,
  /** It has none that is valid, and needs none; `status` says why not. */
  Unverified,
  /** `status` says why not. */
  Denied,
  /** Keys are being fetched: ask again when they are there. */
  Pending,
  /** A CORS preflight request, which carries no token. */
  Preflight,
  /** Nobody asks for a token here. */
  Unchecked,
}

/**
 * Decides about requests, one after the other; the fields hold what the last one came to.
 *
 * Where no entry of `requirements` matches the semantics are Istio's for several RequestAuthentication rules: a token that
 * any rule accepts lets the request pass; a token that no rule accepts refuses it; none at all passes unless `presence` is
 * REQUIRED. An entry has the semantics of Envoy's JwtRequirement.
 */
@final
export class Decider {
  status: JwtStatus = JwtStatus.Ok;
  /** The rule whose token's claims count: the first that was asked and accepts. */
  rule: Rule | null = null;
  effects: Bytes | null = null;
  /** All rules that accept and count, one bit each. */
  accepted: u64 = 0;

  private readonly checker: RuleChecker;

  constructor(
    private readonly config: JwtAuthConfig,
    cache: TokenCache,
    metrics: JwtMetrics,
  ) {
    this.checker = new RuleChecker(config, cache, metrics);
  }

  /** What each location of the configuration holds. */
  get found(): FoundToken[] {
    return this.checker.found;
  }

  /** The rule that `status` is from; null when no rule had a token to refuse. */
  get refusing(): Rule | null {
    return this.status == JwtStatus.Missing ? null : this.checker.ruleWith(this.status);
  }

  decide(): Outcome {
    const config = this.config;
    this.forget(null, null, 0);
    this.status = JwtStatus.Ok;
    // Without headers nothing is known of the request, not even that it has no token.
    if (!config.facts.isPresent) return this.deny(JwtStatus.BadFormat);
    if (config.bypassCorsPreflight && config.isPreflight()) return Outcome.Preflight;
    const requirement = config.requirement();
    if (requirement !== null && requirement.kind == RequirementKind.None) return Outcome.Unchecked;
    const outcome = requirement === null ? this.decideAsIstio() : this.decideBy(requirement);
    if (outcome != Outcome.Denied && outcome != Outcome.Unverified) return outcome;
    return this.checker.refetchKeys() ? Outcome.Pending : outcome;
  }

  private decideAsIstio(): Outcome {
    if (!this.checker.begin()) return this.config.tokenRequired ? this.deny(JwtStatus.Missing) : Outcome.NoToken;
    let status = JwtStatus.Missing;
    const rules = this.config.rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (this.rule !== null && !rule.required) continue;
      const result = this.ask(rule);
      if (result == JwtStatus.KeysPending) return Outcome.Pending;
      if (rule.required && result != JwtStatus.Ok) return this.deny(result);
      status = moreTelling(status, result);
    }
    return this.rule !== null ? Outcome.Allowed : this.deny(status);
  }

  private decideBy(requirement: Requirement): Outcome {
    this.checker.begin();
    const status = this.fulfil(requirement);
    if (status == JwtStatus.KeysPending) return Outcome.Pending;
    if (status != JwtStatus.Ok) return this.deny(status);
    if (this.rule !== null) return Outcome.Allowed;
    this.status = this.checker.refusal();
    return this.status == JwtStatus.Missing ? Outcome.NoToken : Outcome.Unverified;
  }

  /**
   * Ok when the request has what it needs; else why not, or `KeysPending` when that cannot be said yet: then the tokens that
   * were accepted for it count for nothing.
   */
  private fulfil(requirement: Requirement): JwtStatus {
    const rule = this.rule;
    const effects = this.effects;
    const accepted = this.accepted;
    // eslint-disable-next-line waypost/no-recursion -- as deep as the configuration, which is limited
    const status = this.tryTo(requirement);
    if (status != JwtStatus.Ok) this.forget(rule, effects, accepted);
    return status;
  }

  private tryTo(requirement: Requirement): JwtStatus {
    switch (requirement.kind) {
      case RequirementKind.Provider: {
        const rule = requirement.rule;
        return rule === null ? JwtStatus.Missing : this.ask(rule);
      }
      case RequirementKind.Any:
        // eslint-disable-next-line waypost/no-recursion -- as deep as the configuration, which is limited
        return this.fulfilAny(requirement);
      case RequirementKind.All:
        // eslint-disable-next-line waypost/no-recursion -- as deep as the configuration, which is limited
        return this.fulfilAll(requirement);
      case RequirementKind.AllowMissing: {
        const status = this.askAll();
        return status == JwtStatus.KeysPending || !this.checker.isEveryTokenAccepted() ? status : JwtStatus.Ok;
      }
      case RequirementKind.AllowMissingOrFailed:
        return this.askAll() == JwtStatus.KeysPending ? JwtStatus.KeysPending : JwtStatus.Ok;
      default:
        return JwtStatus.Ok;
    }
  }

  /** Asked in order, so that the same request always has the same claims: keys that are being fetched are waited for. */
  private fulfilAny(requirement: Requirement): JwtStatus {
    const parts = requirement.parts;
    let status = JwtStatus.Missing;
    for (let i = 0; i < parts.length; i++) {
      // eslint-disable-next-line waypost/no-recursion -- as deep as the configuration, which is limited
      const result = this.fulfil(unchecked(parts[i]));
      if (result == JwtStatus.Ok || result == JwtStatus.KeysPending) return result;
      status = moreTelling(status, result);
    }
    const isAllowed = requirement.allowsFailed || (requirement.allowsMissing && status == JwtStatus.Missing);
    return isAllowed ? JwtStatus.Ok : status;
  }

  private fulfilAll(requirement: Requirement): JwtStatus {
    const parts = requirement.parts;
    for (let i = 0; i < parts.length; i++) {
      // eslint-disable-next-line waypost/no-recursion -- as deep as the configuration, which is limited
      const result = this.fulfil(unchecked(parts[i]));
      if (result != JwtStatus.Ok) return result;
    }
    return JwtStatus.Ok;
  }

  /** Asks every rule; `KeysPending`, or the most telling of what they came to, `Ok` apart. */
  private askAll(): JwtStatus {
    const rules = this.config.rules;
    let status = JwtStatus.Missing;
    for (let i = 0; i < rules.length; i++) {
      const result = this.ask(unchecked(rules[i]));
      if (result == JwtStatus.KeysPending) return result;
      status = moreTelling(status, result);
    }
    return status;
  }

  private ask(rule: Rule): JwtStatus {
    const status = this.checker.check(rule);
    if (status != JwtStatus.Ok) return status;
    if (this.rule === null) {
      this.rule = rule;
      this.effects = this.checker.effectsOf(rule);
    }
    this.accepted |= (<u64>1) << rule.index;
    return status;
  }

  /** Goes back to what was accepted before. */
  private forget(rule: Rule | null, effects: Bytes | null, accepted: u64): void {
    this.rule = rule;
    this.effects = effects;
    this.accepted = accepted;
  }

  private deny(status: JwtStatus): Outcome {
    this.status = status;
    return Outcome.Denied;
  }
}
