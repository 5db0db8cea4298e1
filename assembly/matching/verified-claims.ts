import { ClaimLookup, ClaimPath } from "../jose/claim-lookup";
import { JsonEvent, JsonReader } from "../json/reader";
import { Bytes, Property } from "../sdk";
import { claimsOfMetadata } from "./claims-of-metadata";

/** Where a jwt-auth elsewhere in the chain leaves the payload; empty when it found no valid token. */
const PUBLISHED = new Property(["filter_state", "wasm.waypost_jwt_payload"]);
/** All dynamic metadata (`envoy.config.core.v3.Metadata`): read as a whole it keeps the types of its values. */
const METADATA = new Property(["metadata"]);

/** Claims that Istio takes for lists of words. Others that a rule says are lists already. */
const WORDS: Bytes[] = [Bytes.constant("scope"), Bytes.constant("permission")];

/**
 * The claims of the request's verified token. They have one source, and are never merged: jwt-auth in the same context where
 * there is one, even if it found no token; else what a jwt-auth elsewhere in the chain published; else the metadata of Istio's
 * RequestAuthentication.
 */
@final
export class VerifiedClaims {
  /** Whether jwt-auth runs in the same context, and says what the claims are. */
  isGiven: bool = false;

  /**
   * Whether there are claims that cannot be read: what is published is no JSON object, or nests too deep. To `find` they look
   * like none; who denies by a claim must not take them for that. False until the claims are first asked for.
   */
  isBroken: bool = false;

  private isKnown: bool = false;
  private known: Bytes | null = null;
  /** From metadata: what is a list of words, jwt_authn has made a list. */
  private isNormalized: bool = false;
  private readonly lookup: ClaimLookup = new ClaimLookup();

  /** Nothing is known yet of the request that comes. */
  begin(): void {
    this.known = null;
    this.isKnown = this.isGiven;
    this.isNormalized = false;
    this.isBroken = false;
  }

  /** The claims set of a valid token, from jwt-auth in the same context. It must stay until the callback ends. */
  give(payload: Bytes): void {
    this.known = payload;
  }

  /** The claims set as a JSON object; null when there is no verified token. */
  get payload(): Bytes | null {
    if (!this.isKnown) this.read();
    return this.known;
  }

  /** Looks for the claim at `path`; null when there is none. The answer is valid until the next question. */
  find(path: ClaimPath): ClaimLookup | null {
    const payload = this.payload;
    return payload !== null && this.lookup.find(payload, path) ? this.lookup : null;
  }

  /** Whether the claim at `path` is a list of words when it is a string: `scope` and `permission`, as for Istio. */
  isWords(path: ClaimPath): bool {
    return !this.isNormalized && path.next === null && path.name.isOneOf(WORDS);
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

/** As deep as `ClaimLookup` reads. */
function isJsonObject(text: Bytes): bool {
  reader.reset(text);
  return reader.next() == JsonEvent.ObjectStart && reader.skip() && reader.next() == JsonEvent.End;
}
