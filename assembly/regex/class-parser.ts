import { foldCase } from "./case-folding";
import { readEscape } from "./escape";
import { Flag } from "./flags";
import { END, PatternReader } from "./pattern-reader";
import { addPosixClass } from "./posix-classes";
import { CodePointSet } from "./ranges";
import { addUnicodeClass } from "./unicode-classes";

const OPEN: i32 = 0x5b;
const CLOSE: i32 = 0x5d;
const CARET: i32 = 0x5e;
const HYPHEN: i32 = 0x2d;
const COLON: i32 = 0x3a;
const BACKSLASH: i32 = 0x5c;

/** Reads character classes: `[a-z\d[:alpha:]]`, `\d`, `\pN`, `\p{Greek}`. */
@final
export class ClassParser {
  /** What was read, normalized. */
  readonly set: CodePointSet = new CodePointSet();
  private readonly part: CodePointSet = new CodePointSet();
  private foldsCase: bool = false;

  constructor(private readonly reader: PatternReader) {}

  /** Makes `set` the one character, with its other cases when `flags` say so. */
  setCharacter(codePoint: u32, flags: u32): void {
    this.begin(flags);
    this.set.add(codePoint, codePoint);
    this.finish(false);
  }

  /** Reads `\d`, `\pN` and their like outside brackets; false when that is not what comes next, or after a problem. */
  readEscapedClass(flags: u32): bool {
    this.begin(flags);
    if (!this.addEscapedClass()) return false;
    this.finish(false);
    return true;
  }

  /** Reads a class in brackets. False after a problem. */
  readBrackets(flags: u32): bool {
    const reader = this.reader;
    const start = reader.at;
    this.begin(flags);
    reader.at += 1;
    const negated = reader.accept(CARET);
    // A bracket right at the beginning stands for itself.
    for (let first = true; first || reader.peek() != CLOSE; first = false) {
      if (reader.peek() == END) reader.fail("missing ] of the class", start);
      else if (!this.addNamedClass() && !this.addEscapedClass()) this.addRange();
      if (reader.failed) return false;
    }
    reader.at += 1;
    this.finish(negated);
    return true;
  }

  private begin(flags: u32): void {
    this.set.clear();
    this.foldsCase = (flags & Flag.IGNORE_CASE) != 0;
  }

  private finish(negated: bool): void {
    if (this.foldsCase) foldCase(this.set);
    this.set.normalize();
    if (negated) this.set.negate();
  }

  /** `[:name:]` and `[:^name:]`. Without `:]` anywhere the bracket stands for itself. */
  private addNamedClass(): bool {
    const reader = this.reader;
    if (reader.peek() != OPEN || reader.peek(1) != COLON) return false;
    const start = reader.at;
    const end = reader.find(":]", start + 2);
    if (end < 0) return false;
    const negated = reader.peek(2) == CARET;
    this.part.clear();
    if (!addPosixClass(this.part, reader.since(start + (negated ? 3 : 2), end))) {
      reader.fail(`unknown class ${reader.since(start, end + 2)}`, start);
      return false;
    }
    reader.at = end + 2;
    this.addPart(negated);
    return true;
  }

  /** `\d \D \s \S \w \W \pN \PN \p{name} \p{^name}`. */
  private addEscapedClass(): bool {
    const reader = this.reader;
    if (reader.peek() != BACKSLASH) return false;
    const letter = reader.peek(1);
    // The capital letter is the complement.
    const negated = (letter & 0x20) == 0;
    this.part.clear();
    switch (letter | 0x20) {
      case 0x64: // d
        addPosixClass(this.part, "digit");
        break;
      case 0x73: // s
        // Not the vertical tab, which [:space:] has.
        this.part.add(0x09, 0x0a);
        this.part.add(0x0c, 0x0d);
        this.part.add(0x20, 0x20);
        break;
      case 0x77: // w
        addPosixClass(this.part, "word");
        break;
      case 0x70: // p
        return this.addUnicodeClass(negated);
      default:
        return false;
    }
    reader.at += 2;
    this.addPart(negated);
    return true;
  }

  private addUnicodeClass(negated: bool): bool {
    const reader = this.reader;
    const start = reader.at;
    reader.at += 2;
    const name = reader.accept(0x7b) ? this.readNameInBraces(start) : this.readLetter();
    if (reader.failed) return false;
    const inverted = name.charCodeAt(0) == CARET;
    if (!addUnicodeClass(this.part, inverted ? name.substring(1) : name)) {
      reader.fail(`unknown Unicode class ${reader.since(start)}`, start);
      return false;
    }
    this.addPart(negated != inverted);
    return true;
  }

  private readNameInBraces(start: i32): string {
    const reader = this.reader;
    const from = reader.at;
    const end = reader.find("}", from);
    if (end < 0) {
      reader.fail("missing } of the Unicode class", start);
      return "";
    }
    reader.at = end + 1;
    return reader.since(from, end);
  }

  private readLetter(): string {
    const from = this.reader.at;
    this.reader.next();
    return this.reader.since(from);
  }

  private addPart(negated: bool): void {
    const part = this.part;
    if (negated) {
      // The other cases belong to what is excluded.
      if (this.foldsCase) foldCase(part);
      part.normalize();
      part.negate();
    }
    this.set.addAll(part);
  }

  private addRange(): void {
    const reader = this.reader;
    const start = reader.at;
    const first = this.readCharacter();
    let last = first;
    if (reader.peek() == HYPHEN && reader.peek(1) != CLOSE && reader.peek(1) != END) {
      reader.at += 1;
      last = this.readCharacter();
    }
    if (reader.failed) return;
    if (last < first) reader.fail(`invalid range ${reader.since(start)}`, start);
    else this.set.add(first, last);
  }

  private readCharacter(): i32 {
    return this.reader.peek() == BACKSLASH ? readEscape(this.reader) : this.reader.next();
  }
}
