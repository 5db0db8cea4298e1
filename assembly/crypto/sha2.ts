/** The longest block of the family, in bytes. */
export const MAX_BLOCK: i32 = 128;

/**
 * A hash function of the SHA-2 family (FIPS 180-4) over a message that comes in pieces: `reset` or `restore`, `update` for
 * each piece, `finish`. An instance is made once and used again and again.
 */
export abstract class Sha2 {
  /** Bytes of the chaining value: eight words. A block has sixteen. */
  readonly stateSize: usize;
  /** The chaining value. */
  protected readonly state: usize;
  /** The bytes of a block that is not full yet. */
  private readonly block: usize;
  /** Bytes of the message so far. */
  private length: u64 = 0;

  /**
   * @param start the initial hash value, in memory
   * @param blockSize bytes of a block, a power of two
   * @param digestLength bytes of a digest
   */
  protected constructor(
    private readonly start: usize,
    readonly blockSize: usize,
    readonly digestLength: i32,
  ) {
    this.stateSize = blockSize / 2;
    this.state = heap.alloc(this.stateSize + blockSize);
    this.block = this.state + this.stateSize;
    this.reset();
  }

  /** Takes the blocks from `at` up to `end` into the chaining value. */
  protected abstract compress(at: usize, end: usize): void;

  /** Writes the chaining value as a digest. */
  protected abstract writeDigest(out: usize): void;

  /** Begins a new message. */
  reset(): void {
    this.restore(this.start, 0);
  }

  /** Writes the chaining value, `stateSize` bytes, to continue from later. To be called between whole blocks. */
  save(to: usize): void {
    memory.copy(to, this.state, this.stateSize);
  }

  /** Continues where `save` was called, `length` bytes into a message. */
  restore(from: usize, length: u64): void {
    memory.copy(this.state, from, this.stateSize);
    this.length = length;
  }

  /** The next `length` bytes of the message; not negative. */
  update(ptr: usize, length: i32): void {
    const end = ptr + <usize>length;
    const pending = this.pending();
    this.length += length;
    if (pending > 0) {
      const missing = this.blockSize - pending;
      if (<usize>length < missing) {
        memory.copy(this.block + pending, ptr, <usize>length);
        return;
      }
      memory.copy(this.block + pending, ptr, missing);
      this.compress(this.block, this.block + this.blockSize);
      ptr += missing;
    }
    const rest = (end - ptr) & (this.blockSize - 1);
    this.compress(ptr, end - rest);
    memory.copy(this.block, end - rest, rest);
  }

  /** Ends the message and writes its digest, `digestLength` bytes. Then comes `reset` or `restore`. */
  finish(out: usize): void {
    this.pad();
    this.writeDigest(out);
  }

  /** Bytes that wait for their block to be full. */
  private pending(): usize {
    return (<usize>this.length) & (this.blockSize - 1);
  }

  /** A one bit, zeros, and the length in bits as the last two words of a block (FIPS 180-4 §5.1). */
  private pad(): void {
    const end = this.block + this.blockSize;
    let at = this.block + this.pending();
    store<u8>(at, 0x80);
    at += 1;
    if (at > end - this.blockSize / 8) {
      memory.fill(at, 0, end - at);
      this.compress(this.block, end);
      at = this.block;
    }
    memory.fill(at, 0, end - at);
    // No message is so long that its length needs the upper half of SHA-512's 128 bits.
    store<u64>(end - 8, bswap(this.length << 3));
    this.compress(this.block, end);
  }
}
