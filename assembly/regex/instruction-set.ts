import { Op } from "./instruction";
import { Program } from "./program";
import { reserveScratch, scratch } from "./scratch";

/**
 * Sets of a program's instructions, which are what a deterministic automaton calls a state: the set before a byte, as a
 * list, and the set after it, as bits. Nothing here knows the order of alternatives, so it says whether there is a match,
 * but not which.
 */

/** Bytes of an instruction's number in a list, and on the stack. */
const NUMBER_SIZE: usize = 2;

let result: usize = 0;
let seen: usize = 0;
let stack: usize = 0;
let top: usize = 0;
let bitsSize: usize = 0;

/** Makes room for the sets of a program. */
export function reserveSets(program: Program): void {
  reserveScratch(2 * bitsOf(program) + <usize>program.length * NUMBER_SIZE);
}

/** Starts over with an empty set of instructions of `program`. */
export function clearSet(program: Program): void {
  bitsSize = bitsOf(program);
  result = scratch();
  seen = result + bitsSize;
  stack = seen + bitsSize;
  memory.fill(result, 0, bitsSize);
}

/** Adds an instruction; for one that does nothing but lead on, where it leads. */
export function addToSet(program: Program, pc: i32): void {
  // As often as there are instructions, in case they lead in a circle.
  for (let i = 0; i < program.length; i++) {
    const op = program.op(pc);
    if (op == Op.Capture) pc += 1;
    else if (op == Op.Jump) pc = program.x(pc);
    else break;
  }
  mark(result, pc);
}

/** Writes the set as a list to `target`, in ascending order; answers how many there are. */
export function writeSet(target: usize): i32 {
  let at = target;
  for (let offset: usize = 0; offset < bitsSize; offset += 8) {
    for (let bits = load<u64>(result + offset); bits != 0; bits &= bits - 1) {
      store<u16>(at, <u16>((offset << 3) + <usize>ctz(bits)));
      at += NUMBER_SIZE;
    }
  }
  return <i32>((at - target) >> 1);
}

/**
 * Makes the set what `byte` leads to from the instructions of a list, at a position where `conditions` hold. A negative
 * byte is the end of the text. Answers whether a match ends before the byte.
 */
export function stepSet(program: Program, list: usize, count: i32, conditions: u32, byte: i32): bool {
  clearSet(program);
  memory.fill(seen, 0, bitsSize);
  let isMatch = false;
  for (let i = 0; i < count; i++) {
    top = stack;
    push(load<u16>(list + ((<usize>i) << 1)));
    while (top > stack) {
      top -= NUMBER_SIZE;
      if (visit(program, load<u16>(top), conditions, byte)) isMatch = true;
    }
  }
  return isMatch;
}

/** Whether the instruction is the end of a match; what else it leads to goes onto the stack, or into the set. */
function visit(program: Program, pc: i32, conditions: u32, byte: i32): bool {
  switch (program.op(pc)) {
    case Op.Split:
    case Op.SplitFar:
      push(pc + 1);
      push(program.x(pc));
      break;
    case Op.Jump:
      push(program.x(pc));
      break;
    case Op.Capture:
      push(pc + 1);
      break;
    case Op.Assert:
      if ((program.low(pc) & conditions) != 0) push(pc + 1);
      break;
    case Op.Byte:
      const target = byte < 0 ? -1 : program.targetOf(pc, byte);
      if (target >= 0) addToSet(program, target);
      break;
    case Op.Match:
      return true;
    default:
  }
  return false;
}

/** Puts an instruction on the stack, once for each step. */
function push(pc: i32): void {
  if (!mark(seen, pc)) return;
  store<u16>(top, <u16>pc);
  top += NUMBER_SIZE;
}

/** Adds to bits; false when it was in there. */
function mark(bits: usize, pc: i32): bool {
  const at = bits + ((<usize>pc) >> 3);
  const bit = (<u32>1) << ((<u32>pc) & 7);
  const byte = <u32>load<u8>(at);
  store<u8>(at, <u8>(byte | bit));
  return (byte & bit) == 0;
}

/** Bytes of the bits of a program's instructions, in whole words. */
function bitsOf(program: Program): usize {
  return ((<usize>(program.length + 63)) >> 6) << 3;
}
