import { digest, digestLength, HashAlgorithm } from "../../crypto/hash";
import { encodeBase64 } from "../../encoding/base64";
import { Bytes, ByteWriter, Status, sharedData } from "../../sdk";

/** Whether a VM may fetch now. */
export enum Turn {
  /** It may, and nobody else may until `ended`. */
  Granted,
  /** Another one is fetching. */
  Taken,
  /** The issuer is not to be asked yet: it failed, or was asked for an unknown `kid`, not long ago. */
  TooSoon,
}

/** How often an unknown `kid` may cause a fetch, in milliseconds: whoever makes tokens up chooses their `kid`. */
const MIN_REFETCH_INTERVAL: i64 = 30_000;

/** No turn, and no wait after a failure, is longer. Milliseconds. */
const MAX_HOLD: i64 = 120_000;

/** More failures in a row are not counted. */
const MAX_FAILURES: u32 = 16;

/** Attempts to write the record while other VMs do. */
const MAX_WRITES = 16;

/** The record: four times in 8 bytes each, two numbers in 4 bytes each. */
const RECORD_SIZE = 40;

const FETCHING: u32 = 1;
const DROPPED: u32 = 2;
const FAILING: u32 = 4;

/**
 * Key sets, and who may fetch them when, shared by all VMs of a proxy: its workers, its main thread, and those of a new
 * configuration or a new version of this module.
 *
 * Every plugin of the proxy whose vm_id is the same can write here (on Istio: all of them), so a key set read back is
 * parsed as strictly as one from the network, times that cannot be are passed over, and the names say whose they are and
 * what determines the value:
 *
 * ```
 *  waypost/1/jwt-auth/keys/<hash of where they come from>   key set (JSON)
 *  waypost/1/jwt-auth/fetch/<same hash>                     held until │ refetched at │ fetched at │ fresh for │ failures │ state
 * ```
 *
 * The record changes by compare-and-swap only, so of several VMs that want to fetch one succeeds. Times are milliseconds
 * since 1970. A VM that ends while it fetches leaves a turn behind that ends by itself.
 */
@final
export class SharedKeys {
  /** When the keys were fetched last; 0: never. */
  fetchedAt: i64 = 0;
  /** For how many milliseconds the issuer allows to use them. */
  freshFor: i64 = 0;
  /** How many times the issuer has failed since then. */
  failures: u32 = 0;

  /** Until when a VM fetches, or nobody may. */
  private heldUntil: i64 = 0;
  private refetchedAt: i64 = 0;
  private state: u32 = 0;
  private exists: bool = false;
  /** The end of the turn that this VM took last. */
  private ownTurn: i64 = 0;

  private readonly keysName: Bytes;
  private readonly recordName: Bytes;

  /** `source`: all that determines what is fetched. */
  constructor(source: string) {
    const hash = sha256(Bytes.of(source)).toString();
    this.keysName = Bytes.constant("waypost/1/jwt-auth/keys/" + hash);
    this.recordName = Bytes.constant("waypost/1/jwt-auth/fetch/" + hash);
  }

  /** Frees the names. */
  release(): void {
    this.keysName.release();
    this.recordName.release();
  }

  /** Reads the record. */
  read(now: i64): void {
    const record = sharedData.get(this.recordName);
    this.exists = record !== null;
    const valid = record !== null && record.length == RECORD_SIZE;
    const at = valid && record !== null ? record.ptr : EMPTY_RECORD;
    this.heldUntil = load<i64>(at);
    this.refetchedAt = load<i64>(at, 8);
    this.fetchedAt = load<i64>(at, 16);
    this.freshFor = max(0, load<i64>(at, 24));
    this.failures = min(load<u32>(at, 32), MAX_FAILURES);
    this.state = load<u32>(at, 36);
    // Written by somebody else, or before the clock was set back: it must not stop us from ever fetching.
    if (this.heldUntil > now + MAX_HOLD) this.heldUntil = 0;
    if (this.refetchedAt < 0 || this.refetchedAt > now) this.refetchedAt = 0;
    if (this.fetchedAt > now) this.fetchedAt = 0;
  }

