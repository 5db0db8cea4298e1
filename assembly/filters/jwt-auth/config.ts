import { Algorithm } from "../../jose/algorithms";
import { ClaimPath } from "../../jose/claim-lookup";
import { JwtClaims } from "../../jose/claims";
import { Bytes } from "../../sdk";
import { ClaimDemands } from "./claim-demands";
import { KeptBytes } from "../../matching/kept-bytes";
import { RequestFacts } from "../../matching/request-facts";
import { KeySource } from "./keys";
import { TokenLocation } from "./location";
import { Requirement, RequirementEntry } from "./requirement";

/** Rules are numbered in six bits of a mask; nobody needs as many. */
export const MAX_RULES = 64;

export enum Mode {
  ENFORCE,
  /** Decides, counts and says why, but lets everything through. */
  SHADOW,
}

/** A claim that becomes a request header. */
export class ClaimHeader {
  /** `slot`: that of the header. */
  constructor(
    readonly slot: i32,
    readonly path: ClaimPath,
  ) {}
}

/** A claim that becomes filter state. */
export class PublishedClaim {
  constructor(
    readonly property: Bytes,
    readonly path: ClaimPath,
  ) {}
}

/** How tokens of one issuer are verified, and what follows: a JWTRule of Istio, ready for use. */
@final
export class Rule {
  /** Null: any issuer. */
  issuer: Bytes | null = null;
  /** Empty: any audience. */
  audiences: Bytes[] = [];
  /** One bit for each algorithm that is allowed; 0: all that are supported. */
  algorithms: u64 = 0;
  /** Seconds by which clocks may differ. */
  clockSkew: f64 = 60;
  readonly demands: ClaimDemands = new ClaimDemands();
  /** Whether every request needs a valid token of this rule. */
  required: bool = false;
  forwardOriginalToken: bool = false;
  /** Numbers of the locations where tokens are looked for, in order. */
  locations: i32[] = [];
  /** Slot of the header that takes the payload; -1: none. */
  payloadSlot: i32 = -1;
  claimHeaders: ClaimHeader[] = [];
  /** Claims that are lists of words for those who read them elsewhere. */
  spaceDelimitedClaims: Bytes[] = [];
  /** Those of them that nobody would take for such a list: all but `scope` and `permission`. */
  ownSpaceDelimitedClaims: Bytes[] = [];

  constructor(
    /** Its number in `jwtRules`. */
    readonly index: i32,
    readonly name: string,
    readonly keys: KeySource,
  ) {}

  /** Frees the keys and the paths of claims. */
  release(): void {
    this.keys.release();
    this.demands.release();
    for (let i = 0; i < this.claimHeaders.length; i++) unchecked(this.claimHeaders[i]).path.release();
  }

  allows(algorithm: Algorithm): bool {
    return this.algorithms == 0 || (this.algorithms & ((<u64>1) << algorithm)) != 0;
  }

  acceptsAudienceOf(claims: JwtClaims): bool {
    for (let i = 0; i < this.audiences.length; i++) {
      if (claims.hasAudience(unchecked(this.audiences[i]))) return true;
    }
    return this.audiences.length == 0;
  }
}

const OPTIONS = Bytes.constant("OPTIONS");

/** The configuration of jwt-auth, ready for use. */
@final
export class JwtAuthConfig {
  rules: Rule[] = [];
  /** The places where any rule looks for tokens. */
  locations: TokenLocation[] = [];
  published: PublishedClaim[] = [];
  mode: Mode = Mode.ENFORCE;
  tokenRequired: bool = false;
  /** What requests need; the first entry that matches counts. */
  requirements: RequirementEntry[] = [];
  /** Whether the payload becomes filter state. */
  publishPayload: bool = false;
  /** Slot of the header that takes the claims for Envoy's header_to_metadata; -1: none. */
  payloadMetadataSlot: i32 = -1;
  bypassCorsPreflight: bool = true;
  cacheSize: i32 = 1024;

  readonly kept: KeptBytes = new KeptBytes();
  /** Slots of the headers that only this filter may set. */
  sanitizedSlots: i32[] = [];
  private readonly originSlot: i32;
  private readonly requestMethodSlot: i32;

  /** `facts`: of the requests to come. */
  constructor(readonly facts: RequestFacts) {
    this.originSlot = facts.headers.add("origin");
    this.requestMethodSlot = facts.headers.add("access-control-request-method");
  }

  /** Whether it is a CORS preflight request (Fetch Standard §3.3.2), as Envoy sees it. */
  isPreflight(): bool {
    if (!this.facts.method.equals(OPTIONS)) return false;
    return this.isFilled(this.originSlot) && this.isFilled(this.requestMethodSlot);
  }

  /** What the request needs; null when no entry says. */
  requirement(): Requirement | null {
    for (let i = 0; i < this.requirements.length; i++) {
      const entry = unchecked(this.requirements[i]);
      if (entry.matches(this.facts)) return entry.requires;
    }
    return null;
  }

  /** Does what is due for the keys, and says whether to look after them again soon. `now` in milliseconds. */
  refreshKeys(now: i64): bool {
    let soon = false;
    for (let i = 0; i < this.rules.length; i++) {
      if (unchecked(this.rules[i]).keys.refresh(now)) soon = true;
    }
    return soon;
  }

  /** Whether any rule has to fetch its keys. */
  hasRemoteKeys(): bool {
    for (let i = 0; i < this.rules.length; i++) {
      if (unchecked(this.rules[i]).keys.remote) return true;
    }
    return false;
  }

  /** Frees all that the garbage collector does not, when the configuration is over. */
  release(): void {
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).release();
    for (let i = 0; i < this.requirements.length; i++) unchecked(this.requirements[i]).release();
    for (let i = 0; i < this.published.length; i++) unchecked(this.published[i]).path.release();
    this.kept.release();
    this.rules = [];
    this.requirements = [];
    this.published = [];
  }

  private isFilled(slot: i32): bool {
    const value = this.facts.headers.value(slot);
    return value !== null && value.length > 0;
  }
}
