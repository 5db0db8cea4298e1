import { ClaimKind } from "../jose/claim-lookup";
import { RequestFacts } from "./request-facts";
import { SpiffeId, withoutScheme } from "./spiffe-id";
import { Bytes } from "../sdk";

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
    private readonly slot: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    return this.facts.query.value(this.slot);
  }
}

/** The first parameter of that name in the query as it is written, which is what Envoy's routes compare. */
@final
export class RawQueryAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    return this.facts.rawQuery.value(this.slot);
  }
}

/** The first cookie of that name. */
@final
export class CookieAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    return this.facts.cookies.value(this.slot);
  }
}

/** A claim of the verified token that is a text, a number, `true` or `false`; a number is as the token has it. */
@final
export class ClaimAttribute extends Attribute {
  constructor(
    private readonly facts: RequestFacts,
    private readonly slot: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    const claims = this.facts.claims;
    switch (claims.kind(this.slot)) {
      case ClaimKind.String: {
        const text = claims.value(this.slot);
        // As with Envoy's claim_to_headers, an empty one is none.
        return text.length == 0 ? null : text;
      }
      case ClaimKind.Number:
      case ClaimKind.True:
      case ClaimKind.False:
        return claims.value(this.slot);
      default:
        return null;
    }
  }

  get isVerified(): bool {
    return true;
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
    if (this.part == SourcePart.Principal) return withoutScheme(principal);
    if (!spiffeId.parse(principal)) return null;
    return this.part == SourcePart.Namespace ? spiffeId.namespace : spiffeId.serviceAccount;
  }

  get isVerified(): bool {
    return true;
  }
}
