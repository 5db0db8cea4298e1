import { Bytes } from "../text/bytes";
import { hash64 } from "../text/hash";

/** A new table has so many slots; a power of two, like every size it grows to. */
const INITIAL_CAPACITY = 16;

/** A slot: hash of the value (8), the value (4), its first posting (4), its bit set (4, and 4 unused). A free one has no value. */
const SLOT_SIZE: usize = 24;

/** Bytes of a word of a bit set. */
const WORD: usize = 8;

/** A posting: an id (4), and the number of the next one of the same value (4). */
const POSTING_SIZE: usize = 8;

/** Ends a list of postings. */
const NONE: i32 = -1;

/**
 * From texts to the ids that name them: an inverted index. Open addressing over XXH64; a text is compared as well, because
 * clients choose what is looked up. Filled at configuration; a request only reads.
 */
@final
export class PostingTable {
  private slots: usize = 0;
  private capacity: i32 = 0;
  /** How many texts there are. */
  size: i32 = 0;
  private postings: usize = 0;
  private postingCapacity: i32 = 0;
  private postingCount: i32 = 0;
  /** Words of a bit set. */
  private words: i32 = 0;

  /** Adds `id` to those of `value`, of which a copy is kept. */
  add(value: Bytes, id: i32): void {
    if (this.size * 2 >= this.capacity) this.grow();
    const hash = hash64(value);
    const slot = this.find(value, hash);
    if (load<usize>(slot, 8) == 0) {
      store<u64>(slot, hash);
      store<usize>(slot, changetype<usize>(value.persist()), 8);
      store<i32>(slot, NONE, 12);
      this.size += 1;
    }
    const posting = this.newPosting();
    const at = this.postings + <usize>posting * POSTING_SIZE;
    store<i32>(at, id);
    store<i32>(at, load<i32>(slot, 12), 4);
    store<i32>(slot, posting, 12);
  }

  /**
   * Nothing is added any more. `words`: as many as the bit sets have that are marked. A value that more ids name than that gets
   * a bit set of its own, which is marked by words in place of bits.
   */
  build(words: i32): void {
    this.words = words;
    for (let i = 0; i < this.capacity; i++) {
      const slot = this.slots + <usize>i * SLOT_SIZE;
      if (load<usize>(slot, 8) == 0 || this.count(slot) <= words) continue;
      const set = heap.alloc(<usize>words * WORD);
      memory.fill(set, 0, <usize>words * WORD);
      this.markEach(slot, set);
      store<usize>(slot, set, 16);
    }
  }

  /** Whether any id names `value`. */
  has(value: Bytes): bool {
    return this.size > 0 && load<usize>(this.find(value, hash64(value)), 8) != 0;
  }

  /** Sets the bits of the ids that name `value`. `bits` has one for each id. */
  mark(value: Bytes, bits: usize): void {
    if (this.size == 0) return;
    const slot = this.find(value, hash64(value));
    if (load<usize>(slot, 8) == 0) return;
    const set = load<usize>(slot, 16);
    if (set == 0) {
      this.markEach(slot, bits);
      return;
    }
    for (let i = 0; i < this.words; i++) {
      const at = <usize>i * WORD;
      store<u64>(bits + at, load<u64>(bits + at) | load<u64>(set + at));
    }
  }

  /** Sets the bits of all ids. */
  markAll(bits: usize): void {
    for (let i = 0; i < this.postingCount; i++) setBit(bits, load<i32>(this.postings + <usize>i * POSTING_SIZE));
  }

  release(): void {
    for (let i = 0; i < this.capacity; i++) {
      const slot = this.slots + <usize>i * SLOT_SIZE;
      if (load<usize>(slot, 8) != 0) changetype<Bytes>(load<usize>(slot, 8)).release();
      if (load<usize>(slot, 16) != 0) heap.free(load<usize>(slot, 16));
    }
    if (this.slots != 0) heap.free(this.slots);
    if (this.postings != 0) heap.free(this.postings);
    this.slots = 0;
    this.postings = 0;
    this.capacity = 0;
    this.size = 0;
    this.postingCapacity = 0;
    this.postingCount = 0;
  }

  private markEach(slot: usize, bits: usize): void {
    for (let posting = load<i32>(slot, 12); posting != NONE;) {
      const at = this.postings + <usize>posting * POSTING_SIZE;
      setBit(bits, load<i32>(at));
      posting = load<i32>(at, 4);
    }
  }

  /** How many postings the value of a slot has. */
  private count(slot: usize): i32 {
    let count = 0;
    for (let posting = load<i32>(slot, 12); posting != NONE; count++)
      posting = load<i32>(this.postings + <usize>posting * POSTING_SIZE, 4);
    return count;
  }

  /** The slot of `value`, or the free one where it would go. There always is one: half of them are free. */
  private find(value: Bytes, hash: u64): usize {
    const mask = this.capacity - 1;
    let index = (<i32>hash) & mask;
    while (true) {
      const slot = this.slots + <usize>index * SLOT_SIZE;
      const held = load<usize>(slot, 8);
      if (held == 0 || (load<u64>(slot) == hash && changetype<Bytes>(held).equals(value))) return slot;
      index = (index + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.slots;
    const oldCapacity = this.capacity;
    this.capacity = max(INITIAL_CAPACITY, oldCapacity * 2);
    this.slots = heap.alloc(<usize>this.capacity * SLOT_SIZE);
    memory.fill(this.slots, 0, <usize>this.capacity * SLOT_SIZE);
    if (old == 0) return;
    for (let i = 0; i < oldCapacity; i++) {
      const slot = old + <usize>i * SLOT_SIZE;
      const held = load<usize>(slot, 8);
      if (held != 0) memory.copy(this.find(changetype<Bytes>(held), load<u64>(slot)), slot, SLOT_SIZE);
    }
    heap.free(old);
  }

  private newPosting(): i32 {
    if (this.postingCount == this.postingCapacity) {
      this.postingCapacity = max(INITIAL_CAPACITY, this.postingCapacity * 2);
      const postings = heap.alloc(<usize>this.postingCapacity * POSTING_SIZE);
      if (this.postings != 0) {
        memory.copy(postings, this.postings, <usize>this.postingCount * POSTING_SIZE);
        heap.free(this.postings);
      }
      this.postings = postings;
    }
    this.postingCount += 1;
    return this.postingCount - 1;
  }
}

function setBit(bits: usize, id: i32): void {
  const word = bits + (((<usize>id) >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((<u64>1) << ((<u64>id) & 63)));
}
