/**
 * What re2js says of the same pattern: a port of RE2 by way of Go's regexp. It reads characters where RE2, like ours, reads
 * bytes, so it is not asked where that shows:
 *
 * - text that is not UTF-8: a byte that belongs to no character is a character to it, and matches `.`
 * - `\C`, which it refuses
 * - `\B` in text beyond ASCII, which for RE2 holds within a character too
 * - `\p{Cn}` and `\p{LC}`, which only it knows
 * - two groups with one name, and names beyond ASCII, which it refuses
 * - nesting deeper than 1000, which it refuses
 *
 * re2-cases.json has what RE2 itself said of these.
 */
import { RE2JS } from "re2js";
import type { Captures } from "./regex-module.ts";

/** The parts of a pattern on which the judge does not agree with RE2. */
const BEYOND_JUDGE = /\\C|\\p\{\^?(Cn|LC)\}|\(\?P?<[^>]*\P{ASCII}/u;

export class Judge {
  private readonly expression: RE2JS;

  private constructor(private readonly pattern: string) {
    this.expression = RE2JS.compile(pattern);
  }

  /** Null when the judge refuses the pattern. */
  static of(pattern: string): Judge | null {
    try {
      return new Judge(pattern);
    } catch {
      return null;
    }
  }

  /** Whether it is right on whether a pattern is one. */
  static knows(pattern: string): boolean {
    const names = Array.from(pattern.matchAll(/\(\?P?<([^>]*)>/g), ([, name]) => name);
    return !BEYOND_JUDGE.test(pattern) && new Set(names).size === names.length;
  }

  /** Whether it is right on this text. */
  knowsText(text: string): boolean {
    return !this.pattern.includes("\\B") || !/\P{ASCII}/u.test(text);
  }

  fullCapture(text: string): Captures | null {
    const matcher = this.expression.matcher(Buffer.from(text));
    return matcher.matches() ? capturesOf(matcher) : null;
  }

  /** The first match from `from` on, in bytes. */
  search(text: Uint8Array, from: number): Captures | null {
    const matcher = this.expression.matcher(text);
    return matcher.find(from) ? capturesOf(matcher) : null;
  }

  /** RE2::GlobalReplace of characters: after an empty match, and behind a match, the next one is not empty there. */
  replaceAll(text: string, rewrite: string): string {
    const bytes = Buffer.from(text);
    const out: Buffer[] = [];
    let lastEnd = -1;
    let from = 0;
    for (
      let found = this.search(bytes, 0);
      found !== null;
      found = from > bytes.length ? null : this.search(bytes, from)
    ) {
      const [start, end] = found[0] ?? [0, 0];
      out.push(bytes.subarray(from, start));
      if (start === end && start === lastEnd) {
        const next = Buffer.from(Array.from(bytes.subarray(start).toString())[0] ?? " ").length;
        out.push(bytes.subarray(start, start + next));
        from = start + next;
        continue;
      }
      out.push(expanded(rewrite, found, bytes));
      from = lastEnd = end;
    }
    return Buffer.concat([...out, bytes.subarray(from)]).toString();
  }
}

function capturesOf(matcher: ReturnType<RE2JS["matcher"]>): Captures {
  return Array.from({ length: matcher.groupCount() + 1 }, (_, group) => {
    const start = matcher.start(group);
    return start < 0 ? null : [start, matcher.end(group)];
  });
}

function expanded(rewrite: string, captures: Captures, bytes: Buffer): Buffer {
  const text = rewrite.replace(/\\(.)/gu, (_, escaped: string) => {
    const [start, end] = captures[Number(escaped)] ?? [0, 0];
    return escaped === "\\" ? escaped : bytes.subarray(start, end).toString();
  });
  return Buffer.from(text);
}
