import { INSTRUCTION_SIZE, InstructionList, Op } from "./instruction";
import { U32List } from "./u32-list";

/** In place of the number of a junction: the instruction is none. */
export const NO_JUNCTION: u16 = 0xffff;

/** Instructions that are still to be followed. */
const pending = new U32List();

/** For each instruction, what an algorithm has to know of it. */
const marks = new U32List();

/** Writes the instructions to `target`, with the numbers of instructions in place of distances. */
export function writeInstructions(list: InstructionList, target: usize): void {
  for (let pc = 0; pc < list.length; pc++) {
    const at = target + <usize>pc * INSTRUCTION_SIZE;
    store<u32>(at, list.word(pc));
    store<i32>(at, list.op(pc) == Op.Capture ? list.x(pc) : destination(list, pc + list.x(pc)), 4);
  }
}

/** The assertions in a list, as bits. */
export function assertionsOf(list: InstructionList): u32 {
  let bits: u32 = 0;
  for (let pc = 0; pc < list.length; pc++) {
    if (list.op(pc) == Op.Assert) bits |= list.a(pc);
  }
  return bits;
}

/**
 * Numbers the junctions, which are the instructions that a match can come to on different ways at the same position, and
 * writes a 16-bit number for each instruction. Answers how many junctions there are. Every loop has one.
 */
export function writeJunctions(list: InstructionList, target: usize): i32 {
  const length = list.length;
  clearMarks(length);
  memory.fill(target, 0, <usize>length * 2);
  count(target, 0);
  for (let pc = 0, run: u32 = 1; pc < length; pc++) {
    const op = list.op(pc);
    const x = destination(list, pc + (op == Op.Capture ? 0 : list.x(pc)));
    if (op == Op.Byte) {
      // The bytes of a character class tell its ways apart: those that meet again are never open at the same time.
      if (marks.get(x) != run) count(target, x);
      marks.set(x, run);
      continue;
    }
    run += 1;
    if (op == Op.Split || op == Op.SplitFar || op == Op.Jump) count(target, x);
    if (op == Op.Split || op == Op.SplitFar || op == Op.Capture || op == Op.Assert) count(target, pc + 1);
  }
  let junctions = 0;
  for (let pc = 0; pc < length; pc++) {
    const at = target + ((<usize>pc) << 1);
    const isJunction = load<u16>(at) > 1;
    store<u16>(at, isJunction ? <u16>junctions : NO_JUNCTION);
    if (isJunction) junctions += 1;
  }
  return junctions;
}

/** Writes, for each byte, whether a match can begin with it. Answers whether a match can be empty. */
export function writeFirstBytes(list: InstructionList, target: usize): bool {
  memory.fill(target, 0, 256);
  clearMarks(list.length);
  pending.truncate(0);
  let canBeEmpty = false;
  reach(0);
  while (pending.length > 0) {
    const pc = <i32>pending.get(pending.length - 1);
    pending.truncate(pending.length - 1);
    switch (list.op(pc)) {
      case Op.Byte:
        memory.fill(target + <usize>list.a(pc), 1, <usize>(list.b(pc) - list.a(pc) + 1));
        if (list.hasMore(pc)) reach(pc + 1);
        break;
      case Op.Split:
      case Op.SplitFar:
        reach(pc + 1);
        reach(pc + list.x(pc));
        break;
      case Op.Jump:
        reach(pc + list.x(pc));
        break;
      case Op.Capture:
      case Op.Assert:
        reach(pc + 1);
        break;
      case Op.Match:
        canBeEmpty = true;
        break;
      default:
    }
  }
  return canBeEmpty;
}

/** The instruction at `pc`, or where it leads when it is a jump. */
function destination(list: InstructionList, pc: i32): i32 {
  // As many jumps as there are instructions, in case they lead in a circle.
  for (let i = 0; i < list.length && list.op(pc) == Op.Jump; i++) pc += list.x(pc);
  return pc;
}

/** Counts a way that leads to an instruction, up to two. */
function count(target: usize, pc: i32): void {
  const at = target + ((<usize>pc) << 1);
  store<u16>(at, min<u16>(2, load<u16>(at) + 1));
}

function clearMarks(length: i32): void {
  marks.truncate(0);
  for (let i = 0; i < length; i++) marks.push(0);
}

function reach(pc: i32): void {
  if (marks.get(pc) != 0) return;
  marks.set(pc, 1);
  pending.push(<u32>pc);
}
