/**
 * When the garbage collector runs: between callbacks, never inside of one. The compiler's `minimal` runtime leaves that to
 * the program, and in return no function keeps track of the objects that it holds, which costs time in every call and a
 * third of a module's size.
 *
 * It does not say how much garbage there is. So it is collected every so many callbacks; when memory had to grow in between
 * that was too seldom, and from then on it is done twice as often. Memory stays flat once an interval's garbage fits.
 */
const FIRST_INTERVAL: i32 = 4096;

let interval: i32 = FIRST_INTERVAL;
let remaining: i32 = FIRST_INTERVAL;
let pages: i32 = memory.size();

/** The outermost callback ends: nothing on the stack refers to an object any more. */
export function callbackEnded(): void {
  remaining -= 1;
  if (remaining == 0) collect();
}

/** Collects at the end of this callback: for what leaves much behind and is seldom, such as reading a configuration. */
export function collectSoon(): void {
  remaining = 1;
  // That memory grows meanwhile says nothing about the interval.
  pages = i32.MAX_VALUE;
}

function collect(): void {
  __collect();
  if (memory.size() > pages) interval = max(1, interval >> 1);
  pages = memory.size();
  remaining = interval;
}
