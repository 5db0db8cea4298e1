import { isDigit } from "../text/ascii";
import { InstructionList, instructionWord, Op } from "./instruction";
import { PatternReader } from "./pattern-reader";
import { MAX_INSTRUCTIONS } from "./program";
import { U32List } from "./u32-list";

/** RE2's limit for a number in braces, and for the product of those of nested repetitions. */
export const MAX_REPEAT: i32 = 1000;

/** As `most`: there is no limit. */
const UNBOUNDED: i32 = -1;

/** What `readNumber` answers when there is none. */
const NO_NUMBER: i32 = -1;

/** For `canBeEmpty`. */
const reached = new U32List();

/** Reads `*`, `+`, `?` and `{n,m}`, and turns the block of an operand into its repetition. */
@final
export class Repetition {
  private least: i32 = 0;
  private most: i32 = 0;
  private prefersFew: bool = false;

  /** Reads a repetition, with the `?` behind it; false when something else is next, such as a brace that is a character. */
  read(reader: PatternReader): bool {
    switch (reader.peek()) {
      case 0x2a: // *
        this.set(0, UNBOUNDED);
        break;
      case 0x2b: // +
        this.set(1, UNBOUNDED);
        break;
      case 0x3f: // ?
        this.set(0, 1);
        break;
      case 0x7b: // {
        if (!this.readBraces(reader)) return false;
        break;
      default:
        return false;
    }
    reader.at += 1;
    this.prefersFew = reader.accept(0x3f);
    return true;
  }

  /** How often the operand is written at most; what is repeated without end counts as often as it must. */
  get factor(): i32 {
    return max(1, this.most == UNBOUNDED ? this.least : this.most);
  }

  /** Whether RE2 refuses the numbers in braces. */
  get isTooLarge(): bool {
    return this.least > MAX_REPEAT || this.most > MAX_REPEAT || (this.most != UNBOUNDED && this.most < this.least);
  }

  /**
   * Turns the block from `operand` to the end into its repetition. `ungreedy`: the flag that exchanges `*` and `*?`. False
   * when the program would be too large.
   */
  apply(code: InstructionList, operand: i32, ungreedy: bool): bool {
    const length = code.length - operand;
    if (operand + (length + 1) * this.factor > MAX_INSTRUCTIONS) return false;
    const prefersFew = this.prefersFew != ungreedy;
    if (this.most == UNBOUNDED) writeUnbounded(code, operand, this.least, prefersFew);
    else if (this.most == 0) code.truncate(operand);
    else writeBounded(code, operand, this.least, this.most, prefersFew);
    return true;
  }

  private set(least: i32, most: i32): void {
    this.least = least;
    this.most = most;
  }

  /** `{n}`, `{n,}` or `{n,m}` but for the last brace. Anything else is characters, and nothing is read. */
  private readBraces(reader: PatternReader): bool {
    const start = reader.at;
    reader.at += 1;
    const least = readNumber(reader);
    let most = least;
    let isRead = least != NO_NUMBER;
    if (isRead && reader.accept(0x2c)) {
      most = UNBOUNDED;
      if (reader.peek() != 0x7d) {
        most = readNumber(reader);
        isRead = most != NO_NUMBER;
      }
    }
    if (isRead && reader.peek() == 0x7d) {
      this.set(least, most);
      return true;
    }
    reader.at = start;
    return false;
  }
}

/** A number without leading zeros; one with more than nine digits is as good as none, as for RE2. */
function readNumber(reader: PatternReader): i32 {
  const leading = reader.peek();
  if (!isDigitUnit(leading) || (leading == 0x30 && isDigitUnit(reader.peek(1)))) return NO_NUMBER;
  let value = 0;
  while (isDigitUnit(reader.peek())) {
    if (value >= 100_000_000) return NO_NUMBER;
    value = value * 10 + (reader.peek() - 0x30);
    reader.at += 1;
  }
  return value;
}

function isDigitUnit(unit: i32): bool {
  return unit >= 0 && isDigit(unit);
}

/** A choice whose first instruction is the next one, or, when few are preferred, the other one. */
function choice(prefersNext: bool): u32 {
  return instructionWord(prefersNext ? Op.Split : Op.SplitFar);
}

/**
 * `x{least,}`: copies, and a choice behind the last one to do it again. `x*` is a loop with its choice in front; but when `x`
 * can match nothing, one choice is too few to try all ways in the right order, and it is an optional `x+`.
 */
function writeUnbounded(code: InstructionList, operand: i32, least: i32, prefersFew: bool): void {
  const length = code.length - operand;
  const loops = least == 0 && !canBeEmpty(code, operand);
  for (let i = 1; i < least; i++) code.repeat(operand, length);
  if (loops) code.add(instructionWord(Op.Jump), -length - 1);
  else code.add(choice(prefersFew), -length);
  if (least == 0) code.insert(operand, choice(!prefersFew), length + 2);
}

/** Whether a way leads through the block from `start` to the end without reading a byte. */
function canBeEmpty(code: InstructionList, start: i32): bool {
  reached.truncate(0);
  for (let at = start; at <= code.length; at++) reached.push(<u32>(at == start));
  // Ways backwards lead nowhere new: what is there was reached on the way.
  for (let at = start; at < code.length; at++) {
    if (reached.get(at - start) == 0) continue;
    const op = code.op(at);
    if (op == Op.Byte || op == Op.Fail) continue;
    if (op != Op.Jump) reached.set(at + 1 - start, 1);
    if (op == Op.Split || op == Op.SplitFar || op == Op.Jump) reached.set(at + code.x(at) - start, 1);
  }
  return reached.get(code.length - start) != 0;
}

/** `x{least,most}`: copies, and before each that may be missing a choice to be done. */
function writeBounded(code: InstructionList, operand: i32, least: i32, most: i32, prefersFew: bool): void {
  const length = code.length - operand;
  // Without a mandatory copy, the one that there is becomes the first that may be missing.
  if (least == 0) code.insert(operand, choice(!prefersFew), 0);
  const source = least == 0 ? operand + 1 : operand;
  for (let i = 1; i < least; i++) code.repeat(source, length);
  for (let i = max(1, least); i < most; i++) {
    code.add(choice(!prefersFew), 0);
    code.repeat(source, length);
  }
  const step = length + 1;
  for (let at = operand + least * length; at < code.length; at += step) code.setX(at, code.length - at);
}
