import { JwtStatus } from "../../jose/status";
import { Bytes, nowNanoseconds } from "../../sdk";
import { JwtAuthConfig, MAX_RULES, Rule } from "./config";
import { renderEffects } from "./effects";
import { FoundToken } from "./found-token";
import { JwtMetrics } from "./metrics";
import { TokenCache, VerifiedToken } from "./token-cache";
import { TokenVerifier } from "./verifier";

/** What each rule came to in the request at hand: its status, then its effects. Filled as rules are asked. */
const RESULT_SIZE: usize = 8;
const results = memory.data(512);

/**
 * Checks the tokens of one request after the other against rules, each rule once at most. A rule accepts a request when
 * there is a token in one of its locations, and every token in them is valid; the first one's claims count.
 */
@final
export class RuleChecker {
  /** What each location of the configuration holds. */
  readonly found: FoundToken[] = [];

  private readonly verifier: TokenVerifier = new TokenVerifier();
  private now: u64 = 0;
  /** The rules that were asked, one bit each. */
  private asked: u64 = 0;
  /** What follows the first token that the rule at hand accepted. */
  private effects: Bytes | null = null;

  constructor(
    private readonly config: JwtAuthConfig,
    private readonly cache: TokenCache,
    private readonly metrics: JwtMetrics,
  ) {
    for (let i = 0; i < config.locations.length; i++) this.found.push(new FoundToken(config.locations[i]));
  }

  /** Looks for the tokens of the request that the facts are about; false when there are none. */
  begin(): bool {
    this.asked = 0;
    this.verifier.reset();
    let any = false;
    for (let i = 0; i < this.found.length; i++) {
      const token = unchecked(this.found[i]);
      token.find(this.config.facts.headers);
      any = any || token.present;
    }
    if (any) this.now = nowNanoseconds();
    return any;
  }

  /** `Missing` when none of the rule's locations has a token; else that of the first token that it refuses. */
  check(rule: Rule): JwtStatus {
    const bit = (<u64>1) << rule.index;
    const result = resultOf(rule);
    if ((this.asked & bit) != 0) return load<JwtStatus>(result);
    this.asked |= bit;
    this.effects = null;
    const status = this.checkTokens(rule);
    store<JwtStatus>(result, status);
    store<usize>(result, changetype<usize>(this.effects), 4);
    return status;
  }

  /** What follows the token of a rule that accepts. */
  effectsOf(rule: Rule): Bytes | null {
    return changetype<Bytes | null>(load<usize>(resultOf(rule), 4));
  }

