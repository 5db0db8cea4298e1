/** What the tests in `host-tests/regex` call: one expression and one rewrite at a time. Never shipped. */
import "../abi/abort";
import { Flag } from "../regex/flags";
import { Parser } from "../regex/parser";
import { reservePike, runPike, SLOT_SIZE, UNSET } from "../regex/pike-vm";
import { Program } from "../regex/program";
import { Regex } from "../regex/regex";
import { RegexRewrite } from "../regex/rewrite";
import { Bytes } from "../text/bytes";

export { allocate, reset } from "../memory/arena";
export { collect, heapMark } from "./shared/heap";

let regex: Regex | null = null;
let rewrite: RegexRewrite | null = null;

/** The same pattern once more, for the engine that `Regex` keeps for long texts. */
let program: Program | null = null;
let slots: usize = 0;
const parser = new Parser();

/** Compiles a pattern in UTF-8 and releases the one before; whether it is good. */
export function compile(ptr: usize, length: i32, ignoreCase: bool): bool {
  const previous = regex;
  if (previous !== null) previous.release();
  const pattern = String.UTF8.decodeUnsafe(ptr, <usize>length);
  regex = Regex.compile(pattern, ignoreCase);
  compileAgain(pattern, ignoreCase);
  return regex !== null;
}

function compileAgain(pattern: string, ignoreCase: bool): void {
  const previous = program;
  if (previous !== null) {
    previous.release();
    heap.free(slots);
  }
  program = null;
  if (!parser.parse(pattern, ignoreCase ? Flag.IGNORE_CASE : 0)) return;
  const current = new Program(parser.code, parser.groups);
  reservePike(current);
  slots = heap.alloc(current.captureSize);
  program = current;
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

/** As `search`, or with `whole` as `fullCapture`, by following all ways at once; its captures are those of `slot`. */
export function followThreads(ptr: usize, length: i32, from: i32, whole: bool): bool {
  const current = program;
  return current !== null && runPike(current, Bytes.view(ptr, length), from, whole, slots);
}

export function slot(index: i32): i32 {
  const current = program;
  if (current === null || index < 0 || <usize>index * SLOT_SIZE >= current.captureSize) return UNSET;
  return load<i32>(slots + <usize>index * SLOT_SIZE);
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
