import { encodeCodePoint } from "../text/utf8";
import { ClassParser } from "./class-parser";
import { readEscape } from "./escape";
import { Flag } from "./flags";
import { isGroupName } from "./group-name";
import { GroupStack } from "./group-stack";
import { Assertion, InstructionList, instructionWord, Op } from "./instruction";
import { END, PatternReader } from "./pattern-reader";
import { MAX_CAPTURES, MAX_INSTRUCTIONS } from "./program";
import { CodePointSet, MAX_CODE_POINT } from "./ranges";
import { MAX_REPEAT, Repetition } from "./repetition";
import { Utf8Trie } from "./utf8-trie";

/** Nothing that a repetition could apply to. */
const NONE: i32 = -1;

/** The UTF-8 of a character of the pattern. */
const CHARACTER: usize = memory.data(4);

/**
 * Reads a pattern in RE2's syntax, with the options that Envoy gives RE2 (its defaults), and writes the program in the same
 * pass, without a syntax tree: what was read is always one block of instructions that is entered at its first one and left
 * behind its last one. A repetition copies and surrounds the block of its operand, an alternation puts a choice in front of
 * the block of each alternative. Open groups are on a stack of our own, so nesting has no limit.
 */
@final
export class Parser {
  readonly code: InstructionList = new InstructionList();
  readonly reader: PatternReader = new PatternReader();
  /** Groups that capture. */
  groups: i32 = 0;
  /** The name of each; empty for one without. */
  names: string[] = [];

  private readonly open: GroupStack = new GroupStack();
  private readonly classes: ClassParser = new ClassParser(this.reader);
  private readonly trie: Utf8Trie = new Utf8Trie();
  private readonly repetition: Repetition = new Repetition();
  private readonly any: CodePointSet = new CodePointSet();
  private flags: u32 = 0;
  /** Where the block begins that a repetition would apply to, or NONE. */
  private operand: i32 = NONE;
  /** How often nested repetitions write what is innermost in the operand, and at most in the group that is being read. */
  private operandFactor: i32 = 1;
  private groupFactor: i32 = 1;
  /** Where the repetition is that was just read, or NONE. */
  private lastRepetition: i32 = NONE;

  /** Reads `pattern`; false when RE2 would refuse it, or it is too large: `reader.problem` says why. */
  parse(pattern: string, flags: u32): bool {
    this.reader.reset(pattern);
    this.code.truncate(0);
    this.groups = 0;
    this.names = [];
    this.flags = flags;
    this.operand = NONE;
    this.lastRepetition = NONE;
    this.groupFactor = 1;
    this.open.reset();
    while (this.reader.peek() != END && !this.reader.failed) this.readToken();
    this.finish();
    return !this.reader.failed;
  }

  private finish(): void {
    if (this.open.depth > 0) this.reader.fail("missing ) of the group", this.open.offset);
    this.open.closeAlternatives(this.code);
    this.code.add(instructionWord(Op.Match));
    this.checkSize();
    if (<u64>this.code.length * (this.groups + 1) > <u64>MAX_CAPTURES) {
      this.reader.fail(`pattern too large (${this.groups.toString()} groups)`, this.reader.at);
    }
  }

  private readToken(): void {
    const reader = this.reader;
    const start = reader.at;
    const repeated = this.lastRepetition;
    this.lastRepetition = NONE;
    switch (reader.peek()) {
      case 0x28: // (
        this.readGroup();
        break;
      case 0x29: // )
        this.closeGroup();
        break;
      case 0x7c: // |
        reader.at += 1;
        this.open.nextAlternative(this.code);
        this.operand = NONE;
        break;
      case 0x5b: // [
        if (this.classes.readBrackets(this.flags)) this.writeSet(this.classes.set);
        break;
      case 0x2e: // .
        reader.at += 1;
        this.writeAny();
        break;
      case 0x5e: // ^
        reader.at += 1;
        this.writeAssertion(this.has(Flag.MULTI_LINE) ? Assertion.BEGIN_LINE : Assertion.BEGIN_TEXT);
        break;
      case 0x24: // $
        reader.at += 1;
        this.writeAssertion(this.has(Flag.MULTI_LINE) ? Assertion.END_LINE : Assertion.END_TEXT);
        break;
      case 0x5c: // \
        this.readBackslash();
        break;
      default:
        if (!this.repetition.read(reader)) this.writeCharacter(reader.next());
        else this.repeat(start, repeated);
    }
    this.checkSize();
  }

