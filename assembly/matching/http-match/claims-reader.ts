import { ClaimPath } from "../../jose/claim-lookup";
import { Bytes, ConfigObject } from "../../sdk";
import { ClaimCondition } from "./claim-condition";
import { Condition } from "./condition";
import { MatchScope } from "./match-scope";
import { NamedMatches } from "./named-matches";
import { readValueMatch } from "./value-match-reader";

/** Reads the field `claims`: what must be true of the verified token's claims. */
export function readClaims(object: ConfigObject, conditions: Condition[], scope: MatchScope): void {
  const claims = NamedMatches.read(object, "claims");
  for (let value = claims.next(); value !== null; value = claims.next()) {
    scope.isVerified = true;
    scope.usesClaims = true;
    const text = readValueMatch(value, scope);
    const path = ClaimPath.parse(Bytes.of(claims.name));
    if (path !== null) conditions.push(new ClaimCondition(scope.facts, scope.facts.claims.add(path), text));
    else claims.problem('is not a claim: write "a", "a.b" for a nested one, or "[a.b][c]"');
  }
}
