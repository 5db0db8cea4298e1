import { Bytes } from "../text/bytes";
import { NameTable } from "./name-table";

/** A new table has room for so many texts, and so many postings. */
const INITIAL_CAPACITY = 16;

/** A slot, one for each text: its first posting (4), its bit set (4). */
const SLOT_SIZE: usize = 8;

/** Bytes of a word of a bit set. */
const WORD: usize = 8;

/** A posting: an id (4), and the number of the next one of the same value (4). */
const POSTING_SIZE: usize = 8;

/** Ends a list of postings. */
const NONE: i32 = -1;

/** From texts to the ids that name them: an inverted index. Filled at configuration; a request only reads. */
@final
export class PostingTable {
  private readonly texts: NameTable = new NameTable();
  private slots: usize = 0;
  private capacity: i32 = 0;
  private postings: usize = 0;
  private postingCapacity: i32 = 0;
  private postingCount: i32 = 0;
  /** Words of a bit set. */
  private words: i32 = 0;

  /** Adds `id` to those of `value`, of which a copy is kept. */
  add(value: Bytes, id: i32): void {
    const known = this.texts.size;
    const text = this.texts.add(value);
    if (text == known) this.addSlot(text);
    const slot = this.slotOf(text);
    const posting = this.newPosting();
    const at = this.postings + <usize>posting * POSTING_SIZE;
    store<i32>(at, id);
    store<i32>(at, load<i32>(slot), 4);
    store<i32>(slot, posting);
  }

  /**
   * Nothing is added any more. `words`: as many as the bit sets have that are marked. A value that more ids name than that gets
   * a bit set of its own, which is marked by words in place of bits.
   */
  build(words: i32): void {
    this.words = words;
    for (let text = 0; text < this.texts.size; text++) {
      const slot = this.slotOf(text);
      if (this.count(slot) <= words) continue;
      const set = heap.alloc(<usize>words * WORD);
      memory.fill(set, 0, <usize>words * WORD);
      this.markEach(slot, set);
      store<usize>(slot, set, 4);
    }
  }

  /** Sets the bits of the ids that name `value`. `bits` has one for each id. */
  mark(value: Bytes, bits: usize): void {
    const text = this.texts.find(value);
    if (text < 0) return;
    const slot = this.slotOf(text);
    const set = load<usize>(slot, 4);
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
    for (let text = 0; text < this.texts.size; text++) {
      const set = load<usize>(this.slotOf(text), 4);
      if (set != 0) heap.free(set);
    }
    this.texts.release();
    if (this.slots != 0) heap.free(this.slots);
    if (this.postings != 0) heap.free(this.postings);
    this.slots = 0;
    this.postings = 0;
    this.capacity = 0;
    this.postingCapacity = 0;
    this.postingCount = 0;
  }

  private markEach(slot: usize, bits: usize): void {
    for (let posting = load<i32>(slot); posting != NONE;) {
      const at = this.postings + <usize>posting * POSTING_SIZE;
      setBit(bits, load<i32>(at));
      posting = load<i32>(at, 4);
    }
  }

  /** How many postings a slot has. */
  private count(slot: usize): i32 {
    let count = 0;
    for (let posting = load<i32>(slot); posting != NONE; count++)
      posting = load<i32>(this.postings + <usize>posting * POSTING_SIZE, 4);
    return count;
  }

  private slotOf(text: i32): usize {
    return this.slots + <usize>text * SLOT_SIZE;
  }

  /** The slot of a new text: without postings. */
  private addSlot(text: i32): void {
    if (text == this.capacity) {
      this.capacity = max(INITIAL_CAPACITY, this.capacity * 2);
      this.slots = grown(this.slots, <usize>text * SLOT_SIZE, <usize>this.capacity * SLOT_SIZE);
    }
    store<i32>(this.slotOf(text), NONE);
    store<usize>(this.slotOf(text), 0, 4);
  }

  private newPosting(): i32 {
    if (this.postingCount == this.postingCapacity) {
      this.postingCapacity = max(INITIAL_CAPACITY, this.postingCapacity * 2);
      const used = <usize>this.postingCount * POSTING_SIZE;
      this.postings = grown(this.postings, used, <usize>this.postingCapacity * POSTING_SIZE);
    }
    this.postingCount += 1;
    return this.postingCount - 1;
  }
}

/** A block of `size` bytes that starts with the first `used` of another one, which is freed. 0: there is none yet. */
function grown(block: usize, used: usize, size: usize): usize {
  const larger = heap.alloc(size);
  if (block == 0) return larger;
  memory.copy(larger, block, used);
  heap.free(block);
  return larger;
}

function setBit(bits: usize, id: i32): void {
  const word = bits + (((<usize>id) >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((<u64>1) << ((<u64>id) & 63)));
}
