import { ClaimKind, ClaimPath } from "../jose/claim-lookup";
import { JsonEvent, JsonReader } from "../json/reader";
import { Bytes, Property } from "../sdk";
import { ClaimSlots, ItemMatches } from "./claim-slots";
import { claimsOfMetadata } from "./claims-of-metadata";
import { StringMatch } from "./string-match";

/** Where a jwt-auth elsewhere in the chain leaves the payload; empty when it found no valid token. */
const PUBLISHED = new Property(["filter_state", "wasm.waypost_jwt_payload"]);
/** All dynamic metadata (`envoy.config.core.v3.Metadata`): read as a whole it keeps the types of its values. */
const METADATA = new Property(["metadata"]);

/**
 * The claims of the request's verified token. They have one source, and are never merged: jwt-auth in the same context where
 * there is one, even if it found no token; else what a jwt-auth elsewhere in the chain published; else the metadata of Istio's
 * RequestAuthentication.
 *
 * Claims that matter are added at configuration, and read in one pass when one is first asked for.
 */
@final
export class VerifiedClaims {
  /** Whether jwt-auth runs in the same context, and says what the claims are. */
  isGiven: bool = false;

  /**
   * Whether there are claims that cannot be read: what is published is no JSON object, or nests too deep. Each claim looks
   * absent; who denies by a claim must not take them for that. False until the claims are first asked for.
   */
  isBroken: bool = false;

  private isKnown: bool = false;
  /** The claims set as a JSON object; null when there is no verified token. */
  private known: Bytes | null = null;
  /** From metadata: what is a list of words, jwt_authn has made a list. */
  private isNormalized: bool = false;
  private readonly slots: ClaimSlots = new ClaimSlots();
  private readonly scopeSlot: i32;
  private readonly permissionSlot: i32;
  /** Whether the slots have what is known. */
  private isCollected: bool = false;

  constructor() {
    this.scopeSlot = this.addMember("scope");
    this.permissionSlot = this.addMember("permission");
  }

  /** Answers the slot of the claim at `path`, which is released; the same path has one slot. */
  add(path: ClaimPath): i32 {
    const slot = this.slots.add(path);
    path.release();
    return slot;
  }

  /** The same for the member `name` of the claims set. */
  addMember(name: string): i32 {
    return this.slots.addMember(Bytes.of(name));
  }

  /** Prepares the question whether an item of a claim matches one of `matches`, which must stay. */
  addItemMatches(slot: i32, matches: StringMatch[]): ItemMatches {
    return this.slots.addItemMatches(slot, matches);
  }

  /** Nothing is known yet of the request that comes. */
  begin(): void {
    this.known = null;
    this.isKnown = this.isGiven;
    this.isNormalized = false;
    this.isBroken = false;
    this.isCollected = false;
  }

  /** The claims set of a valid token, from jwt-auth in the same context. It must stay until the callback ends. */
  give(payload: Bytes): void {
    this.known = payload;
    this.isCollected = false;
  }

  /** What `give` said of the request at hand; null: nothing, there is no verified token. */
  given(): Bytes | null {
    return this.isGiven ? this.known : null;
  }

  /** What the claim is. */
  kind(slot: i32): ClaimKind {
    return this.collect() ? this.slots.kind(slot) : ClaimKind.Absent;
  }

  /** The claim, which must not be absent: a string without quotes and escapes, everything else as it stands in the JSON. */
  value(slot: i32): Bytes {
    return this.slots.value(slot);
  }

  /**
   * Whether the claim is a list of words when it is a string: `scope` and `permission`, as for Istio. Others that a rule of
   * jwt-auth says are lists already.
   */
  isWords(slot: i32): bool {
    return !this.isNormalized && (slot == this.scopeSlot || slot == this.permissionSlot);
  }

  /**
   * How many items the claim, which must not be absent, has: a list its strings, numbers, `true` and `false`; a string
   * its words.
   */
  itemCount(slot: i32): i32 {
    return this.slots.itemCount(slot);
  }

  /**
   * Whether one of the items of the claim, which must not be absent, matches: a string without its escapes, a number, `true`
   * or `false` as it stands in the JSON. `onlyStrings`: the others never match.
   */
  anyItemMatches(slot: i32, matches: ItemMatches, onlyStrings: bool = false): bool {
    return this.slots.anyItemMatches(slot, matches, onlyStrings);
  }

  /** Frees what the garbage collector does not, when the configuration is over. */
  release(): void {
    this.slots.release();
  }

  /** Reads all the claims that matter, unless they are read; false when there is no verified token. */
  private collect(): bool {
    if (!this.isKnown) this.read();
    const payload = this.known;
    if (payload === null) return false;
    if (!this.isCollected) this.slots.collect(payload);
    this.isCollected = true;
    return true;
  }

  private read(): void {
    this.isKnown = true;
    const published = PUBLISHED.bytes();
    if (published !== null) {
      // Any plugin of the proxy can write it.
      if (published.length > 0) this.take(published);
      return;
    }
    const metadata = METADATA.bytes();
    const claims: Bytes | null = metadata === null ? null : claimsOfMetadata(metadata);
    this.isNormalized = true;
    if (claims !== null) this.take(claims);
  }

  private take(claims: Bytes): void {
    if (isJsonObject(claims)) this.known = claims;
    else this.isBroken = true;
  }
}

const reader = new JsonReader();

/** As deep as `ClaimSlots` reads. */
function isJsonObject(text: Bytes): bool {
  reader.reset(text);
  return reader.next() == JsonEvent.ObjectStart && reader.skip() && reader.next() == JsonEvent.End;
}
