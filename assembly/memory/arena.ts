import { callbackEnded } from "./collector";

/**
 * The arena: memory that lives until the running callback returns.
 *
 * The host asks for memory whenever it hands something over (a header value, a body, a property), and filter code needs
 * scratch space. Both come from here by moving a pointer, and all of it is given back at once when the outermost callback
 * ends. The garbage collector never sees any of it.
 *
 * ```
 *  chunk                                                     large blocks, freed on reset
 *  ├────────── used ──────────┼──────── free ────────┤       ┌──────┐    ┌──────┐
 *  base                       top                  limit     │ next ├───▶│ next ├──▶ 0
 * ```
 *
 * Two plugins that share a VM can nest: a hostcall of one (a local reply, a resumed stream) may enter the other before it
 * returns. So entries are counted, and only the outermost one resets.
 */

/** Bytes of the one chunk that is kept for ever. Larger than the headers of any usual request. */
const CHUNK_SIZE: usize = 64 * 1024;

/** A request for more than this goes to the heap, so that one body does not push everything else out of the chunk. */
const LARGE_SIZE: usize = CHUNK_SIZE / 4;

/** Size of the link that stands before each large block; keeps the block's contents aligned to 16 bytes. */
const LARGE_HEADER: usize = 16;

const ALIGN_MASK: usize = 7;

const base: usize = heap.alloc(CHUNK_SIZE);
const limit: usize = base + CHUNK_SIZE;
let top: usize = base;
let large: usize = 0;
let depth: i32 = 0;

/** `size` bytes, aligned to 8, not cleared, valid until the outermost callback returns. */
export function allocate(size: usize): usize {
  const start = top;
  // Compared before it is rounded: a size close to 4 GiB must not wrap around to a small one.
  if (size <= LARGE_SIZE) {
    const end = (start + size + ALIGN_MASK) & ~ALIGN_MASK;
    if (end <= limit) {
      top = end;
      return start;
    }
  }
  return allocateLarge(size);
}

function allocateLarge(size: usize): usize {
  const block = heap.alloc(LARGE_HEADER + size);
  store<usize>(block, large);
  large = block;
  return block + LARGE_HEADER;
}

/** Marks the start of a callback. Each `enter` has its `leave`. */
export function enter(): void {
  depth += 1;
}

/** Marks the end of a callback; the outermost one gives everything back. */
export function leave(): void {
  depth -= 1;
  if (depth > 0) return;
  reset();
  callbackEnded();
}

/** Gives everything back. Only for code that no callback surrounds, such as tests of pure code. */
export function reset(): void {
  top = base;
  while (large != 0) {
    const next = load<usize>(large);
    heap.free(large);
    large = next;
  }
}
