import { Bytes } from "../text/bytes";
import { Assertion, INSTRUCTION_SIZE, InstructionList, Op } from "./instruction";
import { assertionsOf, NO_JUNCTION, writeFirstBytes, writeInstructions, writeJunctions } from "./program-writer";

/**
 * Largest program, in instructions. A character class with letters beyond ASCII has many; a repetition copies what it
 * repeats.
 */
export const MAX_INSTRUCTIONS: i32 = 32768;

/**
 * Most instructions times groups, the whole match being one: each thread of `runPike` has its own captures, in memory that
 * is there from the configuration on. 16 MiB for the largest.
 */
export const MAX_CAPTURES: i32 = 1 << 20;

/** Bytes of the number of a junction. */
const JUNCTION_SIZE: usize = 2;

/** Bytes of the table of bytes that a match can begin with. */
const FIRST_SIZE: usize = 256;

/** A compiled pattern: instructions, of which the first one begins, and what matchers want to know of them. */
@final
export class Program {
  /** How many instructions there are. */
  readonly length: i32;
  /** The assertions in it, as bits. */
  readonly assertions: u32;
  /** How many instructions a match can come to on different ways at the same position. */
  readonly junctions: i32;
  /** The block of the heap that the tables are in; it begins with the instructions. */
  private readonly code: usize;
  private readonly junctionNumbers: usize;
  private readonly firstBytes: usize;
  private readonly canBeEmpty: bool;

  constructor(
    list: InstructionList,
    /** Groups that capture, without the whole match. */
    readonly groups: i32,
  ) {
    const length = <usize>list.length;
    const code = heap.alloc(length * (INSTRUCTION_SIZE + JUNCTION_SIZE) + FIRST_SIZE);
    const junctionNumbers = code + length * INSTRUCTION_SIZE;
    const firstBytes = junctionNumbers + length * JUNCTION_SIZE;
    writeInstructions(list, code);
    this.length = list.length;
    this.assertions = assertionsOf(list);
    this.junctions = writeJunctions(list, junctionNumbers);
    this.canBeEmpty = writeFirstBytes(list, firstBytes);
    this.code = code;
    this.junctionNumbers = junctionNumbers;
    this.firstBytes = firstBytes;
  }

  /** Bytes of the slots: the beginning and the end of the whole match and of each group. */
  get captureSize(): usize {
    return <usize>(this.groups + 1) * 8;
  }

  /** Whether a match can only begin where the text does. */
  get isAnchored(): bool {
    let pc = 0;
    while (this.op(pc) == Op.Capture) pc += 1;
    return this.op(pc) == Op.Assert && this.low(pc) == Assertion.BEGIN_TEXT;
  }

  op(pc: i32): Op {
    return <Op>load<u8>(this.at(pc));
  }

  /** First byte of an `Op.Byte`, or the assertion of an `Op.Assert`. */
  low(pc: i32): u32 {
    return load<u8>(this.at(pc), 1);
  }

  /** Last byte of an `Op.Byte`. */
  high(pc: i32): u32 {
    return load<u8>(this.at(pc), 2);
  }

  /** Another instruction, or the slot of an `Op.Capture`. */
  x(pc: i32): i32 {
    return load<i32>(this.at(pc), 4);
  }

  /** Number of an instruction as a junction; negative: it is none. */
  junction(pc: i32): i32 {
    const number = load<u16>(this.junctionNumbers + <usize>pc * JUNCTION_SIZE);
    return number == NO_JUNCTION ? -1 : number;
  }

  /** Where the choice of bytes that begins at `pc` goes on after `byte`; -1: nowhere. */
  targetOf(pc: i32, byte: i32): i32 {
    let at = this.at(pc);
    for (let more: u8 = 1; more != 0; at += INSTRUCTION_SIZE) {
      const low = <u32>load<u8>(at, 1);
      if (<u32>byte - low <= <u32>load<u8>(at, 2) - low) return load<i32>(at, 4);
      more = load<u8>(at, 3);
    }
    return -1;
  }

  /** The first position from `from` to `last` where a match can begin; behind `last` when there is none. */
  skip(text: Bytes, from: i32, last: i32): i32 {
    if (this.canBeEmpty) return from;
    for (let position = from; position <= last && position < text.length; position++) {
      if (load<u8>(this.firstBytes + <usize>load<u8>(text.ptr + <usize>position)) != 0) return position;
    }
    return last + 1;
  }

  release(): void {
    heap.free(this.code);
  }

  private at(pc: i32): usize {
    return this.code + <usize>pc * INSTRUCTION_SIZE;
  }
}