  /** The first rule that was asked and came to `status`; null when there is none. */
  ruleWith(status: JwtStatus): Rule | null {
    const rules = this.config.rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (this.cameTo(rule, status)) return rule;
    }
    return null;
  }

  /** The most telling of what the rules that were asked came to; `Missing` when they had no token to refuse. */
  refusal(): JwtStatus {
    const rules = this.config.rules;
    let status = JwtStatus.Missing;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (this.wasAsked(rule)) status = moreTelling(status, load<JwtStatus>(resultOf(rule)));
    }
    return status;
  }

  /** Whether each token that there is belongs to a rule that was asked and accepts. */
  isEveryTokenAccepted(): bool {
    for (let i = 0; i < this.found.length; i++) {
      const token = unchecked(this.found[i]);
      if (token.present && !this.isAccepted(token)) return false;
    }
    return true;
  }

  /** Nothing was accepted: whether keys are fetched again that may make a difference. */
  refetchKeys(): bool {
    return this.verifier.refetchKeys(this.config.rules, this.now);
  }

  private isAccepted(token: FoundToken): bool {
    const rules = this.config.rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (this.cameTo(rule, JwtStatus.Ok) && rule.locations.includes(token.location.index)) return true;
    }
    return false;
  }

  private cameTo(rule: Rule, status: JwtStatus): bool {
    return this.wasAsked(rule) && load<JwtStatus>(resultOf(rule)) == status;
  }

  private wasAsked(rule: Rule): bool {
    return (this.asked & ((<u64>1) << rule.index)) != 0;
  }

  private checkTokens(rule: Rule): JwtStatus {
    let status = JwtStatus.Missing;
    for (let i = 0; i < rule.locations.length; i++) {
      // eslint-disable-next-line waypost/no-index -- a rule names only locations that there are
      const token = unchecked(this.found[rule.locations[i]]);
      if (!token.present) continue;
      const leading = status == JwtStatus.Missing;
      status = this.checkToken(rule, token, leading);
      if (status != JwtStatus.Ok) return status;
    }
    return status;
  }

  private checkToken(rule: Rule, token: FoundToken, leading: bool): JwtStatus {
    if (token.repeated) return JwtStatus.MultipleTokens;
    let known = token.lookUp(this.cache);
    while (known !== null) {
      if ((known.foreignTo & ((<u64>1) << rule.index)) != 0) return JwtStatus.UnknownIssuer;
      if (known.rule == rule.index) {
        if (this.isInWindow(known)) return this.acceptKnown(known, leading);
        this.cache.drop(known);
        this.lookUpAgain();
        break;
      }
      known = this.cache.next(known);
    }
    return this.verify(rule, token, leading);
  }

  private isInWindow(known: VerifiedToken): bool {
    const seconds = <f64>this.now / 1e9;
    return seconds >= known.notBefore && seconds < known.expires;
  }

  private acceptKnown(known: VerifiedToken, leading: bool): JwtStatus {
    this.metrics.cacheHits.increment();
    this.cache.touch(known);
    // A copy: another token of the request may push the entry out of the cache.
    if (leading) this.effects = known.effects.copy();
    return JwtStatus.Ok;
  }

  private verify(rule: Rule, token: FoundToken, leading: bool): JwtStatus {
    const verifier = this.verifier;
    const status = verifier.check(rule, token.text, this.now);
    if (status == JwtStatus.KeysPending) return status;
    if (this.config.cacheSize > 0) this.metrics.cacheMisses.increment();
    if (status == JwtStatus.UnknownIssuer) this.noteForeign(rule, token);
    if (status != JwtStatus.Ok) return status;
    const effects = renderEffects(this.config, rule, verifier.claims.payload, verifier.payloadPart());
    if (effects === null) return JwtStatus.PayloadTooLarge;
    if (leading) this.effects = effects;
    this.remember(rule, token, effects);
    return JwtStatus.Ok;
  }

  /** Only a foreign issuer is a refusal that neither time nor new keys can change. */
  private noteForeign(rule: Rule, token: FoundToken): void {
    const bit = (<u64>1) << rule.index;
    token.foreignTo |= bit;
    const known = token.lookUp(this.cache);
    if (known !== null) known.foreignTo |= bit;
  }

  private remember(rule: Rule, token: FoundToken, effects: Bytes): void {
    const verifier = this.verifier;
    const from = verifier.acceptedFrom(rule);
    const until = verifier.acceptedUntil(rule);
    this.cache.add(token.text, rule.index, token.foreignTo, from, until, effects);
    // What was looked up may have made room.
    this.lookUpAgain();
  }

  /** An entry is gone: any location may have looked it up, as the same token may be in several. */
  private lookUpAgain(): void {
    for (let i = 0; i < this.found.length; i++) unchecked(this.found[i]).lookUpAgain();
  }
}

function resultOf(rule: Rule): usize {
  // As many as there may be rules.
  return results + <usize>min(rule.index, MAX_RULES - 1) * RESULT_SIZE;
}

/**
 * What to say when several rules refused: that a token is elsewhere, or belongs to another rule, says less than what is
 * wrong with it; of two that say as much it is the last, as in Envoy. `Ok` says nothing.
 */
export function moreTelling(status: JwtStatus, other: JwtStatus): JwtStatus {
  if (other == JwtStatus.Ok) return status;
  const tells = other != JwtStatus.Missing && other != JwtStatus.UnknownIssuer;
  return tells || status == JwtStatus.Missing ? other : status;
}
