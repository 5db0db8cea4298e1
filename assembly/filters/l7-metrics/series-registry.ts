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

  /** `identity`: a hash of all that says what keys mean. `most`: series that there may be. */
  constructor(
    identity: u64,
    private readonly most: i32,
  ) {
    this.key = Bytes.of("waypost/1/l7-metrics/" + identity.toString(16)).persist();
    this.known = heap.alloc(<usize>most * <usize>HASH_SIZE);
  }

  /** Whether the series with this key is one of those that the proxy has, or now becomes one. */
  admit(seriesKey: Bytes): bool {
    const hash = hash64(seriesKey);
    if (this.has(hash)) return true;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // Nothing is ever taken out: who is full stays full.
      if (this.count >= this.most) return false;
      const shared = sharedData.get(this.key);
      if (shared !== null) this.take(shared);
      if (this.has(hash)) return true;
      if (this.count >= this.most) return false;
      const status = shared === null ? this.create(hash) : sharedData.replace(this.key, this.with(hash));
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
    this.known = 0;
  }

  private create(hash: u64): Status {
    return sharedData.create(this.key, this.with(hash));
  }

  private with(hash: u64): Bytes {
    const writer = ByteWriter.create((this.count + 1) * HASH_SIZE);
    writer.bytes(Bytes.view(this.known, this.count * HASH_SIZE));
    store<u64>(writer.extend(HASH_SIZE), hash);
    return writer.finish();
  }

  /** Takes over what the VMs know together. */
  private take(shared: Bytes): void {
    this.count = min(shared.length / HASH_SIZE, this.most);
    memory.copy(this.known, shared.ptr, <usize>(this.count * HASH_SIZE));
  }

  private note(hash: u64): void {
    store<u64>(this.known + <usize>(this.count * HASH_SIZE), hash);
    this.count += 1;
  }

  private has(hash: u64): bool {
    for (let i = 0; i < this.count; i++) {
      if (load<u64>(this.known + <usize>(i * HASH_SIZE)) == hash) return true;
    }
    return false;
  }
}
