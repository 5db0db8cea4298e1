/** What the tests in `host-tests/regex` call: one expression and one rewrite at a time. Never shipped. */
import "../abi/abort";
import * as arena from "../memory/arena";
import { Regex } from "../regex/regex";
import { RegexRewrite } from "../regex/rewrite";
import { Bytes } from "../text/bytes";

let regex: Regex | null = null;
let rewrite: RegexRewrite | null = null;

export function allocate(size: i32): usize {
  return arena.allocate(<usize>size);
}

export function reset(): void {
  arena.reset();
}

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

/** Compiles a pattern in UTF-8 and releases the one before; whether it is good. */
export function compile(ptr: usize, length: i32, ignoreCase: bool): bool {
  const previous = regex;
  if (previous !== null) previous.release();
  regex = Regex.compile(String.UTF8.decodeUnsafe(ptr, <usize>length), ignoreCase);
  return regex !== null;
}

export function problem(): Bytes {
  return Bytes.of(Regex.problem);
}

export function groups(): i32 {
  const current = regex;
  return current === null ? -1 : current.groups;
}

export function matches(ptr: usize, length: i32): bool {
  const current = regex;
  return current !== null && current.matches(Bytes.view(ptr, length));
}

export function search(ptr: usize, length: i32, from: i32): bool {
  const current = regex;
  return current !== null && current.search(Bytes.view(ptr, length), from);
}

export function fullCapture(ptr: usize, length: i32): bool {
  const current = regex;
  return current !== null && current.fullCapture(Bytes.view(ptr, length));
}

export function captureStart(group: i32): i32 {
  const current = regex;
  return current === null ? -1 : current.captureStart(group);
}

export function captureEnd(group: i32): i32 {
  const current = regex;
  return current === null ? -1 : current.captureEnd(group);
}

/** Prepares the rewrite for `replaceAll`; 0, or why it is refused. */
export function setRewrite(ptr: usize, length: i32): Bytes | null {
  const previous = rewrite;
  if (previous !== null) previous.release();
  rewrite = null;
  const current = regex;
  if (current === null) return null;
  rewrite = RegexRewrite.parse(String.UTF8.decodeUnsafe(ptr, <usize>length), current);
  return rewrite === null ? Bytes.of(RegexRewrite.problem) : null;
}

export function replaceAll(ptr: usize, length: i32): Bytes | null {
  const current = rewrite;
  return current === null ? null : current.replaceAll(Bytes.view(ptr, length));
}

export function groupNamed(ptr: usize, length: i32): i32 {
  const current = regex;
  return current === null ? -1 : current.groupNamed(String.UTF8.decodeUnsafe(ptr, <usize>length));
}
