import * as arena from "../memory/arena";
import { Bytes } from "../text/bytes";

/**
 * The ABI's encoding of lists of pairs (headers, maps, lists), all numbers 32 bits little-endian:
 *
 * ```
 *  count │ name size, value size │ … │ name 0 value 0 │ …
 *        └────── count times ────┘   └─ count times ──┘
 * ```
 */
const COUNT_SIZE: i32 = 4;
const SIZES_SIZE: i32 = 8;

/**
 * Reads an encoded list front to back:
 *
 * ```ts
 * const pairs = Pairs.read(buffer);
 * while (pairs.next()) use(pairs.name, pairs.value);
 * ```
 *
 * A truncated or otherwise wrong buffer reads as a shorter list, never as memory outside it.
 */
@unmanaged
@final
export class Pairs {
  /** Name of the current pair. The view moves with `next`; `slice` it to keep it until the callback ends. */
  name: Bytes;
  /** Value of the current pair; empty for the members of a list. Moves with `next` too. */
  value: Bytes;
  /** How many pairs there are. */
  count: i32;
  private buffer: Bytes;
  private index: i32;
  private offset: i32;

  static read(buffer: Bytes): Pairs {
    const pairs = changetype<Pairs>(arena.allocate(offsetof<Pairs>()));
    pairs.buffer = buffer;
    pairs.name = Bytes.view(buffer.ptr, 0);
    pairs.value = Bytes.view(buffer.ptr, 0);
    const count: u32 = buffer.length < COUNT_SIZE ? 0 : load<u32>(buffer.ptr);
    pairs.count = <i32>min(count, (<u32>max(0, buffer.length - COUNT_SIZE)) >> 3);
    pairs.rewind();
    return pairs;
  }

  /** Goes to the next pair; false after the last. */
  next(): bool {
    if (this.index >= this.count) return false;
    const sizes = this.buffer.ptr + <usize>(COUNT_SIZE + this.index * SIZES_SIZE);
    const nameSize = load<u32>(sizes);
    const valueSize = load<u32>(sizes, 4);
    // Each part ends with a NUL that is not counted. In 64 bits no sum can wrap.
    const end = <i64>this.offset + <i64>nameSize + 1 + <i64>valueSize + 1;
    if (end > <i64>this.buffer.length) {
      this.index = this.count;
      return false;
    }
    const start = this.buffer.ptr + <usize>this.offset;
    this.name.ptr = start;
    this.name.length = <i32>nameSize;
    this.value.ptr = start + <usize>nameSize + 1;
    this.value.length = <i32>valueSize;
    this.index += 1;
    this.offset = <i32>end;
    return true;
  }

  /** Before the first pair again. */
  rewind(): void {
    this.index = 0;
    this.offset = COUNT_SIZE + this.count * SIZES_SIZE;
  }

  /** Value of the first pair of that name; null when there is none. */
  first(name: Bytes): Bytes | null {
    this.rewind();
    while (this.next()) {
      if (this.name.equals(name)) return this.value.slice(0);
    }
    return null;
  }
}

/** Builds an encoded list, in the arena. For headers of local replies, callouts and whole header maps. */
@unmanaged
@final
export class PairList {
  /** How many pairs there are. */
  count: i32;
  private entries: usize;
  private capacity: i32;
  private payload: i32;

  static create(capacity: i32 = 8): PairList {
    const list = changetype<PairList>(arena.allocate(offsetof<PairList>()));
    list.count = 0;
    list.payload = 0;
    list.capacity = capacity;
    list.entries = arena.allocate(<usize>capacity * ENTRY_SIZE);
    return list;
  }

  add(name: string, value: string): PairList {
    return this.addBytes(Bytes.of(name), Bytes.of(value));
  }

  /** Neither is copied before `encode`. */
  addBytes(name: Bytes, value: Bytes): PairList {
    if (this.count == this.capacity) this.grow();
    const entry = this.entries + <usize>this.count * ENTRY_SIZE;
    store<usize>(entry, name.ptr);
    store<i32>(entry, name.length, 4);
    store<usize>(entry, value.ptr, 8);
    store<i32>(entry, value.length, 12);
    this.count += 1;
    this.payload += name.length + value.length + 2;
    return this;
  }

  /** Whether there is a pair of that name, in whatever case. */
  has(name: Bytes): bool {
    for (let i = 0; i < this.count; i++) {
      const entry = this.entries + <usize>i * ENTRY_SIZE;
      if (name.equalsIgnoreCase(Bytes.view(load<usize>(entry), load<i32>(entry, 4)))) return true;
    }
    return false;
  }

  /** A list with the same pairs, and room for `more` of them. */
  copy(more: i32): PairList {
    const list = PairList.create(this.count + more);
    memory.copy(list.entries, this.entries, <usize>this.count * ENTRY_SIZE);
    list.count = this.count;
    list.payload = this.payload;
    return list;
  }

  encode(): Bytes {
    const length = COUNT_SIZE + this.count * SIZES_SIZE + this.payload;
    const start = arena.allocate(<usize>length);
    store<u32>(start, this.count);
    let sizes = start + <usize>COUNT_SIZE;
    let data = sizes + <usize>(this.count * SIZES_SIZE);
    for (let i = 0; i < this.count; i++) {
      const entry = this.entries + <usize>i * ENTRY_SIZE;
      store<u32>(sizes, load<i32>(entry, 4));
      store<u32>(sizes, load<i32>(entry, 12), 4);
      sizes += <usize>SIZES_SIZE;
      data = copyWithNul(data, load<usize>(entry), load<i32>(entry, 4));
      data = copyWithNul(data, load<usize>(entry, 8), load<i32>(entry, 12));
    }
    return Bytes.view(start, length);
  }

  private grow(): void {
    const entries = arena.allocate(<usize>this.capacity * 2 * ENTRY_SIZE);
    memory.copy(entries, this.entries, <usize>this.count * ENTRY_SIZE);
    this.entries = entries;
    this.capacity *= 2;
  }
}

/** Name pointer and length, value pointer and length. */
const ENTRY_SIZE: usize = 16;

function copyWithNul(target: usize, source: usize, length: i32): usize {
  memory.copy(target, source, <usize>length);
  store<u8>(target + <usize>length, 0);
  return target + <usize>length + 1;
}
