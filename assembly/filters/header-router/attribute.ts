import { ClaimKind, ClaimPath } from "../../jose/claim-lookup";
import { CookieReader } from "../../http/cookies";
import { QueryReader } from "../../http/query";
import { RequestFacts } from "../../matching/request-facts";
import { SpiffeId } from "../../matching/spiffe-id";
import { Bytes } from "../../sdk";
import { Evaluation } from "./evaluation";

const cookies = new CookieReader();
const query = new QueryReader();
const spiffeId = new SpiffeId();

/**
 * Something that a request has, or has not: what conditions look at, and what values of headers and paths are made of. The
 * value shares the memory of the request, and lives as long as the callback.
 */
export abstract class Attribute {
  /** Null: the request does not have it. */
  abstract value(): Bytes | null;

  /** Whether nobody but the mesh can make it up: a claim, the caller's identity, a lane. */
  get isVerified(): bool {
    return false;
  }

  /** Whether it is text of a path as it stands, encoded where it must be. */
  get isPathText(): bool {
    return false;
  }

  /** Frees what the garbage collector does not. */
  release(): void {}
}

/** A text that the configuration has. Every request has it. */
@final
export class LiteralText extends Attribute {
  constructor(readonly text: Bytes) {
    super();
  }

  value(): Bytes | null {
    return this.text;
  }

  get isPathText(): bool {
    return true;
  }
}

/** A header; several values of it are one, joined as Envoy joins them. */
@final
export class HeaderAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    return this.facts.headers.joined(this.slot);
  }
}

/** The path, without query and fragment. */
@final
export class PathAttribute extends Attribute {
  constructor(private readonly facts: RequestFacts) {
    super();
  }

  value(): Bytes | null {
    return this.facts.path;
  }

  get isPathText(): bool {
    return true;
  }
}

/** The first parameter of that name in the query, percent-decoded. */
@final
export class QueryAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly name: Bytes,
  ) {
    super();
  }

  value(): Bytes | null {
    query.reset(this.facts.target);
    return query.nextNamed(this.name) ? query.value() : null;
  }
}

/** The first parameter of that name in the query as it is written, which is what Envoy's routes compare. */
@final
export class RawQueryAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly name: Bytes,
  ) {
    super();
  }

  value(): Bytes | null {
    query.reset(this.facts.target);
    while (query.next()) {
      if (query.rawName().equals(this.name)) return query.rawValue();
    }
    return null;
  }
}

/** The first cookie of that name. */
@final
export class CookieAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
    private readonly name: Bytes,
  ) {
    super();
  }

  value(): Bytes | null {
    const header = this.facts.headers.joined(this.slot);
    if (header === null) return null;
    cookies.reset(header);
    while (cookies.next()) {
      if (cookies.nameEquals(this.name)) return cookies.value();
    }
    return null;
  }
}

/** A claim of the verified token that is a text, a number, `true` or `false`; a number is as the token has it. */
@final
export class ClaimAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly path: ClaimPath,
  ) {
    super();
  }

  value(): Bytes | null {
    const claim = this.facts.claims.find(this.path);
    if (claim === null) return null;
    switch (claim.kind) {
      case ClaimKind.String:
        // As with Envoy's claim_to_headers, an empty one is none.
        return claim.value.length == 0 ? null : claim.value;
      case ClaimKind.Number:
      case ClaimKind.True:
      case ClaimKind.False:
        return claim.value;
      default:
        return null;
    }
  }

  get isVerified(): bool {
    return true;
  }

  release(): void {
    this.path.release();
  }
}

/** A part of the caller's mesh identity. */
export enum SourcePart {
  /** As AuthorizationPolicy writes it, without `spiffe://`. */
  Principal,
  Namespace,
  ServiceAccount,
}

/** Who called: from mutual TLS, never from a header. */
@final
export class SourceAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly part: SourcePart,
  ) {
    super();
  }

  value(): Bytes | null {
    const principal = this.facts.principal;
    if (this.part == SourcePart.Principal) return principal.startsWith(SCHEME) ? principal.slice(SCHEME.length) : null;
    if (!spiffeId.parse(principal)) return null;
    return this.part == SourcePart.Namespace ? spiffeId.namespace : spiffeId.serviceAccount;
  }

  get isVerified(): bool {
    return true;
  }
}

/** The lane that was chosen. */
@final
export class LaneAttribute extends Attribute {
  constructor(private readonly evaluation: Evaluation) {
    super();
  }

  value(): Bytes | null {
    return this.evaluation.lane;
  }

  get isVerified(): bool {
    return true;
  }
}

/** What a path template or a regular expression of the route's `match` captured. */
@final
export class CaptureAttribute extends Attribute {
  constructor(
    private readonly evaluation: Evaluation,
    /** Its number among the names that the route captures. */
    private readonly index: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    return this.evaluation.capture(this.index);
  }

  get isPathText(): bool {
    return true;
  }
}

const SCHEME = Bytes.constant("spiffe://");
