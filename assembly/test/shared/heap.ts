/** What tests of memory call in the modules that export it. Never shipped. */

/** Where the next small block of the heap would be: moves when something was allocated and kept. */
export function heapMark(): usize {
  const block = heap.alloc(16);
  heap.free(block);
  return block;
}

/** Frees objects that nothing refers to any more; modules run this between configurations. */
export function collect(): void {
  __collect();
}
