import * as arena from "../memory/arena";
import * as ascii from "./ascii";
import { Bytes } from "./bytes";

/** Longest decimal of 64 bits: 20 digits, or 19 digits and a sign. */
const MAX_DECIMAL_LENGTH = 20;

/** UTF-8 needs at most three bytes for one UTF-16 code unit. */
const MAX_UTF8_PER_UNIT = 3;

/** Builds a text of unknown length in the arena. Like all that lives there it ends with the callback. */
@unmanaged
@final
export class ByteWriter {
  /** How many bytes were written so far. */
  length: i32;
  private capacity: i32;
  private ptr: usize;

  /** A writer with room for `capacity` bytes; it grows as needed. */
  static create(capacity: i32 = 128): ByteWriter {
    const writer = changetype<ByteWriter>(arena.allocate(offsetof<ByteWriter>()));
    writer.length = 0;
    writer.capacity = capacity;
    writer.ptr = arena.allocate(<usize>capacity);
    return writer;
  }

  put(byte: u8): void {
    store<u8>(this.reserve(1), byte);
    this.length += 1;
  }

  bytes(bytes: Bytes): void {
    memory.copy(this.reserve(bytes.length), bytes.ptr, <usize>bytes.length);
    this.length += bytes.length;
  }

  /** `text` in UTF-8. */
  text(text: string): void {
    const target = this.reserve(text.length * MAX_UTF8_PER_UNIT);
    this.length += <i32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, target);
  }

  /** `value` in decimal. */
  i64(value: i64): void {
    if (value < 0) this.put(ascii.MINUS);
    // The magnitude of the smallest i64 does not fit into an i64, but is right when read as u64.
    this.u64(<u64>(value < 0 ? -value : value));
  }

  /** `value` in decimal. */
  u64(value: u64): void {
    const size = decimalLength(value);
    let at = this.reserve(MAX_DECIMAL_LENGTH) + <usize>size;
    this.length += size;
    do {
      at -= 1;
      store<u8>(at, <u8>(ascii.ZERO + <u32>(value % 10)));
      value /= 10;
    } while (value != 0);
  }

  /** `value` as four bytes, the lowest first. */
  u32le(value: u32): void {
    store<u32>(this.reserve(4), value);
    this.length += 4;
  }

  /** Makes room for `size` bytes at the end; answers where they start. They must be stored before anything else is written. */
  extend(size: i32): usize {
    const start = this.reserve(size);
    this.length += size;
    return start;
  }

  /** Makes room for `size` bytes in front of what was written since `length` was `offset`; answers where they start. */
  insert(offset: i32, size: i32): usize {
    const end = this.length;
    this.extend(size);
    const start = this.ptr + <usize>offset;
    memory.copy(start + <usize>size, start, <usize>(end - offset));
    return start;
  }

  /** What was written so far. Writing on does not change it. */
  finish(): Bytes {
    return Bytes.view(this.ptr, this.length);
  }

  /** Makes room for `size` more bytes and answers where they start. */
  private reserve(size: i32): usize {
    if (size > this.capacity - this.length) this.grow(size);
    return this.ptr + <usize>this.length;
  }

  private grow(size: i32): void {
    this.capacity = max(this.capacity * 2, this.length + size);
    const target = arena.allocate(<usize>this.capacity);
    memory.copy(target, this.ptr, <usize>this.length);
    this.ptr = target;
  }
}

function decimalLength(value: u64): i32 {
  let length = 1;
  while (value >= 10) {
    value /= 10;
    length += 1;
  }
  return length;
}
