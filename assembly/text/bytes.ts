import * as arena from "../memory/arena";
import { isBlank } from "./ascii";
import { toWellFormed } from "./utf8";

/** The lowest and the highest bit of each of eight bytes. */
const LOW_BITS: u64 = 0x0101010101010101;
const HIGH_BITS: u64 = 0x8080808080808080;

/**
 * A view of bytes: where they start and how many they are. The bytes themselves belong to somebody else: the arena (gone
 * when the callback ends), the heap (`persist`), or the module's own constants.
 *
 * `null` means absent; a view of length 0 means present and empty. No operation traps: reading outside answers 0, and a
 * slice is clamped to what there is.
 */
@unmanaged
@final
export class Bytes {
  /** Address of the first byte. */
  ptr: usize;
  /** How many bytes there are; never negative. */
  length: i32;

  /** A view of `length` bytes at `ptr`. The view itself lives in the arena. */
  static view(ptr: usize, length: i32): Bytes {
    const view = changetype<Bytes>(arena.allocate(offsetof<Bytes>()));
    view.ptr = ptr;
    view.length = length;
    return view;
  }

  /** `text` in UTF-8, in the arena. */
  static of(text: string): Bytes {
    const length = String.UTF8.byteLength(text);
    const ptr = arena.allocate(<usize>length);
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, ptr);
    return Bytes.view(ptr, length);
  }

  /** `text` in UTF-8, kept for ever. For constants at the top of a module. */
  static constant(text: string): Bytes {
    const length = String.UTF8.byteLength(text);
    const owned = Bytes.allocateOwned(length);
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, owned.ptr);
    return owned;
  }

  /** A copy in the arena, which no longer depends on who owns these bytes. */
  copy(): Bytes {
    const ptr = arena.allocate(<usize>this.length);
    memory.copy(ptr, this.ptr, <usize>this.length);
    return Bytes.view(ptr, this.length);
  }

  /** A copy on the heap, which outlives the callback. Give it back with `release`. */
  persist(): Bytes {
    const owned = Bytes.allocateOwned(this.length);
    memory.copy(owned.ptr, this.ptr, <usize>this.length);
    return owned;
  }

  /** Frees what `persist` made. The view must not be used afterwards. */
  release(): void {
    heap.free(changetype<usize>(this));
  }

  // One heap block: the view, then its bytes.
  private static allocateOwned(length: i32): Bytes {
    const block = heap.alloc(offsetof<Bytes>() + <usize>length);
    const owned = changetype<Bytes>(block);
    owned.ptr = block + offsetof<Bytes>();
    owned.length = length;
    return owned;
  }

  /** The byte at `index`; 0 outside. */
  at(index: i32): u8 {
    return <u32>index < <u32>this.length ? load<u8>(this.ptr + <usize>index) : 0;
  }

  @operator("[]")
  private __get(index: i32): u8 {
    return this.at(index);
  }

  /** The bytes from `start` up to, not including, `end`; both clamped to what there is. Shares the memory. */
  slice(start: i32, end: i32 = i32.MAX_VALUE): Bytes {
    const to = max(0, min(end, this.length));
    const from = max(0, min(start, to));
    return Bytes.view(this.ptr + <usize>from, to - from);
  }

  equals(other: Bytes): bool {
    return this.length == other.length && equalAt(this.ptr, other.ptr, <usize>this.length);
  }

  startsWith(prefix: Bytes): bool {
    return this.length >= prefix.length && equalAt(this.ptr, prefix.ptr, <usize>prefix.length);
  }

  endsWith(suffix: Bytes): bool {
    const from = this.length - suffix.length;
    return from >= 0 && equalAt(this.ptr + <usize>from, suffix.ptr, <usize>suffix.length);
  }

  isOneOf(others: Bytes[]): bool {
    for (let i = 0; i < others.length; i++) {
      if (unchecked(others[i]).equals(this)) return true;
    }
    return false;
  }

  /** Compares A-Z and a-z as equal; every other byte as it is. */
  equalsIgnoreCase(other: Bytes): bool {
    return this.length == other.length && this.startsWithIgnoreCase(other);
  }

  /** Compares A-Z and a-z as equal; every other byte as it is. */
  startsWithIgnoreCase(prefix: Bytes): bool {
    if (this.length < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) {
      if (lower(load<u8>(this.ptr + <usize>i)) != lower(load<u8>(prefix.ptr + <usize>i))) return false;
    }
    return true;
  }

  /** Index of the first `byte` at or after `from`; -1 when there is none. */
  indexOf(byte: u8, from: i32 = 0): i32 {
    const index = findByte(this.ptr, byte, max(0, from), this.length);
    return index < this.length ? index : -1;
  }

  /** Index of the last `byte`; -1 when there is none. */
  lastIndexOf(byte: u8): i32 {
    for (let i = this.length - 1; i >= 0; i--) {
      if (load<u8>(this.ptr + <usize>i) == byte) return i;
    }
    return -1;
  }

  /** Without leading and trailing spaces and tabs (OWS of RFC 9110 §5.6.3). */
  trim(): Bytes {
    let start = 0;
    let end = this.length;
    while (start < end && isBlank(load<u8>(this.ptr + <usize>start))) start++;
    while (end > start && isBlank(load<u8>(this.ptr + <usize>(end - 1)))) end--;
    return this.slice(start, end);
  }

  /** The bytes read as UTF-8; each byte that is part of no character becomes U+FFFD. Allocates a String. */
  toString(): string {
    // AssemblyScript's decoder takes overlong forms for characters and stops at a character that is cut off.
    const text = toWellFormed(this);
    return String.UTF8.decodeUnsafe(text.ptr, <usize>text.length);
  }
}

/** No bytes: what a field has until it is set, and what is absent where that makes no difference. */
export const EMPTY = Bytes.constant("");

/** What is absent as empty. */
export function orEmpty(bytes: Bytes | null): Bytes {
  return bytes === null ? EMPTY : bytes;
}

/** Whether so many bytes are the same. `memory.compare` goes byte by byte unless both are aligned alike; tokens never are. */
function equalAt(left: usize, right: usize, length: usize): bool {
  const end = left + length;
  const wordsEnd = left + (length & ~7);
  for (; left < wordsEnd; left += 8, right += 8) {
    if (load<u64>(left) != load<u64>(right)) return false;
  }
  for (; left < end; left++, right++) {
    if (load<u8>(left) != load<u8>(right)) return false;
  }
  return true;
}

/** `byte` with A-Z mapped to a-z. */
export function lower(byte: u8): u8 {
  return <u32>byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Index of the first `byte` behind `ptr`, at or after `from` and before `end`; `end` when there is none. */
export function findByte(ptr: usize, byte: u8, from: i32, end: i32): i32 {
  const limit = ptr + <usize>end;
  let at = ptr + <usize>from;
  // Eight bytes at a time: a difference has a zero byte where `byte` is, and subtracting 1 sets the top bit of that first.
  const pattern = <u64>byte * LOW_BITS;
  for (; at + 8 <= limit; at += 8) {
    const difference = load<u64>(at) ^ pattern;
    const found = (difference - LOW_BITS) & ~difference & HIGH_BITS;
    if (found != 0) return <i32>(at - ptr) + <i32>(ctz(found) >> 3);
  }
  for (; at < limit; at++) {
    if (load<u8>(at) == byte) return <i32>(at - ptr);
  }
  return end;
}
