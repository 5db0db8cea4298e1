import { U32List } from "./u32-list";

/**
 * What a program is made of. An instruction has two words:
 *
 * ```
 *  word 0                                       word 1
 *  ├─ op: 8 ─┼─ a: 8 ─┼─ b: 8 ─┼─ more: 8 ─┤    ├─ x: 32 ─┤
 * ```
 *
 * While a program is built `x` counts instructions from this one on, so a block of them can be copied and moved; in the
 * finished program it is the number of an instruction.
 */
export enum Op {
  /** Never matches. */
  Fail,
  /** A byte from `a` to `b`, then on at `x`. With `more` the instruction after it is the next of the same choice. */
  Byte,
  /** On at the next instruction, or else at `x`. */
  Split,
  /** On at `x`, or else at the next instruction. */
  SplitFar,
  /** On at `x`. */
  Jump,
  /** Notes the position in slot `x`, and on at the next instruction. */
  Capture,
  /** On at the next instruction where the assertion `a` holds. */
  Assert,
  /** The end of a match. */
  Match,
}

/** What holds between two bytes. Each is a bit of the conditions that the matchers work out for a position. */
export namespace Assertion {
  export const BEGIN_LINE: u32 = 1;
  export const END_LINE: u32 = 2;
  export const BEGIN_TEXT: u32 = 4;
  export const END_TEXT: u32 = 8;
  export const WORD_BOUNDARY: u32 = 16;
  export const NO_WORD_BOUNDARY: u32 = 32;
}

/** Words of an instruction. */
const WORDS: i32 = 2;

/** Bytes of an instruction in a finished program. */
export const INSTRUCTION_SIZE: usize = 8;

/** Word 0 of an instruction. */
export function instructionWord(op: Op, a: u32 = 0, b: u32 = 0, more: bool = false): u32 {
  return (<u32>op) | (a << 8) | (b << 16) | ((<u32>more) << 24);
}

/** Collects the instructions of one program. */
@final
export class InstructionList {
  private readonly words: U32List = new U32List();

  get length(): i32 {
    return this.words.length >> 1;
  }

  add(word: u32, x: i32 = 1): void {
    this.words.push(word);
    this.words.push(<u32>x);
  }

  /** Puts an instruction in front of the one at `index`. */
  insert(index: i32, word: u32, x: i32): void {
    this.words.insert(index * WORDS, WORDS);
    this.words.set(index * WORDS, word);
    this.setX(index, x);
  }

  /** Appends a copy of the `count` instructions from `start` on. */
  repeat(start: i32, count: i32): void {
    this.words.repeat(start * WORDS, count * WORDS);
  }

  truncate(length: i32): void {
    this.words.truncate(length * WORDS);
  }

  word(index: i32): u32 {
    return this.words.get(index * WORDS);
  }

  op(index: i32): Op {
    return <Op>(this.word(index) & 0xff);
  }

  a(index: i32): u32 {
    return (this.word(index) >> 8) & 0xff;
  }

  b(index: i32): u32 {
    return (this.word(index) >> 16) & 0xff;
  }

  hasMore(index: i32): bool {
    return this.word(index) >> 24 != 0;
  }

  x(index: i32): i32 {
    return <i32>this.words.get(index * WORDS + 1);
  }

  setX(index: i32, x: i32): void {
    this.words.set(index * WORDS + 1, <u32>x);
  }
}
