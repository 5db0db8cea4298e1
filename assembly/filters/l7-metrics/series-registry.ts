import { Bytes, ByteWriter, Status, sharedData } from "../../sdk";
import { hash64 } from "../../text/hash";

/** How often another VM may be first, until the request is counted with all others. */
const MAX_ATTEMPTS = 4;

const HASH_SIZE: i32 = 8;

/**
 * Which series the proxy has, for all of its VMs together: Envoy never forgets a metric, and each worker meets other
 * requests. They are hashes of keys, in shared data, which strangers can write too: wrong ones there can only make series
 * share the one of all others, or be too many by as many as one VM may have.
 */
@final
export class SeriesRegistry {
  private readonly key: Bytes;
  /** Hashes that are admitted, as they stood in shared data when it was last read. */
  private known: usize = 0;
  private count: i32 = 0;
  /** The same to look them up: open addressing, 0 for a free place; at least half of them are. */
  private places: usize = 0;
  private readonly mask: u64;

  /** `identity`: a hash of all that says what keys mean. `most`: series that there may be. */
  constructor(
    identity: u64,
    private readonly most: i32,
  ) {
    this.key = Bytes.of("waypost/1/l7-metrics/" + identity.toString(16)).persist();
    this.known = heap.alloc(<usize>most * <usize>HASH_SIZE);
    // A power of two.
    const capacity: u64 = (<u64>1) << (65 - clz(<u64>most));
    this.mask = capacity - 1;
    this.places = heap.alloc(<usize>capacity * <usize>HASH_SIZE);
    this.forgetAll();
  }

  /** Whether the series with this key is one of those that the proxy has, or now becomes one. */
  admit(seriesKey: Bytes): bool {
    // 0 is no hash here.
    const hash = max(hash64(seriesKey), 1);
    if (this.has(hash)) return true;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // Nothing is ever taken out: who is full stays full.
      if (this.count >= this.most) return false;
      const shared = sharedData.get(this.key);
      if (shared !== null) this.take(shared);
      if (this.has(hash)) return true;
      if (this.count >= this.most) return false;
      const all = this.with(hash);
      const status = shared === null ? sharedData.create(this.key, all) : sharedData.replace(this.key, all);
      if (status == Status.Ok) {
        this.note(hash);
        return true;
      }
    }
    return false;
  }

  release(): void {
    this.key.release();
    heap.free(this.known);
    heap.free(this.places);
    this.known = 0;
    this.places = 0;
  }

  /** All that are admitted, and one more. */
  private with(hash: u64): Bytes {
    const writer = ByteWriter.create((this.count + 1) * HASH_SIZE);
    writer.bytes(Bytes.view(this.known, this.count * HASH_SIZE));
    store<u64>(writer.extend(HASH_SIZE), hash);
    return writer.finish();
  }

  /** Takes over what the VMs know together. */
  private take(shared: Bytes): void {
    this.forgetAll();
    const count = min(shared.length / HASH_SIZE, this.most);
    for (let i = 0; i < count; i++) this.note(load<u64>(shared.ptr + <usize>(i * HASH_SIZE)));
  }

  private forgetAll(): void {
    this.count = 0;
    memory.fill(this.places, 0, <usize>(this.mask + 1) * <usize>HASH_SIZE);
  }

  private note(hash: u64): void {
    store<u64>(this.known + <usize>(this.count * HASH_SIZE), hash);
    this.count += 1;
    store<u64>(this.placeOf(hash), hash);
  }

  private has(hash: u64): bool {
    return load<u64>(this.placeOf(hash)) == hash;
  }

  /** Where the hash is, or would be. */
  private placeOf(hash: u64): usize {
    let place = hash & this.mask;
    let held = load<u64>(this.addressOf(place));
    while (held != 0 && held != hash) {
      place = (place + 1) & this.mask;
      held = load<u64>(this.addressOf(place));
    }
    return this.addressOf(place);
  }

  private addressOf(place: u64): usize {
    return this.places + <usize>place * <usize>HASH_SIZE;
  }
}
