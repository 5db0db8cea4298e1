import { ClaimKind } from "../../jose/claim-lookup";
import { ItemMatches } from "../../matching/claim-slots";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, matchesAny } from "../../matching/string-match";
import { VerifiedClaims } from "../../matching/verified-claims";
import { Bytes } from "../../sdk";
import { Check, Cost, releaseAll } from "./check";

/**
 * A claim of the verified token that is a string, or a list with one: `request.auth.claims[…]`, `request.auth.audiences`,
 * `request.auth.presenter`. Numbers, booleans and objects match nothing.
 */
@final
export class ClaimCheck extends Check {
  private readonly itemMatches: ItemMatches;

  constructor(
    isNegated: bool,
    claims: VerifiedClaims,
    private readonly slot: i32,
    private readonly values: StringMatch[],
  ) {
    super(Cost.Claim, isNegated);
    this.itemMatches = claims.addItemMatches(slot, values);
  }

  release(): void {
    releaseAll(this.values);
  }

  protected matches(facts: RequestFacts): bool {
    const claims = facts.claims;
    switch (claims.kind(this.slot)) {
      case ClaimKind.Array:
        return claims.anyItemMatches(this.slot, this.itemMatches, true);
      case ClaimKind.String:
        // A string without any word is no list of them.
        return claims.isWords(this.slot) && claims.itemCount(this.slot) > 0
          ? claims.anyItemMatches(this.slot, this.itemMatches, true)
          : matchesAny(this.values, claims.value(this.slot));
      default:
        return false;
    }
  }
}

/** An issuer and a subject: one value of `requestPrincipals`. */
@final
export class RequestPrincipal {
  constructor(
    readonly issuer: StringMatch,
    readonly subject: StringMatch,
  ) {}
}

/** Issuer and subject of the verified token: `requestPrincipals`, `request.auth.principal`. */
@final
export class RequestPrincipalCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly issuerSlot: i32,
    private readonly subjectSlot: i32,
    private readonly values: RequestPrincipal[],
  ) {
    super(Cost.Claim, isNegated);
  }

  protected matches(facts: RequestFacts): bool {
    const issuer = stringClaim(facts, this.issuerSlot);
    const subject = stringClaim(facts, this.subjectSlot);
    if (issuer === null || subject === null) return false;
    for (let i = 0; i < this.values.length; i++) {
      const value = unchecked(this.values[i]);
      if (value.issuer.matches(issuer) && value.subject.matches(subject)) return true;
    }
    return false;
  }
}

function stringClaim(facts: RequestFacts, slot: i32): Bytes | null {
  return facts.claims.kind(slot) == ClaimKind.String ? facts.claims.value(slot) : null;
}
