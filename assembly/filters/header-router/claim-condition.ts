import { ClaimKind, ClaimPath } from "../../jose/claim-lookup";
import { JsonEvent, JsonReader } from "../../json/reader";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch } from "../../matching/string-match";
import { NotMatch } from "../../matching/string-match-kinds";
import * as ascii from "../../text/ascii";
import { Bytes } from "../../sdk";
import { Condition } from "./condition";

const elements = new JsonReader();

/**
 * A claim of the verified token matches: a text, number, `true` or `false` does, numbers as they stand in the token; or one of
 * a list, or one word of a claim that is a list of words. With `not` none of them may match. Null and objects never do.
 */
@final
export class ClaimCondition extends Condition {
  private readonly match: StringMatch | null;
  private readonly isNegated: bool;

  /** `match` null: any value but null. */
  constructor(
    private readonly facts: RequestFacts,
    private readonly path: ClaimPath,
    match: StringMatch | null,
  ) {
    super();
    this.isNegated = match !== null && match instanceof NotMatch;
    this.match = match;
  }

  holds(): bool {
    const claims = this.facts.claims;
    const claim = claims.find(this.path);
    if (claim === null || claim.kind == ClaimKind.Null) return false;
    const match = this.match;
    if (match === null) return true;
    const value = claim.value;
    switch (claim.kind) {
      case ClaimKind.String:
        return claims.isWords(this.path) ? this.holdsForWords(match, value) : match.matches(value);
      case ClaimKind.Number:
      case ClaimKind.True:
      case ClaimKind.False:
        return match.matches(value);
      case ClaimKind.Array:
        return this.holdsForElements(match, value);
      default:
        return false;
    }
  }

  /** Of a negated condition each of many must hold, of another one of them. */
  private holdsForWords(match: StringMatch, text: Bytes): bool {
    for (let start = 0; start < text.length;) {
      const space = text.indexOf(ascii.SPACE, start);
      const end = space < 0 ? text.length : space;
      if (end > start && match.matches(text.slice(start, end)) != this.isNegated) return !this.isNegated;
      start = end + 1;
    }
    return this.isNegated;
  }

  private holdsForElements(match: StringMatch, list: Bytes): bool {
    elements.reset(list);
    elements.next();
    for (let event = elements.next(); event != JsonEvent.ArrayEnd; event = elements.next()) {
      let value: Bytes | null = null;
      switch (event) {
        case JsonEvent.String:
          value = elements.text();
          break;
        case JsonEvent.Number:
        case JsonEvent.True:
        case JsonEvent.False:
          value = list.slice(elements.start, elements.end);
          break;
        case JsonEvent.Null:
          break;
        case JsonEvent.ObjectStart:
        case JsonEvent.ArrayStart:
          if (!elements.skip()) return false;
          break;
        default:
          return false;
      }
      if (value !== null && match.matches(value) != this.isNegated) return !this.isNegated;
    }
    return this.isNegated;
  }

  release(): void {
    const match = this.match;
    if (match !== null) match.release();
    this.path.release();
  }
}
