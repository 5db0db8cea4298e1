import { ClaimKind, ClaimLookup, ClaimPath } from "../../jose/claim-lookup";
import { wordEnd, wordStart } from "../../jose/word-lists";
import { JsonEvent, JsonReader } from "../../json/reader";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, matchesAny } from "../../matching/string-match";
import { Bytes } from "../../sdk";
import { Check, Cost, releaseAll } from "./check";

/**
 * A claim of the verified token that is a string, or a list with one: `request.auth.claims[…]`, `request.auth.audiences`,
 * `request.auth.presenter`. Numbers, booleans and objects match nothing.
 */
@final
export class ClaimCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly path: ClaimPath,
    private readonly values: StringMatch[],
  ) {
    super(Cost.Claim, isNegated);
  }

  release(): void {
    this.path.release();
    releaseAll(this.values);
  }

  protected matches(facts: RequestFacts): bool {
    const claim = facts.claims.find(this.path);
    if (claim === null) return false;
    if (claim.kind == ClaimKind.Array) return this.matchesElement(claim.value);
    if (claim.kind != ClaimKind.String) return false;
    return facts.claims.isWords(this.path) ? this.matchesWord(claim.value) : matchesAny(this.values, claim.value);
  }

  /** A string without any word is no list of them. */
  private matchesWord(text: Bytes): bool {
    const first = wordStart(text, 0);
    if (first == text.length) return matchesAny(this.values, text);
    for (let start = first; start < text.length;) {
      const end = wordEnd(text, start);
      if (matchesAny(this.values, text.slice(start, end))) return true;
      start = wordStart(text, end);
    }
    return false;
  }

  /** `list`: a JSON array, well-formed. */
  private matchesElement(list: Bytes): bool {
    elements.reset(list);
    elements.next();
    for (let event = elements.next(); event != JsonEvent.ArrayEnd; event = elements.next()) {
      if (event == JsonEvent.Error) return false;
      if (event == JsonEvent.String) {
        if (matchesAny(this.values, elements.text())) return true;
      } else if (event == JsonEvent.ObjectStart || event == JsonEvent.ArrayStart) {
        if (!elements.skip()) return false;
      }
    }
    return false;
  }
}

const elements = new JsonReader();

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
    private readonly values: RequestPrincipal[],
  ) {
    super(Cost.Claim, isNegated);
  }

  protected matches(facts: RequestFacts): bool {
    const issuer = stringClaim(facts, ISSUER);
    const subject = stringClaim(facts, SUBJECT);
    if (issuer === null || subject === null) return false;
    for (let i = 0; i < this.values.length; i++) {
      const value = unchecked(this.values[i]);
      if (value.issuer.matches(issuer) && value.subject.matches(subject)) return true;
    }
    return false;
  }
}

const ISSUER = ClaimPath.parse(Bytes.constant("iss"));
const SUBJECT = ClaimPath.parse(Bytes.constant("sub"));

function stringClaim(facts: RequestFacts, path: ClaimPath | null): Bytes | null {
  const claim: ClaimLookup | null = path === null ? null : facts.claims.find(path);
  return claim !== null && claim.kind == ClaimKind.String ? claim.value : null;
}
