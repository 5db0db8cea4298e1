/**
 * Memory that matchers share, because only one of them runs at a time: as much as the largest program that was compiled
 * needs. It grows when a pattern is compiled, never while one is matched.
 */
let block: usize = 0;
let size: usize = 0;

/** Address of the memory. */
export function scratch(): usize {
  return block;
}

/** Makes sure that there are `needed` bytes. */
export function reserveScratch(needed: usize): void {
  if (needed <= size) return;
  if (block != 0) heap.free(block);
  block = heap.alloc(needed);
  size = needed;
}
