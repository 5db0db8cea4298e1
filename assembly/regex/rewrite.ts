import { BACKSLASH, isDigit, ZERO } from "../text/ascii";
import { Bytes } from "../text/bytes";
import { sequenceLength } from "../text/utf8";
import { ByteWriter } from "../text/writer";
import { effort, resetEffort } from "./effort";
import { Regex } from "./regex";

/**
 * A pattern can look at all of the rest of a text before it knows that a match ends soon, for each match anew: `a.*b|a` in a
 * text of many `a`. That is quadratic, so a rewrite gives up here: some 100 ms.
 */
const MAX_STEPS: u64 = 8_000_000;

/** What matches of a regular expression are replaced with, as Envoy's RegexMatchAndSubstitute has it: `\0` to `\9`, `\\`. */
@final
export class RegexRewrite {
  /** Why the last `parse` answered null. */
  static problem: string = "";

  /** Checks `rewrite`; null when RE2::CheckRewriteString would refuse it, which `problem` explains. */
  static parse(rewrite: string, regex: Regex): RegexRewrite | null {
    RegexRewrite.problem = problemOf(rewrite, regex.groups);
    return RegexRewrite.problem.length > 0 ? null : new RegexRewrite(Bytes.constant(rewrite), regex);
  }

  private constructor(
    private readonly rewrite: Bytes,
    private readonly regex: Regex,
  ) {}

  /**
   * `text` with every match replaced, as RE2::GlobalReplace; `text` itself when nothing matches. In the arena. Null when the
   * result would be longer than `maxLength`, or takes too long to make.
   */
  replaceAll(text: Bytes, maxLength: i32 = i32.MAX_VALUE): Bytes | null {
    const regex = this.regex;
    resetEffort();
    if (!regex.search(text, 0)) return text;
    const out = ByteWriter.create(text.length + this.rewrite.length);
    let from = 0;
    let lastEnd = -1;
    do {
      if (out.length > maxLength || effort() > MAX_STEPS) return null;
      const start = regex.captureStart(0);
      const end = regex.captureEnd(0);
      out.bytes(text.slice(from, start));
      if (start == end && start == lastEnd) {
        // No empty match right behind the last match: one character further on there may be one.
        from = start + characterLength(text, start);
        out.bytes(text.slice(start, from));
      } else {
        this.write(text, out);
        from = end;
        lastEnd = end;
      }
    } while (regex.search(text, from));
    out.bytes(text.slice(from));
    return out.finish();
  }

  /** Frees what `parse` kept; the expression belongs to its owner. */
  release(): void {
    this.rewrite.release();
  }

  /** Writes what the match that was just found is replaced with. */
  private write(text: Bytes, out: ByteWriter): void {
    const rewrite = this.rewrite;
    for (let at = 0; at < rewrite.length;) {
      const backslash = rewrite.indexOf(BACKSLASH, at);
      if (backslash < 0) return out.bytes(rewrite.slice(at));
      out.bytes(rewrite.slice(at, backslash));
      const escaped = rewrite[backslash + 1];
      if (isDigit(escaped)) this.writeGroup(escaped - ZERO, text, out);
      else out.put(escaped);
      at = backslash + 2;
    }
  }

  private writeGroup(group: i32, text: Bytes, out: ByteWriter): void {
    const start = this.regex.captureStart(group);
    if (start >= 0) out.bytes(text.slice(start, this.regex.captureEnd(group)));
  }
}

/** Length of the character at `position`; 1 for a byte that begins none, and at the end. */
function characterLength(text: Bytes, position: i32): i32 {
  if (position >= text.length) return 1;
  return max(1, sequenceLength(text.ptr + <usize>position, text.ptr + <usize>text.length));
}

/** What is wrong with a rewrite; empty when nothing is. */
function problemOf(rewrite: string, groups: i32): string {
  for (let i = 0; i < rewrite.length; i++) {
    if (rewrite.charCodeAt(i) != BACKSLASH) continue;
    i += 1;
    const escaped = rewrite.charCodeAt(i);
    if (escaped == BACKSLASH) continue;
    if (escaped < 0 || !isDigit(escaped))
      return `a backslash without a digit or a backslash behind it at offset ${(i - 1).toString()}`;
    const group = escaped - ZERO;
    if (group > groups)
      return `\\${group.toString()} at offset ${(i - 1).toString()}: the pattern has ${groups.toString()} groups`;
  }
  return "";
}
