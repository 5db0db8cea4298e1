import { Bytes } from "../text/bytes";
import { conditionsAt } from "./conditions";
import { addEffort } from "./effort";
import { Op } from "./instruction";
import { Program } from "./program";
import { reserveScratch, scratch } from "./scratch";

/** In a slot: no position. */
export const UNSET: i32 = -1;

/** Bytes of a slot, which is a position in the text. */
export const SLOT_SIZE: usize = 4;

/** Bytes of an entry of the stack: what is still to be followed, or the slot and the position to put back into it. */
const ENTRY_SIZE: usize = 8;

/** In an entry, with a slot instead of an instruction. */
const RESTORE: u32 = 0x80000000;

// A list of threads, in the order in which backtracking would come to them: the place of each instruction (`sparse`), the
// instruction at each place, and then the captures at each place. Which of two lists is the current one changes with each
// byte. One match runs at a time, so all of this is here and not in an object.
let length: usize = 0;
let captureSize: usize = 0;
let textStart: usize = 0;
let textEnd: usize = 0;
let working: usize = 0;
let stack: usize = 0;
let current: usize = 0;
let currentCount: i32 = 0;
let next: usize = 0;
let nextCount: i32 = 0;

/** Makes room for `runPike` with this program. */
export function reservePike(program: Program): void {
  const captures = program.captureSize;
  // An instruction is followed once, and leaves one entry on the stack at most.
  const entries = <usize>(program.length + 1);
  reserveScratch(captures + entries * ENTRY_SIZE + 2 * listSize(program));
}

function listSize(program: Program): usize {
  return <usize>program.length * (8 + program.captureSize);
}

/**
 * Runs a program on all ways at once (Pike's algorithm). Time: instructions times bytes at most, whatever pattern and text.
 *
 * Looks for the match that begins first, from `from` on, and of those for the one that backtracking would find first;
 * `whole`: for one that begins at `from` and ends with the text. `captures`: where its slots go.
 */
export function runPike(program: Program, text: Bytes, from: i32, whole: bool, captures: usize): bool {
  begin(program, text);
  const once = whole || program.isAnchored;
  let matched = false;
  let threads: u64 = 0;
  for (let position = from; position <= text.length; position++) {
    if (!matched && (position == from || !once)) {
      memory.fill(working, 0xff, captureSize);
      store<i32>(working, position);
      nextCount = currentCount;
      follow(program, current, 0, position);
      currentCount = nextCount;
    }
    if (currentCount == 0 && (matched || once)) break;
    threads += <u64>currentCount + 1;
    if (step(program, position, whole, captures)) matched = true;
    const stepped = next;
    next = current;
    current = stepped;
    currentCount = nextCount;
  }
  addEffort(threads);
  return matched;
}

function begin(program: Program, text: Bytes): void {
  length = <usize>program.length;
  captureSize = program.captureSize;
  textStart = text.ptr;
  textEnd = text.ptr + <usize>text.length;
  working = scratch();
  stack = working + captureSize;
  current = stack + (length + 1) * ENTRY_SIZE;
  next = current + listSize(program);
  currentCount = 0;
}

/** Takes the threads of the current list over one byte to the next list. A match ends it: what comes after is worse. */
function step(program: Program, position: i32, whole: bool, captures: usize): bool {
  const at = textStart + <usize>position;
  const byte: i32 = at < textEnd ? load<u8>(at) : -1;
  nextCount = 0;
  for (let i = 0; i < currentCount; i++) {
    const pc = load<i32>(denseOf(current) + ((<usize>i) << 2));
    const op = program.op(pc);
    if (op == Op.Match && (!whole || at == textEnd)) {
      memory.copy(captures, capturesAt(current, i), captureSize);
      store<i32>(captures, position, SLOT_SIZE);
      return true;
    }
    if (op != Op.Byte || byte < 0) continue;
    const target = program.targetOf(pc, byte);
    if (target < 0) continue;
    memory.copy(working, capturesAt(current, i), captureSize);
    follow(program, next, target, position + 1);
  }
  return false;
}

/** Adds the instruction at `pc`, and those that it leads to without reading a byte, to a list that has `nextCount`. */
function follow(program: Program, list: usize, pc: i32, position: i32): void {
  const conditions = conditionsAt(textStart + <usize>position, textStart, textEnd);
  let top = stack;
  store<i32>(top, pc);
  top += ENTRY_SIZE;
  while (top > stack) {
    top -= ENTRY_SIZE;
    const entry = load<u32>(top);
    if (entry >= RESTORE) store<i32>(slotAt(working, <i32>(entry & ~RESTORE)), load<i32>(top, 4));
    else top = followOne(program, list, <i32>entry, position, conditions, top);
  }
}

/** Follows one instruction to the end of its first way; the others are left on the stack, whose end it answers. */
function followOne(program: Program, list: usize, pc: i32, position: i32, conditions: u32, top: usize): usize {
  while (add(list, pc)) {
    const x = program.x(pc);
    switch (program.op(pc)) {
      case Op.Split:
        store<i32>(top, x);
        top += ENTRY_SIZE;
        pc += 1;
        break;
      case Op.SplitFar:
        store<i32>(top, pc + 1);
        top += ENTRY_SIZE;
        pc = x;
        break;
      case Op.Jump:
        pc = x;
        break;
      case Op.Capture:
        store<u32>(top, (<u32>x) | RESTORE);
        store<i32>(top, load<i32>(slotAt(working, x)), 4);
        top += ENTRY_SIZE;
        store<i32>(slotAt(working, x), position);
        pc += 1;
        break;
      case Op.Assert:
        if ((program.low(pc) & conditions) == 0) return top;
        pc += 1;
        break;
      case Op.Byte:
      case Op.Match:
        memory.copy(capturesAt(list, nextCount - 1), working, captureSize);
        return top;
      default:
        return top;
    }
  }
  return top;
}

/** Adds an instruction to a list; false when it is in there. */
function add(list: usize, pc: i32): bool {
  const sparse = list + ((<usize>pc) << 2);
  const place = load<u32>(sparse);
  if (place < <u32>nextCount && load<i32>(denseOf(list) + ((<usize>place) << 2)) == pc) return false;
  store<u32>(sparse, nextCount);
  store<i32>(denseOf(list) + ((<usize>nextCount) << 2), pc);
  nextCount += 1;
  return true;
}

function denseOf(list: usize): usize {
  return list + (length << 2);
}

function capturesAt(list: usize, place: i32): usize {
  return list + (length << 3) + <usize>place * captureSize;
}

function slotAt(slots: usize, slot: i32): usize {
  return slots + ((<usize>slot) << 2);
}