  /** Applies the repetition that was just read, which begins at `start`. */
  private repeat(start: i32, repeated: i32): void {
    const reader = this.reader;
    const repetition = this.repetition;
    const text = reader.since(start);
    if (repeated != NONE) return reader.fail(`repetition ${reader.since(repeated)} of a repetition`, repeated);
    if (this.operand == NONE) return reader.fail(`nothing to repeat with ${text}`, start);
    if (repetition.isTooLarge) return reader.fail(`invalid repetition ${text}`, start);
    this.operandFactor *= repetition.factor;
    this.groupFactor = max(this.groupFactor, this.operandFactor);
    if (this.operandFactor > MAX_REPEAT) return reader.fail(`nested repetitions of more than 1000 with ${text}`, start);
    if (!repetition.apply(this.code, this.operand, this.has(Flag.UNGREEDY))) return reader.fail(tooLarge(), start);
    this.lastRepetition = start;
  }

  private readBackslash(): void {
    const reader = this.reader;
    switch (reader.peek(1)) {
      case 0x41: // A
        return this.writeEscapedAssertion(Assertion.BEGIN_TEXT);
      case 0x7a: // z
        return this.writeEscapedAssertion(Assertion.END_TEXT);
      case 0x62: // b
        return this.writeEscapedAssertion(Assertion.WORD_BOUNDARY);
      case 0x42: // B
        return this.writeEscapedAssertion(Assertion.NO_WORD_BOUNDARY);
      case 0x43: // C
        reader.at += 2;
        this.beginOperand();
        this.code.add(instructionWord(Op.Byte, 0, 0xff));
        return;
      case 0x51: // Q
        return this.readQuoted();
    }
    if (this.classes.readEscapedClass(this.flags)) this.writeSet(this.classes.set);
    else if (!reader.failed) this.writeCharacter(readEscape(reader));
  }

  /** `\Q…\E`; the end of the pattern ends it too. */
  private readQuoted(): void {
    const reader = this.reader;
    reader.at += 2;
    while (reader.peek() != END && !reader.failed) {
      if (reader.peek() == 0x5c && reader.peek(1) == 0x45) {
        reader.at += 2;
        return;
      }
      this.writeCharacter(reader.next());
      this.checkSize();
    }
  }

  // Groups

  private readGroup(): void {
    const reader = this.reader;
    if (reader.peek(1) != 0x3f) {
      reader.at += 1;
      return this.openCapture(reader.at - 1, "");
    }
    const nameLength = this.lengthBeforeName();
    if (nameLength == 0) this.readFlags();
    else this.readNamedGroup(nameLength);
  }

  /** Length of `(?P<` or `(?<`; 0 when something else is next. Lookbehind begins like a name too. */
  private lengthBeforeName(): i32 {
    const reader = this.reader;
    if (reader.peek(2) == 0x50 && reader.peek(3) == 0x3c) return 4;
    if (reader.peek(2) != 0x3c) return 0;
    const third = reader.peek(3);
    return third == 0x3d || third == 0x21 ? 0 : 3;
  }

  private readNamedGroup(prefixLength: i32): void {
    const reader = this.reader;
    const start = reader.at;
    const end = reader.find(">", start + prefixLength);
    if (end < 0) return reader.fail("missing > behind the name of the group", start);
    const name = reader.since(start + prefixLength, end);
    reader.at = end + 1;
    if (!isGroupName(name)) return reader.fail(`invalid name in ${reader.since(start)}`, start);
    this.openCapture(start, name);
  }

  private openCapture(start: i32, name: string): void {
    this.groups += 1;
    this.names.push(name);
    this.openGroup(this.groups, this.flags, start);
  }

