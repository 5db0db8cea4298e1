/**
 * Cells that hostcalls write their results to. One of each is enough: a hostcall that fills them returns before the next
 * one is made, and what it wrote is read at once.
 */
export const resultPtr: usize = memory.data(4, 8);
export const resultSize: usize = memory.data(4, 8);
export const resultNumber: usize = memory.data(8, 8);
