import { Algorithm } from "../../jose/algorithms";
import { ClaimPath } from "../../jose/claim-lookup";
import { JwtClaims } from "../../jose/claims";
import { Bytes } from "../../sdk";
import { ClaimDemands } from "./claim-demands";
import { HeaderSlots } from "./header-slots";
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
  constructor(
    readonly header: Bytes,
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
  /** Header that takes the payload; null: none. */
  payloadHeader: Bytes | null = null;
  claimHeaders: ClaimHeader[] = [];
  /** Claims that `payloadMetadataHeader` has as lists of words. */
  spaceDelimitedClaims: Bytes[] = [];

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
  /** Header that takes the claims for Envoy's header_to_metadata; null: none. */
  payloadMetadataHeader: Bytes | null = null;
  bypassCorsPreflight: bool = true;
  cacheSize: i32 = 1024;

  readonly slots: HeaderSlots = new HeaderSlots();
  readonly pathSlot: i32;
  readonly schemeSlot: i32;
  readonly authoritySlot: i32;
  readonly methodSlot: i32;
  /** Slots of the headers that only this filter may set. */
  sanitizedSlots: i32[] = [];
  private owned: Bytes[] = [];
  private readonly originSlot: i32;
  private readonly requestMethodSlot: i32;

  constructor() {
    this.pathSlot = this.slots.add(":path");
    this.schemeSlot = this.slots.add(":scheme");
    this.authoritySlot = this.slots.add(":authority");
    this.methodSlot = this.slots.add(":method");
    this.originSlot = this.slots.add("origin");
    this.requestMethodSlot = this.slots.add("access-control-request-method");
  }

  /** Whether there are headers at all: every request has a method. */
  get hasRequest(): bool {
    return this.slots.count(this.methodSlot) > 0;
  }

  /** Whether the collected headers are those of a CORS preflight request (Fetch Standard §3.3.2), as Envoy sees it. */
  isPreflight(): bool {
    const method = this.slots.value(this.methodSlot);
    if (method === null || !method.equals(OPTIONS)) return false;
    return this.isFilled(this.originSlot) && this.isFilled(this.requestMethodSlot);
  }

  /** What the request whose headers are collected needs; null when no entry says. */
  requirement(): Requirement | null {
    for (let i = 0; i < this.requirements.length; i++) {
      const entry = unchecked(this.requirements[i]);
      if (entry.matches(this.slots)) return entry.requires;
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

  /** `text` in UTF-8, kept as long as the configuration. */
  own(text: string): Bytes {
    const bytes = Bytes.constant(text);
    this.owned.push(bytes);
    return bytes;
  }

  /** Frees all that the garbage collector does not, when the configuration is over. */
  release(): void {
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).release();
    for (let i = 0; i < this.requirements.length; i++) unchecked(this.requirements[i]).release();
    for (let i = 0; i < this.published.length; i++) unchecked(this.published[i]).path.release();
    for (let i = 0; i < this.owned.length; i++) unchecked(this.owned[i]).release();
    this.slots.release();
    this.rules = [];
    this.requirements = [];
    this.published = [];
    this.owned = [];
  }

  private isFilled(slot: i32): bool {
    const value = this.slots.value(slot);
    return value !== null && value.length > 0;
  }
}
