import { Bytes } from "../../text/bytes";
import { hash64 } from "../../text/hash";

/** Longer tokens are verified each time: few of them would push out many others. */
const MAX_TOKEN_LENGTH = 4096;

/** How many bytes of a token its hash is made of. */
const HASHED_LENGTH = 64;

/** What the caches of all configurations in this VM may hold together, in bytes. */
const MAX_VM_BYTES: usize = 1024 * 1024;

let vmBytes: usize = 0;

/**
 * A token that a rule verified and what came of it, in one heap block: these fields, then the token, then the effects. A
 * token that several rules accept has an entry for each.
 *
 * An entry says nothing that time could change: its window is compared at each use, and `TokenCache.clear` forgets
 * everything when keys change.
 */
@unmanaged
@final
export class VerifiedToken {
  /** The rule that accepts it. */
  rule: i32;
  /** The rules that refuse its issuer, one bit each: nothing can change that. */
  foreignTo: u64;
  /** The rule accepts it from `notBefore` until before `expires`, in seconds since 1970, clock skew included. */
  notBefore: f64;
  expires: f64;
  /** What to do to a request with it; see effects.ts. */
  effects: Bytes;

  hash: u64;
  text: Bytes;
  size: usize;
  /** Next in the same bucket. */
  chained: VerifiedToken | null;
  newer: VerifiedToken | null;
  older: VerifiedToken | null;
}

/**
 * Tokens already verified, least recently used ones dropped first. Bounded by a number of entries and, with the other
 * caches of the VM, by 1 MiB. The key is the whole token, compared byte for byte, and the rule.
 */
@final
export class TokenCache {
  private readonly buckets: StaticArray<VerifiedToken | null>;
  private readonly mask: u64;
  private newest: VerifiedToken | null = null;
  private oldest: VerifiedToken | null = null;
  private count: i32 = 0;

  /** `capacity` 0 makes a cache that never holds anything. */
  constructor(private readonly capacity: i32) {
    let buckets = 1;
    while (buckets < capacity) buckets <<= 1;
    this.buckets = new StaticArray<VerifiedToken | null>(buckets);
    this.mask = buckets - 1;
  }

  /** The first entry of a token; null when there is none. */
  find(token: Bytes): VerifiedToken | null {
    if (this.count == 0 || token.length > MAX_TOKEN_LENGTH) return null;
    const hash = hashOf(token);
    return firstOf(unchecked(this.buckets[<i32>(hash & this.mask)]), hash, token);
  }

  /** The next entry of the same token; null when there is none. */
  next(entry: VerifiedToken): VerifiedToken | null {
    return firstOf(entry.chained, entry.hash, entry.text);
  }

  /** Adds an entry that is not there yet. */
  add(token: Bytes, rule: i32, foreignTo: u64, notBefore: f64, expires: f64, effects: Bytes): void {
    if (this.capacity == 0 || token.length > MAX_TOKEN_LENGTH) return;
    const size = offsetof<VerifiedToken>() + 2 * offsetof<Bytes>() + <usize>token.length + <usize>effects.length;
    while (this.count > 0 && (this.count >= this.capacity || vmBytes + size > MAX_VM_BYTES)) this.dropOldest();
    if (vmBytes + size > MAX_VM_BYTES) return;

    const entry = changetype<VerifiedToken>(heap.alloc(size));
    entry.rule = rule;
    entry.foreignTo = foreignTo;
    entry.notBefore = notBefore;
    entry.expires = expires;
    entry.hash = hashOf(token);
    entry.size = size;
    const views = changetype<usize>(entry) + offsetof<VerifiedToken>();
    const contents = views + 2 * offsetof<Bytes>();
    entry.text = placeAt(views, contents, token);
    entry.effects = placeAt(views + offsetof<Bytes>(), contents + <usize>token.length, effects);

    const bucket = <i32>(entry.hash & this.mask);
    entry.chained = unchecked(this.buckets[bucket]);
    unchecked((this.buckets[bucket] = entry));
    this.count += 1;
    vmBytes += size;
    this.link(entry);
  }

  /** Notes that an entry is of use: others are dropped before it. */
  touch(entry: VerifiedToken): void {
    if (this.newest === entry) return;
    this.unlink(entry);
    this.link(entry);
  }

  /** Forgets a token, when its time has passed. */
  drop(entry: VerifiedToken): void {
    this.unlink(entry);
    const bucket = <i32>(entry.hash & this.mask);
    let candidate = unchecked(this.buckets[bucket]);
    if (candidate === entry) {
      unchecked((this.buckets[bucket] = entry.chained));
    } else {
      while (candidate !== null && candidate.chained !== entry) candidate = candidate.chained;
      if (candidate !== null) candidate.chained = entry.chained;
    }
    this.count -= 1;
    vmBytes -= entry.size;
    heap.free(changetype<usize>(entry));
  }

  /** Forgets everything. */
  clear(): void {
    while (this.count > 0) this.dropOldest();
  }

  private dropOldest(): void {
    const oldest = this.oldest;
    if (oldest !== null) this.drop(oldest);
  }

  private link(entry: VerifiedToken): void {
    const newest = this.newest;
    entry.newer = null;
    entry.older = newest;
    if (newest !== null) newest.newer = entry;
    else this.oldest = entry;
    this.newest = entry;
  }

  private unlink(entry: VerifiedToken): void {
    const newer = entry.newer;
    const older = entry.older;
    if (newer !== null) newer.older = older;
    else this.newest = older;
    if (older !== null) older.newer = newer;
    else this.oldest = newer;
  }
}

/** The first entry of `token` in a bucket, from `entry` on. */
function firstOf(entry: VerifiedToken | null, hash: u64, token: Bytes): VerifiedToken | null {
  let candidate = entry;
  while (candidate !== null && !(candidate.hash == hash && candidate.text.equals(token))) candidate = candidate.chained;
  return candidate;
}

/** A token ends with its signature, of which every byte differs from token to token: its end tells tokens apart. */
function hashOf(token: Bytes): u64 {
  return hash64(token.slice(token.length - HASHED_LENGTH));
}

/** A view at `view` of a copy of `source` at `target`, both inside an entry's block. */
function placeAt(view: usize, target: usize, source: Bytes): Bytes {
  memory.copy(target, source.ptr, <usize>source.length);
  const placed = changetype<Bytes>(view);
  placed.ptr = target;
  placed.length = source.length;
  return placed;
}
