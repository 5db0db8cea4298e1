import { JwtStatus } from "../../jose/status";
import { Bytes, Pairs, nowNanoseconds } from "../../sdk";
import { JwtAuthConfig, Rule } from "./config";
import { renderEffects } from "./effects";
import { FoundToken } from "./found-token";
import { JwtMetrics } from "./metrics";
import { TokenCache, VerifiedToken } from "./token-cache";
import { TokenVerifier } from "./verifier";

/** What becomes of a request. */
export enum Outcome {
  /** It has a valid token: `rule` and `effects` say whose and what follows. */
  Allowed,
  /** It has none, and needs none. */
  NoToken,
  /** `status` says why not. */
  Denied,
  /** Keys are being fetched: ask again when they are there. */
  Pending,
  /** A CORS preflight request, which carries no token. */
  Preflight,
}

/**
 * Decides about requests, one after the other; the fields hold what the last one came to.
 *
 * The semantics are Istio's for several RequestAuthentication rules: a token that any rule accepts lets the request pass; a
 * token that no rule accepts refuses it; none at all passes unless `presence` is REQUIRED. A rule accepts when every token
 * in its locations is valid, and the first rule that accepts gives the claims.
 */
@final
export class Decider {
  status: JwtStatus = JwtStatus.Ok;
  rule: Rule | null = null;
  effects: Bytes | null = null;
  /** What each location of the configuration holds. */
  readonly found: FoundToken[] = [];

  private readonly verifier: TokenVerifier = new TokenVerifier();
  private now: u64 = 0;

  constructor(
    private readonly config: JwtAuthConfig,
    private readonly cache: TokenCache,
    private readonly metrics: JwtMetrics,
  ) {
    for (let i = 0; i < config.locations.length; i++) this.found.push(new FoundToken(config.locations[i]));
  }

  decide(headers: Pairs): Outcome {
    const config = this.config;
    config.slots.collect(headers);
    this.rule = null;
    this.effects = null;
    this.status = JwtStatus.Ok;
    // Without headers nothing is known of the request, not even that it has no token.
    if (!config.hasRequest) return this.deny(JwtStatus.BadFormat);
    if (config.bypassCorsPreflight && config.isPreflight()) return Outcome.Preflight;
    if (!this.findTokens()) return config.tokenRequired ? this.deny(JwtStatus.Missing) : Outcome.NoToken;
    this.verifier.reset();
    this.now = nowNanoseconds();
    return this.tryRules();
  }

  private findTokens(): bool {
    let any = false;
    for (let i = 0; i < this.found.length; i++) {
      const token = unchecked(this.found[i]);
      token.find(this.config.slots);
      any = any || token.present;
    }
    return any;
  }

  private tryRules(): Outcome {
    let worst = JwtStatus.UnknownIssuer;
    const rules = this.config.rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      const status = this.tryRule(rule);
      if (this.verifier.keysPending) return Outcome.Pending;
      if (status == JwtStatus.Ok) {
        this.rule = rule;
        return Outcome.Allowed;
      }
      // That a token belongs to another rule, or is elsewhere, says less than what is wrong with it.
      if (status != JwtStatus.Missing && status != JwtStatus.UnknownIssuer) worst = status;
    }
    return this.deny(worst);
  }

  /** `Missing` when none of the rule's locations has a token; else that of the first token that it refuses. */
  private tryRule(rule: Rule): JwtStatus {
    let status = JwtStatus.Missing;
    for (let i = 0; i < rule.locations.length; i++) {
      // eslint-disable-next-line waypost/no-index -- a rule names only locations that there are
      const token = unchecked(this.found[rule.locations[i]]);
      if (!token.present) continue;
      if (status != JwtStatus.Missing && status != JwtStatus.Ok) {
        token.settled = false;
        continue;
      }
      status = this.tryToken(rule, token, status == JwtStatus.Missing);
      if (this.verifier.keysPending) return status;
    }
    return status;
  }

  /** `leading`: the first token of the rule, whose claims count. */
  private tryToken(rule: Rule, token: FoundToken, leading: bool): JwtStatus {
    if (token.repeated) return JwtStatus.MultipleTokens;
    const known = token.lookUp(this.cache);
    if (known !== null) {
      if (known.rule > rule.index) return JwtStatus.UnknownIssuer;
      if (known.rule == rule.index) {
        if (this.isInWindow(known)) return this.acceptKnown(token, known, leading);
        token.forget(this.cache);
      }
    }
    return this.verify(rule, token, leading);
  }

  private isInWindow(known: VerifiedToken): bool {
    const seconds = <f64>this.now / 1e9;
    return seconds >= known.notBefore && seconds < known.expires;
  }

  private acceptKnown(token: FoundToken, known: VerifiedToken, leading: bool): JwtStatus {
    this.metrics.cacheHits.increment();
    // A copy: another token of the request may push the entry out of the cache.
    if (leading) this.effects = known.effects.copy();
    token.settled = false;
    return JwtStatus.Ok;
  }

  private verify(rule: Rule, token: FoundToken, leading: bool): JwtStatus {
    const verifier = this.verifier;
    const status = verifier.check(rule, token.text, this.now);
    if (verifier.keysPending) return status;
    if (this.config.cacheSize > 0) this.metrics.cacheMisses.increment();
    if (status != JwtStatus.Ok) {
      // Only a foreign issuer is a refusal that time and new keys cannot change.
      if (status != JwtStatus.UnknownIssuer) token.settled = false;
      return status;
    }
    const effects = renderEffects(this.config, rule, verifier.claims.payload, verifier.payloadPart());
    if (leading) this.effects = effects;
    if (token.settled) this.remember(rule, token, effects);
    // Should another token now make the rule fail, a later rule may accept this one; the entry stays the first rule's.
    token.settled = false;
    return JwtStatus.Ok;
  }

  private remember(rule: Rule, token: FoundToken, effects: Bytes): void {
    const verifier = this.verifier;
    const from = verifier.acceptedFrom(rule);
    const until = verifier.acceptedUntil(rule);
    this.cache.add(token.text, token.location.index, rule.index, from, until, effects);
    // What was looked up may have made room.
    for (let i = 0; i < this.found.length; i++) unchecked(this.found[i]).lookUpAgain();
  }

  private deny(status: JwtStatus): Outcome {
    this.status = status;
    return Outcome.Denied;
  }
}
