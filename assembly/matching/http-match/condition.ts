import { RequestFacts } from "../request-facts";
import { StringMatch, TextMatch } from "../string-match";
import { NotMatch } from "../string-match-kinds";
import { SpiffeId, withoutScheme } from "../spiffe-id";
import { Bytes } from "../../sdk";
import { Attribute } from "../request-attribute";
import { EMPTY } from "../../text/bytes";

const spiffeId = new SpiffeId();

/** One thing that a match demands of requests. */
export abstract class Condition {
  /** Whether the request at hand fulfils it. */
  abstract holds(): bool;

  /** Frees what the garbage collector does not. */
  release(): void {}
}

/** An attribute has a value, and one that matches. */
@final
export class AttributeCondition extends Condition {
  constructor(
    private readonly attribute: Attribute,
    /** Null: any value. */
    private readonly match: StringMatch | null,
  ) {
    super();
  }

  holds(): bool {
    const value = this.attribute.value();
    if (value === null) return false;
    const match = this.match;
    return match === null || match.matches(value);
  }

  release(): void {
    const match = this.match;
    if (match !== null) match.release();
  }
}

/**
 * A header is there, and one of its values matches, each by itself as for Envoy; with `not` none of them may match what is
 * negated.
 */
@final
export class HeaderCondition extends Condition {
  private readonly isNegated: bool;
  /** What a value is compared with; empty: any value will do. */
  private readonly matches: StringMatch[] = [];

  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
    match: StringMatch | null,
  ) {
    super();
    this.isNegated = match !== null && match instanceof NotMatch;
    if (match !== null) this.matches.push(match instanceof NotMatch ? (<NotMatch>match).inner : match);
  }

  holds(): bool {
    const headers = this.facts.headers;
    if (headers.count(this.slot) == 0) return false;
    return this.matches.length == 0 || headers.anyMatches(this.slot, this.matches) != this.isNegated;
  }

  release(): void {
    for (let i = 0; i < this.matches.length; i++) unchecked(this.matches[i]).release();
  }
}

/** What a header must not be. As for Envoy one that is missing compares as an empty one, unless its presence is asked for. */
@final
export class WithoutHeaderCondition extends Condition {
  private readonly header: HeaderCondition;
  /** Whether a missing header is as good as one that does not match. */
  private readonly acceptsMissing: bool;

  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
    match: StringMatch | null,
  ) {
    super();
    this.header = new HeaderCondition(facts, slot, match);
    this.acceptsMissing = match === null || !match.matches(EMPTY);
  }

  holds(): bool {
    if (this.facts.headers.count(this.slot) == 0) return this.acceptsMissing;
    return !this.header.holds();
  }

  release(): void {
    this.header.release();
  }
}

/** The request was sent to this port: in a waypoint that of the service. */
@final
export class PortCondition extends Condition {
  constructor(
    private readonly facts: RequestFacts,
    private readonly port: i32,
  ) {
    super();
  }

  holds(): bool {
    return this.facts.destinationPort == this.port;
  }
}

/** A service account: namespace and name. */
@final
export class ServiceAccount {
  constructor(
    readonly namespace: Bytes,
    readonly name: Bytes,
  ) {}
}

/** Who called, as a Source of AuthorizationPolicy: each list that is not empty must have the caller. */
@final
export class SourceCondition extends Condition {
  /** Matched against the SPIFFE id without `spiffe://`. */
  principals: TextMatch[] = [];
  namespaces: TextMatch[] = [];
  serviceAccounts: ServiceAccount[] = [];

  constructor(private readonly facts: RequestFacts) {
    super();
  }

  holds(): bool {
    const principal = this.facts.principal;
    const name = withoutScheme(principal);
    if (name === null) return false;
    if (this.principals.length > 0 && !matchesOne(this.principals, name)) return false;
    if (this.namespaces.length + this.serviceAccounts.length == 0) return true;
    if (!spiffeId.parse(principal)) return false;
    if (this.namespaces.length > 0 && !matchesOne(this.namespaces, spiffeId.namespace)) return false;
    return this.serviceAccounts.length == 0 || this.hasServiceAccount(spiffeId);
  }

  private hasServiceAccount(id: SpiffeId): bool {
    for (let i = 0; i < this.serviceAccounts.length; i++) {
      const account = unchecked(this.serviceAccounts[i]);
      if (account.name.equals(id.serviceAccount) && account.namespace.equals(id.namespace)) return true;
    }
    return false;
  }
}

function matchesOne(matches: TextMatch[], value: Bytes): bool {
  for (let i = 0; i < matches.length; i++) {
    if (unchecked(matches[i]).matches(value)) return true;
  }
  return false;
}
