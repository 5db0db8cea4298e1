import { ClaimKind, ClaimPath } from "../../jose/claim-lookup";
import { JwtClaims } from "../../jose/claims";
import { JwtStatus } from "../../jose/status";
import { Bytes } from "../../text/bytes";
import { StringMatch, matchesAny } from "../../matching/string-match";

/** A claim that a token must have. */
@final
export class RequiredClaim {
  constructor(
    readonly path: ClaimPath,
    /** One of these, or a list with one of these; empty: any value but null. */
    readonly values: Bytes[],
    /** Whether a string is a list of words. */
    readonly isSpaceDelimited: bool,
  ) {}

  isIn(claims: JwtClaims): bool {
    if (!claims.find(this.path)) return false;
    const claim = claims.claim;
    return this.values.length == 0 ? claim.kind != ClaimKind.Null : claim.hasAnyOf(this.values, this.isSpaceDelimited);
  }
}

/** What a rule demands of the claims of its issuer's tokens, beyond issuer, time and audience. */
@final
export class ClaimDemands {
  /** One must match `sub`; empty: any subject, or none. */
  subjects: StringMatch[] = [];
  requireExpiration: bool = false;
  /** Seconds from `iat`, or from now, to `exp`; infinite: no limit. */
  maxLifetime: f64 = Infinity;
  required: RequiredClaim[] = [];

  /** The first demand that is not met, or Ok. `now` and `clockSkew` in seconds. */
  check(claims: JwtClaims, now: f64, clockSkew: f64): JwtStatus {
    if (!this.acceptsSubject(claims.subject)) return JwtStatus.SubjectNotAllowed;
    const isLimited = isFinite(this.maxLifetime);
    if ((this.requireExpiration || isLimited) && !claims.expiration.present) return JwtStatus.ExpirationRequired;
    if (isLimited && !this.acceptsLifetime(claims, now, clockSkew)) return JwtStatus.LifetimeTooLong;
    for (let i = 0; i < this.required.length; i++) {
      if (!unchecked(this.required[i]).isIn(claims)) return JwtStatus.ClaimNotAllowed;
    }
    return JwtStatus.Ok;
  }

  /** From when on what is left of a token's lifetime is not too long, in seconds since 1970. */
  acceptedFrom(claims: JwtClaims, clockSkew: f64): f64 {
    return isFinite(this.maxLifetime) ? claims.expiration.seconds - this.maxLifetime - clockSkew : 0;
  }

  release(): void {
    for (let i = 0; i < this.required.length; i++) unchecked(this.required[i]).path.release();
  }

  private acceptsSubject(subject: Bytes | null): bool {
    if (this.subjects.length == 0) return true;
    if (subject === null) return false;
    return matchesAny(this.subjects, subject);
  }

  /** Envoy looks at what is left of the lifetime only, and lets a token of ten years pass in its last hour. */
  private acceptsLifetime(claims: JwtClaims, now: f64, clockSkew: f64): bool {
    if (now < this.acceptedFrom(claims, clockSkew)) return false;
    const issuedAt = claims.issuedAt;
    return !issuedAt.present || claims.expiration.seconds - issuedAt.seconds <= this.maxLifetime;
  }
}
