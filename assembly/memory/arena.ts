import { callbackEnded } from "./collector";

/**
 * The arena: memory that lives until the running callback returns.
 *
 * The host asks for memory whenever it hands something over (a header value, a body, a property), and filter code needs
 * scratch space. Both come from here by moving a pointer, and all of it is given back at once when the outermost callback
 * ends. The garbage collector never sees any of it.
 *
 * ```
 *  first chunk                                        further chunks and large blocks, freed on reset
 *  ├────────── used ──────────┼──────── free ───────┤       ┌──────┐    ┌──────┐
 *  base                       top                 limit     │ next ├───▶│ next ├──▶ 0
 * ```
 *
 * Two plugins that share a VM can nest: a hostcall of one (a local reply, a resumed stream) may enter the other before it
 * returns. So entries are counted, and only the outermost one resets.
 */

/** Bytes of a chunk. The first is kept for ever, and has room for the headers of any usual request. */
const CHUNK_SIZE: usize = 64 * 1024;

/** What is larger than this gets a block of its own, so that one body does not fill a chunk. */
const LARGE_SIZE: usize = CHUNK_SIZE / 4;

/** Size of the link before each chunk and block but the first; keeps what follows aligned to 16 bytes. */
const LINK_SIZE: usize = 16;

const ALIGN_MASK: usize = 7;

const base: usize = heap.alloc(CHUNK_SIZE);
let top: usize = base;
let limit: usize = base + CHUNK_SIZE;
let blocks: usize = 0;
let depth: i32 = 0;

/** `size` bytes, aligned to 8, not cleared, valid until the outermost callback returns. */
export function allocate(size: usize): usize {
  if (size > LARGE_SIZE) return allocateBlock(size);
  const rounded = (size + ALIGN_MASK) & ~ALIGN_MASK;
  if (rounded > limit - top) {
    top = allocateBlock(CHUNK_SIZE);
    limit = top + CHUNK_SIZE;
  }
  const start = top;
  top += rounded;
  return start;
}

function allocateBlock(size: usize): usize {
  // A size close to 4 GiB must not wrap around to a small one; this one no heap has, so the VM ends.
  const block = heap.alloc(size > usize.MAX_VALUE - LINK_SIZE ? usize.MAX_VALUE : LINK_SIZE + size);
  store<usize>(block, blocks);
  blocks = block;
  return block + LINK_SIZE;
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
  limit = base + CHUNK_SIZE;
  while (blocks != 0) {
    const next = load<usize>(blocks);
    heap.free(blocks);
    blocks = next;
  }
}
