import { Algorithm, rowOf } from "../../jose/algorithms";
import { JwtClaims } from "../../jose/claims";
import { ecdsaToDer } from "../../jose/der";
import { Jwk } from "../../jose/jwk";
import { JwkSet } from "../../jose/jwk-set";
import { CompactJws } from "../../jose/jws";
import { JwtStatus } from "../../jose/status";
import { Bytes, Verdict, verifySignature } from "../../sdk";
import { Rule } from "./config";
import { KeysState } from "./keys";

const DOT: u8 = 0x2e;

/**
 * Checks one token against one rule. The order is Envoy's: form, issuer, times, audience, what else the rule demands, keys,
 * signature; so the reason that a client is given does not depend on which of two filters it met.
 */
@final
export class TokenVerifier {
  /** The token read last. */
  readonly jws: CompactJws = new CompactJws();
  readonly claims: JwtClaims = new JwtClaims();
  /** The last `check` needs keys that are being fetched; its status says nothing yet. */
  keysPending: bool = false;

  private token: Bytes | null = null;
  private form: JwtStatus = JwtStatus.Ok;

  /** Forgets the request before: the token read last, whose bytes are gone, and that it had to wait. */
  reset(): void {
    this.token = null;
    this.keysPending = false;
  }

  /** Checks all but what only the signature can tell, then the signature. `nowNanoseconds` since 1970. */
  check(rule: Rule, token: Bytes, nowNanoseconds: u64): JwtStatus {
    this.keysPending = false;
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
    return notBefore.present ? notBefore.seconds - rule.clockSkew : 0;
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
    if (rule.requireExpiration && !claims.expiration.present) return JwtStatus.ExpirationRequired;
    return JwtStatus.Ok;
  }

  private checkSignature(rule: Rule, nowNanoseconds: u64): JwtStatus {
    const algorithm = this.jws.algorithm;
    if (!rule.allows(algorithm)) return JwtStatus.HeaderUnsupportedAlg;
    const state = rule.keys.demand(<i64>(nowNanoseconds / 1_000_000));
    if (state == KeysState.Pending) {
      this.keysPending = true;
      return JwtStatus.JwksFetchFailed;
    }
    const keys = rule.keys.current;
    return keys === null ? JwtStatus.JwksFetchFailed : this.tryKeys(keys, algorithm);
  }

  private tryKeys(keys: JwkSet, algorithm: Algorithm): JwtStatus {
    const kid = this.jws.kid;
    let index = keys.next(-1, kid, algorithm);
    if (index < 0) return JwtStatus.KeyNotFound;
    while (index >= 0) {
      if (this.verify(keys.keys.at(index), algorithm)) return JwtStatus.Ok;
      index = keys.next(index, kid, algorithm);
    }
    return JwtStatus.SignatureInvalid;
  }

  private verify(key: Jwk, algorithm: Algorithm): bool {
    const row = rowOf(algorithm);
    if (row === null) return false;
    let signature: Bytes | null = this.jws.signature;
    // Envoy's verifier wants ASN.1 where a JWS has the raw numbers (RFC 7518 §3.4).
    if (row.coordinateLength > 0) signature = ecdsaToDer(this.jws.signature, row.coordinateLength);
    if (signature === null) return false;
    return verifySignature(row.hash, key.spki, signature, this.jws.signingInput) == Verdict.Valid;
  }
}
