import { Bytes } from "../text/bytes";
import { conditionsAt } from "./conditions";
import { addEffort } from "./effort";
import { Op } from "./instruction";
import { SLOT_SIZE } from "./pike-vm";
import { Program } from "./program";
import { reserveScratch, scratch } from "./scratch";

/** What `backtrack` found out. */
export enum Outcome {
  NoMatch,
  Match,
  /** Nothing: there was too little memory for this text. */
  TooLarge,
}

/** Bytes for noting where the program was at which position, a bit for each. */
const VISITED_SIZE: i32 = 16 * 1024;

/** Bytes of the stack. */
const STACK_SIZE: usize = 48 * 1024;

/** Bytes of an entry of the stack: an instruction and a position to go on at, or a slot and what to put back into it. */
const ENTRY_SIZE: usize = 8;

/** In an entry, with a slot instead of an instruction. */
const RESTORE: i32 = i32.MIN_VALUE;

let visited: usize = 0;
let stack: usize = 0;
let stackEnd: usize = 0;
let textStart: usize = 0;
let textEnd: usize = 0;
/** The position that bits are counted from. */
let origin: i32 = 0;
/** Bits for each instruction that has bits. */
let positions: i32 = 0;
/** Instructions that were followed. */
let steps: i32 = 0;

/** Makes room for `backtrack`. */
export function reserveBacktracker(): void {
  reserveScratch(<usize>VISITED_SIZE + STACK_SIZE);
}

/**
 * Does what `runPike` does, several times faster, for texts and programs that are not too large: tries one way after the
 * other, but none from where one failed before. So it takes no more steps than there are instructions times positions.
 */
export function backtrack(program: Program, text: Bytes, from: i32, whole: bool, captures: usize): Outcome {
  origin = from;
  positions = text.length - from + 1;
  if (<u64>positions * program.junctions > <u64>VISITED_SIZE * 8) return Outcome.TooLarge;
  visited = scratch();
  stack = visited + <usize>VISITED_SIZE;
  stackEnd = stack + STACK_SIZE;
  textStart = text.ptr;
  textEnd = text.ptr + <usize>text.length;
  memory.fill(visited, 0, <usize>((positions * program.junctions + 7) >> 3));
  memory.fill(captures, 0xff, program.captureSize);
  steps = 0;
  const outcome = tryAll(program, text, from, whole, captures);
  addEffort(steps);
  return outcome;
}

/** Tries to match from one position after the other. */
function tryAll(program: Program, text: Bytes, from: i32, whole: bool, captures: usize): Outcome {
  const last = whole || program.isAnchored ? from : text.length;
  for (let start = program.skip(text, from, last); start <= last; start = program.skip(text, start + 1, last)) {
    store<i32>(captures, start);
    const outcome = follow(program, start, whole, captures);
    if (outcome != Outcome.NoMatch) return outcome;
  }
  store<i32>(captures, -1);
  return Outcome.NoMatch;
}

/** Tries all ways from one position, the preferred ones first. */
function follow(program: Program, start: i32, whole: bool, captures: usize): Outcome {
  let top = stack;
  let pc = 0;
  let at = textStart + <usize>start;
  while (pc >= 0) {
    steps += 1;
    let next = -1;
    if (isNew(program, pc, at)) {
      const x = program.x(pc);
      switch (program.op(pc)) {
        case Op.Byte:
          if (at < textEnd) next = program.targetOf(pc, load<u8>(at));
          at += 1;
          break;
        case Op.Split:
          push(top, x, <i32>at);
          top += ENTRY_SIZE;
          next = pc + 1;
          break;
        case Op.SplitFar:
          push(top, pc + 1, <i32>at);
          top += ENTRY_SIZE;
          next = x;
          break;
        case Op.Jump:
          next = x;
          break;
        case Op.Capture:
          push(top, RESTORE | x, load<i32>(captures + ((<usize>x) << 2)));
          top += ENTRY_SIZE;
          store<i32>(captures + ((<usize>x) << 2), <i32>(at - textStart));
          next = pc + 1;
          break;
        case Op.Assert:
          if ((program.low(pc) & conditionsAt(at, textStart, textEnd)) != 0) next = pc + 1;
          break;
        case Op.Match:
          if (whole && at != textEnd) break;
          store<i32>(captures, <i32>(at - textStart), SLOT_SIZE);
          return Outcome.Match;
        default:
      }
    }
    if (top == stackEnd) return Outcome.TooLarge;
    pc = next;
    while (pc < 0 && top > stack) {
      top -= ENTRY_SIZE;
      pc = load<i32>(top);
      if (pc < 0) store<i32>(captures + ((<usize>(pc & ~RESTORE)) << 2), load<i32>(top, 4));
      else at = <usize>load<i32>(top, 4);
    }
  }
  return Outcome.NoMatch;
}

function push(top: usize, first: i32, second: i32): void {
  store<i32>(top, first);
  store<i32>(top, second, 4);
}

/** Whether the program was not yet at this instruction and position; only those are noted that several ways lead to. */
function isNew(program: Program, pc: i32, at: usize): bool {
  const junction = program.junction(pc);
  if (junction < 0) return true;
  const bit = junction * positions + (<i32>(at - textStart) - origin);
  const byte = visited + <usize>(bit >> 3);
  const mask = (<u32>1) << ((<u32>bit) & 7);
  const bits = <u32>load<u8>(byte);
  store<u8>(byte, <u8>(bits | mask));
  return (bits & mask) == 0;
}
