const INITIAL_CAPACITY: i32 = 64;

/**
 * A growing list of 32-bit words on the heap, for compiling. Reading outside answers 0, writing outside does nothing.
 *
 * The compiler keeps a few of them for all patterns, so compiling the next one allocates only when it is larger.
 */
@final
export class U32List {
  /** How many words there are. */
  length: i32 = 0;
  private capacity: i32 = INITIAL_CAPACITY;
  private ptr: usize = heap.alloc((<usize>INITIAL_CAPACITY) << 2);

  get(index: i32): u32 {
    return <u32>index < <u32>this.length ? load<u32>(this.ptr + ((<usize>index) << 2)) : 0;
  }

  set(index: i32, value: u32): void {
    if (<u32>index < <u32>this.length) store<u32>(this.ptr + ((<usize>index) << 2), value);
  }

  push(value: u32): void {
    this.reserve(1);
    store<u32>(this.ptr + ((<usize>this.length) << 2), value);
    this.length += 1;
  }

  /** Appends `count` of its own words, from `start` on. */
  repeat(start: i32, count: i32): void {
    if (start < 0 || count <= 0 || start + count > this.length) return;
    this.reserve(count);
    memory.copy(this.at(this.length), this.at(start), (<usize>count) << 2);
    this.length += count;
  }

  /** Makes room for `count` words before the one at `index`; what is in there is for the caller to set. */
  insert(index: i32, count: i32): void {
    if (index < 0 || index > this.length || count <= 0) return;
    this.reserve(count);
    memory.copy(this.at(index + count), this.at(index), (<usize>(this.length - index)) << 2);
    this.length += count;
  }

  /** Forgets the words from `length` on. */
  truncate(length: i32): void {
    if (length >= 0 && length < this.length) this.length = length;
  }

  /** Copies `count` words from `start` on to `target`. */
  copyTo(target: usize, start: i32, count: i32): void {
    if (start < 0 || count <= 0 || start + count > this.length) return;
    memory.copy(target, this.at(start), (<usize>count) << 2);
  }

  private at(index: i32): usize {
    return this.ptr + ((<usize>index) << 2);
  }

  private reserve(count: i32): void {
    const needed = this.length + count;
    if (needed <= this.capacity) return;
    this.capacity = max(needed, this.capacity * 2);
    this.ptr = heap.realloc(this.ptr, (<usize>this.capacity) << 2);
  }
}
