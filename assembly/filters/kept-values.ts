import { Bytes } from "../sdk";

/** A stream that once had more than this gives the memory back when it ends. */
const KEPT_CAPACITY = 1024;
const HEAD_SIZE = 4;
/** Length of a value that there is not. */
const ABSENT = -1;

/** Values that outlive the callback that made them, to be read in the order in which they were put. */
@final
export class KeptValues {
  /** Each value: length (4, little-endian), bytes. */
  private memory: StaticArray<u8> = new StaticArray<u8>(0);
  private length: i32 = 0;
  private offset: i32 = 0;

  /** Keeps a copy of `value`; null: that there is none. */
  put(value: Bytes | null): void {
    const size = value === null ? 0 : value.length;
    this.reserve(HEAD_SIZE + size);
    const at = changetype<usize>(this.memory) + <usize>this.length;
    store<i32>(at, value === null ? ABSENT : size);
    if (value !== null) memory.copy(at + HEAD_SIZE, value.ptr, <usize>size);
    this.length += HEAD_SIZE + size;
  }

  /** Whether there are values that `next` has not given. */
  get hasNext(): bool {
    return this.offset + HEAD_SIZE <= this.length;
  }

  /** The next value, as it was put; null after the last, too. Valid until `clear`. */
  next(): Bytes | null {
    if (!this.hasNext) return null;
    const at = changetype<usize>(this.memory) + <usize>this.offset;
    const size = load<i32>(at);
    this.offset += HEAD_SIZE + max(size, 0);
    return size == ABSENT ? null : Bytes.view(at + HEAD_SIZE, size);
  }

  /** Starts again with the first value. */
  rewind(): void {
    this.offset = 0;
  }

  clear(): void {
    this.length = 0;
    this.offset = 0;
    if (this.memory.length > KEPT_CAPACITY) this.memory = new StaticArray<u8>(0);
  }

  private reserve(size: i32): void {
    if (size <= this.memory.length - this.length) return;
    const larger = new StaticArray<u8>(max(this.length + size, max(2 * this.memory.length, 64)));
    memory.copy(changetype<usize>(larger), changetype<usize>(this.memory), <usize>this.length);
    this.memory = larger;
  }
}
