import { Algorithm } from "../../jose/algorithms";
import { JwtClaims } from "../../jose/claims";
import { JwkSet } from "../../jose/jwk-set";
import { CompactJws } from "../../jose/jws";
import { JwtStatus } from "../../jose/status";
import { Bytes } from "../../sdk";
import { Rule } from "./config";
import { KeysState } from "./keys";
import { isSignedWith } from "./signature";

const DOT: u8 = 0x2e;

/**
 * Keys that are tried for a token at most. Each costs a signature, and nothing interrupts a callback. More than a few fit
 * only tokens without a `kid`, or key sets with one `kid` for many keys.
 */
const MAX_CANDIDATES = 16;

/**
 * Checks one token against one rule. The order is Envoy's: form, issuer, times, audience, what else the rule demands, keys,
 * signature; so the reason that a client is given does not depend on which of two filters it met.
 */
@final
export class TokenVerifier {
  /** The token read last. */
  readonly jws: CompactJws = new CompactJws();
  readonly claims: JwtClaims = new JwtClaims();
  /** Rules whose keys lack the `kid` of a token of this request, one bit each. */
  private lackingKid: u64 = 0;
  private token: Bytes | null = null;
  private form: JwtStatus = JwtStatus.Ok;

  /** Forgets the request before: the token read last, whose bytes are gone, and which keys were missing. */
  reset(): void {
    this.token = null;
    this.lackingKid = 0;
  }

  /**
   * The request was not accepted: asks the issuers again whose keys lacked a token's `kid`, which may have been published
   * since. True: decide again when the keys are there.
   */
  refetchKeys(rules: Rule[], nowNanoseconds: u64): bool {
    let pending = false;
    for (let i = 0; i < rules.length && this.lackingKid != 0; i++) {
      if ((this.lackingKid & ((<u64>1) << i)) == 0) continue;
      const state = unchecked(rules[i]).keys.refetch(<i64>(nowNanoseconds / 1_000_000));
      if (state == KeysState.Pending) pending = true;
    }
    return pending;
  }

  /**
   * Checks all but what only the signature can tell, then the signature; `KeysPending` when that needs keys that are being
   * fetched. `nowNanoseconds` since 1970.
   */
  check(rule: Rule, token: Bytes, nowNanoseconds: u64): JwtStatus {
    let status = this.read(token);
    if (status == JwtStatus.Ok) status = this.checkClaims(rule, <f64>nowNanoseconds / 1e9);
    if (status == JwtStatus.Ok) status = this.checkSignature(rule, nowNanoseconds);
    return status;
  }

  /** The payload of the token read last, as it stands in it: base64url of the claims set. */
  payloadPart(): Bytes {
    const input = this.jws.signingInput;
    return input.slice(input.indexOf(DOT) + 1);
  }

  /** When the rule begins and ceases to accept the token read last, in seconds since 1970. */
  acceptedFrom(rule: Rule): f64 {
    const notBefore = this.claims.notBefore;
    const from = notBefore.present ? notBefore.seconds - rule.clockSkew : 0;
    return Math.max(from, rule.demands.acceptedFrom(this.claims, rule.clockSkew));
  }

  acceptedUntil(rule: Rule): f64 {
    const expiration = this.claims.expiration;
    return expiration.present ? expiration.seconds + rule.clockSkew : Infinity;
  }

  /** Several rules look at the same token: it is read once. */
  private read(token: Bytes): JwtStatus {
    const last = this.token;
    if (last !== null && last.ptr == token.ptr && last.length == token.length) return this.form;
    this.token = token;
    this.form = this.jws.parse(token);
    if (this.form == JwtStatus.Ok) this.form = this.claims.parse(this.jws.payload);
    return this.form;
  }

  private checkClaims(rule: Rule, now: f64): JwtStatus {
    const claims = this.claims;
    const issuer = rule.issuer;
    if (issuer !== null) {
      const claimed = claims.issuer;
      if (claimed === null || !claimed.equals(issuer)) return JwtStatus.UnknownIssuer;
    }
    if (claims.isNotYetValid(now, rule.clockSkew)) return JwtStatus.NotYetValid;
    if (claims.isExpired(now, rule.clockSkew)) return JwtStatus.Expired;
    if (!rule.acceptsAudienceOf(claims)) return JwtStatus.AudienceNotAllowed;
    return rule.demands.check(claims, now, rule.clockSkew);
  }

  private checkSignature(rule: Rule, nowNanoseconds: u64): JwtStatus {
    const algorithm = this.jws.algorithm;
    if (!rule.allows(algorithm)) return JwtStatus.HeaderUnsupportedAlg;
    const state = rule.keys.demand(<i64>(nowNanoseconds / 1_000_000));
    if (state == KeysState.Pending) return JwtStatus.KeysPending;
    const keys = rule.keys.current;
    if (keys === null) return JwtStatus.JwksFetchFailed;
    const status = this.tryKeys(keys, algorithm);
    if (status == JwtStatus.KeyNotFound) this.noteKid(rule, keys);
    return status;
  }

  /** A key that has the `kid` and does not fit the algorithm is no reason to ask for the keys again. */
  private noteKid(rule: Rule, keys: JwkSet): void {
    const kid = this.jws.kid;
    if (kid !== null && !keys.hasKid(kid)) this.lackingKid |= (<u64>1) << rule.index;
  }

  private tryKeys(keys: JwkSet, algorithm: Algorithm): JwtStatus {
    const kid = this.jws.kid;
    let index = keys.next(-1, kid, algorithm);
    if (index < 0) return JwtStatus.KeyNotFound;
    for (let tried = 0; index >= 0 && tried < MAX_CANDIDATES; tried++) {
      if (isSignedWith(keys.keys.at(index), this.jws)) return JwtStatus.Ok;
      index = keys.next(index, kid, algorithm);
    }
    return JwtStatus.SignatureInvalid;
  }
}
