import { JsonEvent } from "../json/reader";
import { Bytes } from "../text/bytes";
import { Algorithm } from "./algorithms";
import { Jwk } from "./jwk";
import { JwkReader } from "./jwk-reader";
import { JwksStatus, JwkStatus } from "./jwk-status";
import { StrictJson } from "./strict-json";

/** A set of more bytes than this is refused. Real ones have a few KiB. */
export const MAX_JWKS_SIZE = 1024 * 1024;

/** A set of more keys than this is refused, whether they can be used or not: each candidate costs a verification. */
export const MAX_KEYS = 100;

const KEYS = Bytes.constant("keys");

/** A key of a set that cannot be used. */
@final
export class SkippedJwk {
  constructor(
    /** Where it stands in `keys`, from 0. */
    readonly index: i32,
    readonly status: JwkStatus,
  ) {}
}

/**
 * A JWK Set (RFC 7517 §5), read when it is configured or fetched. Keys that cannot be used are skipped, as §5 asks, and each
 * is accounted for in `skipped`. Other members of the set are ignored.
 */
@final
export class JwkSet {
  status: JwksStatus = JwksStatus.InvalidJson;
  /** The keys that can verify, in the order of the set. Empty unless `status` is `Ok`. */
  readonly keys: Jwk[] = [];
  /** The other keys, in the order of the set; complete when `status` is `Ok` or `NoUsableKey`. */
  readonly skipped: SkippedJwk[] = [];

  private constructor() {}

  /** Reads `text`, which need not outlive the call. */
  static parse(text: Bytes): JwkSet {
    const set = new JwkSet();
    set.status = set.read(text);
    if (set.status != JwksStatus.Ok) set.release();
    return set;
  }

  /** Frees what the keys refer to, and forgets them. */
  release(): void {
    for (let i = 0; i < this.keys.length; i++) this.keys.at(i).release();
    this.keys.length = 0;
  }

  /**
   * The index in `keys` of the next key after `after` that may have signed a token with this `kid` (null when it has none)
   * and algorithm; -1 when there is none. Starts with -1:
   *
   * `for (let i = set.next(-1, kid, alg); i >= 0; i = set.next(i, kid, alg)) …`
   *
   * A token with a `kid` is for the keys that have it; when no key that fits its algorithm does, for those that fit and have
   * no `kid` at all. A token without one is for every key that fits.
   */
  next(after: i32, kid: Bytes | null, algorithm: Algorithm): i32 {
    const named = kid !== null && this.hasNamed(kid, algorithm);
    for (let i = after + 1; i < this.keys.length; i++) {
      const key = this.keys.at(i);
      if (!key.fits(algorithm)) continue;
      if (kid === null || (named ? key.hasKid(kid) : key.kid === null)) return i;
    }
    return -1;
  }

  /** Whether a key has this `kid`, whatever its algorithm. */
  hasKid(kid: Bytes): bool {
    for (let i = 0; i < this.keys.length; i++) {
      if (this.keys.at(i).hasKid(kid)) return true;
    }
    return false;
  }

  private hasNamed(kid: Bytes, algorithm: Algorithm): bool {
    for (let i = 0; i < this.keys.length; i++) {
      const key = this.keys.at(i);
      if (key.hasKid(kid) && key.fits(algorithm)) return true;
    }
    return false;
  }

  private read(text: Bytes): JwksStatus {
    if (text.length > MAX_JWKS_SIZE) return JwksStatus.TooLarge;
    const json = new StrictJson();
    json.reset(text);
    if (json.next() != JsonEvent.ObjectStart) return JwksStatus.InvalidJson;
    let keysStatus = JwksStatus.KeysMissing;
    let event = json.next();
    for (; event == JsonEvent.Key; event = json.next()) {
      // A name that comes twice outside of a key makes the whole set ambiguous.
      if (json.repeated) return JwksStatus.InvalidJson;
      if (json.name.equals(KEYS)) keysStatus = this.readKeys(json);
      else json.value();
    }
    if (event != JsonEvent.ObjectEnd || json.next() != JsonEvent.End || json.repeated) return JwksStatus.InvalidJson;
    if (keysStatus != JwksStatus.Ok) return keysStatus;
    return this.keys.length > 0 ? JwksStatus.Ok : JwksStatus.NoUsableKey;
  }

  private readKeys(json: StrictJson): JwksStatus {
    const outside = json.level;
    if (json.next() != JsonEvent.ArrayStart) {
      json.finish(outside);
      return JwksStatus.KeysNotList;
    }
    const reader = new JwkReader(json);
    const inside = json.level;
    let count = 0;
    for (let event = json.next(); startsValue(event); event = json.next()) {
      if (count == MAX_KEYS) {
        json.finish(outside);
        return JwksStatus.TooManyKeys;
      }
      if (event == JsonEvent.ObjectStart) this.readKey(reader, count);
      else this.skipped.push(new SkippedJwk(count, JwkStatus.NotObject));
      json.finish(inside);
      json.repeated = false;
      count += 1;
    }
    return JwksStatus.Ok;
  }

  private readKey(reader: JwkReader, index: i32): void {
    const key = reader.read();
    if (key === null) this.skipped.push(new SkippedJwk(index, reader.status));
    else this.keys.push(key);
  }
}

function startsValue(event: JsonEvent): bool {
  return event != JsonEvent.ArrayEnd && event != JsonEvent.Error && event != JsonEvent.End;
}
