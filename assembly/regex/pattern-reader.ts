/** Stands for the end of the pattern. */
export const END: i32 = -1;

/** Reads a pattern, character by character, and keeps the first problem. */
@final
export class PatternReader {
  /** Where reading goes on, in UTF-16 code units. */
  at: i32 = 0;
  /** What is wrong; empty while nothing is. */
  problem: string = "";
  private text: string = "";

  reset(text: string): void {
    this.text = text;
    this.at = 0;
    this.problem = "";
  }

  get failed(): bool {
    return this.problem.length > 0;
  }

  /** The code unit `ahead` of the next one, which is enough for syntax; END beyond the pattern. */
  peek(ahead: i32 = 0): i32 {
    const at = this.at + ahead;
    return at < this.text.length ? this.text.charCodeAt(at) : END;
  }

  /** Skips `unit` when it is next. */
  accept(unit: i32): bool {
    if (this.peek() != unit) return false;
    this.at += 1;
    return true;
  }

  /** Reads a code point; END beyond the pattern. Half a surrogate pair is a problem, because UTF-8 has no way to write it. */
  next(): i32 {
    const unit = this.peek();
    if (unit < 0xd800 || unit > 0xdfff) {
      if (unit != END) this.at += 1;
      return unit;
    }
    const tail = this.peek(1);
    if (unit > 0xdbff || tail < 0xdc00 || tail > 0xdfff) {
      this.fail("half a surrogate pair", this.at);
      return END;
    }
    this.at += 2;
    return 0x10000 + ((unit - 0xd800) << 10) + (tail - 0xdc00);
  }

  /** Where `sought` is next, in code units; END when it is nowhere. */
  find(sought: string, from: i32): i32 {
    return this.text.indexOf(sought, from);
  }

  /** The pattern's text from `start` to where reading goes on, or to `end`. */
  since(start: i32, end: i32 = this.at): string {
    return this.text.substring(start, end);
  }

  /** Notes a problem that `start` is the place of, unless there is one already. */
  fail(problem: string, start: i32): void {
    if (this.failed) return;
    this.problem = `${problem} at offset ${this.charactersBefore(start).toString()}`;
  }

  private charactersBefore(end: i32): i32 {
    let count = 0;
    for (let i = 0; i < end; i++) {
      if ((this.text.charCodeAt(i) & 0xfc00) != 0xdc00) count += 1;
    }
    return count;
  }
}