  /** The key set that was fetched last; null when there is none. */
  keys(): Bytes | null {
    return sharedData.get(this.keysName);
  }

  /** Whether a VM was fetching when the record was read. */
  isFetching(now: i64): bool {
    return (this.state & FETCHING) != 0 && this.heldUntil > now;
  }

  /** Asks for the turn to fetch, for so many milliseconds at most. `forKid`: a token has a `kid` that no key has. */
  begin(now: i64, milliseconds: i64, forKid: bool): Turn {
    this.read(now);
    if (this.isFetching(now)) return Turn.Taken;
    if (this.heldUntil > now) return Turn.TooSoon;
    if (forKid && now - this.refetchedAt < MIN_REFETCH_INTERVAL) return Turn.TooSoon;
    this.ownTurn = now + milliseconds;
    this.heldUntil = this.ownTurn;
    this.state |= FETCHING;
    if (forKid) this.refetchedAt = now;
    return this.write() ? Turn.Granted : Turn.Taken;
  }

  /** Gives the others what was fetched. Call it after `begin`. */
  succeeded(now: i64, keys: Bytes, freshFor: i64): void {
    sharedData.set(this.keysName, keys);
    for (let i = 0; i < MAX_WRITES; i++) {
      this.read(now);
      this.fetchedAt = now;
      this.freshFor = freshFor;
      this.failures = 0;
      this.state = 0;
      this.heldUntil = 0;
      if (this.write()) return;
    }
  }

  /** Whether the last fetch failed, or could not begin. */
  get isFailing(): bool {
    return (this.state & FAILING) != 0;
  }

  /** The issuer did not give keys, and nobody is to ask it for so many milliseconds. Call it after `begin`. */
  failed(now: i64, wait: i64): void {
    this.noteFailure(now, wait, 1);
  }

  /** The issuer could not be asked: another VM may be able to. Call it after `begin`. */
  notSent(now: i64): void {
    this.noteFailure(now, 0, 0);
  }

  private noteFailure(now: i64, wait: i64, count: u32): void {
    for (let i = 0; i < MAX_WRITES; i++) {
      this.read(now);
      this.failures += count;
      this.state |= FAILING;
      this.endTurn(now + wait);
      if (this.write()) return;
    }
  }

  /** This VM ends while it fetches: another one may begin at once. */
  abandon(now: i64): void {
    this.read(now);
    this.endTurn(now);
    this.write();
  }

  /** Notes that the keys are too old to be used; false when another VM has noted it. */
  markDropped(now: i64): bool {
    this.read(now);
    if ((this.state & DROPPED) != 0) return false;
    this.state |= DROPPED;
    return this.write();
  }

  /** A turn that took too long may be another VM's by now. */
  private endTurn(heldUntil: i64): void {
    if ((this.state & FETCHING) != 0 && this.heldUntil != this.ownTurn) return;
    this.state &= ~FETCHING;
    this.heldUntil = heldUntil;
  }

  private write(): bool {
    const record = ByteWriter.create(RECORD_SIZE);
    const at = record.extend(RECORD_SIZE);
    store<i64>(at, this.heldUntil);
    store<i64>(at, this.refetchedAt, 8);
    store<i64>(at, this.fetchedAt, 16);
    store<i64>(at, this.freshFor, 24);
    store<u32>(at, this.failures, 32);
    store<u32>(at, this.state, 36);
    const value = record.finish();
    const name = this.recordName;
    return (this.exists ? sharedData.replace(name, value) : sharedData.create(name, value)) == Status.Ok;
  }
}

/**
 * SHA-256, as base64: whoever configures some rule of the proxy chooses its URL, and must not find one under which others
 * would take the keys of theirs.
 */
function sha256(source: Bytes): Bytes {
  digest(HashAlgorithm.SHA256, source.ptr, source.length, hashed);
  return encodeBase64(Bytes.view(hashed, digestLength(HashAlgorithm.SHA256)));
}

const hashed = memory.data(32);

/** What is read when there is no record. */
const EMPTY_RECORD = memory.data(RECORD_SIZE);