  /** Opens a group behind whose end `flagsAfter` hold; `capture` 0: one that does not capture. */
  private openGroup(capture: i32, flagsAfter: u32, start: i32): void {
    this.open.push(this.code, capture, flagsAfter, start, this.groupFactor);
    this.groupFactor = 1;
    this.operand = NONE;
  }

  private closeGroup(): void {
    const reader = this.reader;
    if (this.open.depth == 0) return reader.fail("unexpected )", reader.at);
    reader.at += 1;
    this.open.closeAlternatives(this.code);
    this.flags = this.open.flags;
    this.operand = this.open.start;
    this.operandFactor = this.groupFactor;
    this.groupFactor = max(this.groupFactor, this.open.factor);
    this.open.pop(this.code);
  }

  /** `(?flags)`, which hold to the end of the group around it, or `(?flags:`, which opens one. */
  private readFlags(): void {
    const reader = this.reader;
    const start = reader.at;
    reader.at += 2;
    let flags = this.flags;
    let negated = false;
    let needsFlag = false;
    while (!reader.failed) {
      const unit = reader.peek();
      const flag = flagOf(unit);
      reader.at += unit == END ? 0 : 1;
      if (flag != 0) {
        flags = negated ? flags & ~flag : flags | flag;
        needsFlag = false;
      } else if (unit == 0x2d && !negated) {
        negated = true;
        needsFlag = true;
      } else if ((unit == 0x29 || unit == 0x3a) && !needsFlag) {
        if (unit == 0x3a) this.openGroup(0, this.flags, start);
        this.flags = flags;
        return;
      } else {
        this.refuseGroup(unit, start);
      }
    }
  }

  /** Refuses what begins with `(?` at `start` and is no group because of `unit`. */
  private refuseGroup(unit: i32, start: i32): void {
    const reader = this.reader;
    // `(?<` is followed by the sign that says which way it looks.
    if (unit == 0x3c) reader.at += 1;
    const looksAround = unit == 0x3d || unit == 0x21 || unit == 0x3c;
    reader.fail(`${looksAround ? "unsupported lookaround" : "invalid group"} ${reader.since(start)}`, start);
  }

  // Instructions

  private beginOperand(): void {
    this.operand = this.code.length;
    this.operandFactor = 1;
  }

  private writeCharacter(codePoint: i32): void {
    if (codePoint == END) return;
    if (this.has(Flag.IGNORE_CASE)) {
      this.classes.setCharacter(codePoint, this.flags);
      return this.writeSet(this.classes.set);
    }
    this.beginOperand();
    const length = encodeCodePoint(codePoint, CHARACTER);
    for (let i = 0; i < length; i++) {
      const byte = <u32>load<u8>(CHARACTER + <usize>i);
      this.code.add(instructionWord(Op.Byte, byte, byte));
    }
  }

  private writeSet(set: CodePointSet): void {
    this.beginOperand();
    this.trie.write(set, this.code);
  }

  private writeAny(): void {
    const any = this.any;
    any.clear();
    if (this.has(Flag.DOT_ALL)) {
      any.add(0, MAX_CODE_POINT);
    } else {
      any.add(0, 0x09);
      any.add(0x0b, MAX_CODE_POINT);
    }
    this.writeSet(any);
  }

  private writeEscapedAssertion(assertion: u32): void {
    this.reader.at += 2;
    this.writeAssertion(assertion);
  }

  private writeAssertion(assertion: u32): void {
    this.beginOperand();
    this.code.add(instructionWord(Op.Assert, assertion));
  }

  private has(flag: u32): bool {
    return (this.flags & flag) != 0;
  }

  private checkSize(): void {
    if (this.code.length > MAX_INSTRUCTIONS) this.reader.fail(tooLarge(), this.reader.at);
  }
}

function tooLarge(): string {
  return `pattern too large (more than ${MAX_INSTRUCTIONS.toString()} instructions)`;
}

function flagOf(unit: i32): u32 {
  switch (unit) {
    case 0x69: // i
      return Flag.IGNORE_CASE;
    case 0x6d: // m
      return Flag.MULTI_LINE;
    case 0x73: // s
      return Flag.DOT_ALL;
    case 0x55: // U
      return Flag.UNGREEDY;
  }
  return 0;
}
