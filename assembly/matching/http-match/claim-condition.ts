import { ClaimKind } from "../../jose/claim-lookup";
import { ItemMatches } from "../claim-slots";
import { RequestFacts } from "../request-facts";
import { StringMatch, matchesAny } from "../string-match";
import { NotMatch } from "../string-match-kinds";
import { Condition } from "./condition";

/**
 * A claim of the verified token matches: a text, number, `true` or `false` does, numbers as they stand in the token; or one of
 * a list, or one word of a claim that is a list of words. With `not` none of them may match. Null and objects never do.
 */
@final
export class ClaimCondition extends Condition {
  private readonly isNegated: bool;
  /** What a value is compared with; empty: any value but null will do. */
  private readonly matches: StringMatch[];
  private readonly itemMatches: ItemMatches;

  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
    match: StringMatch | null,
  ) {
    super();
    const matches: StringMatch[] = [];
    if (match !== null) matches.push(match instanceof NotMatch ? (<NotMatch>match).inner : match);
    this.isNegated = match !== null && match instanceof NotMatch;
    this.matches = matches;
    this.itemMatches = facts.claims.addItemMatches(slot, matches);
  }

  holds(): bool {
    const claims = this.facts.claims;
    const slot = this.slot;
    const kind = claims.kind(slot);
    if (kind == ClaimKind.Absent || kind == ClaimKind.Null) return false;
    if (this.matches.length == 0) return true;
    switch (kind) {
      case ClaimKind.String:
        if (claims.isWords(slot)) return this.holdsForItems();
        return matchesAny(this.matches, claims.value(slot)) != this.isNegated;
      case ClaimKind.Number:
      case ClaimKind.True:
      case ClaimKind.False:
        return matchesAny(this.matches, claims.value(slot)) != this.isNegated;
      case ClaimKind.Array:
        return this.holdsForItems();
      default:
        return false;
    }
  }

  /** Of a negated condition each of many must hold, of another one of them. */
  private holdsForItems(): bool {
    return this.facts.claims.anyItemMatches(this.slot, this.itemMatches) != this.isNegated;
  }

  release(): void {
    for (let i = 0; i < this.matches.length; i++) unchecked(this.matches[i]).release();
  }
}
