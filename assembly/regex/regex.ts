import { Bytes } from "../text/bytes";
import { backtrack, Outcome, reserveBacktracker } from "./backtracker";
import { Flag } from "./flags";
import { LazyDfa } from "./lazy-dfa";
import { Parser } from "./parser";
import { reservePike, runPike, SLOT_SIZE, UNSET } from "./pike-vm";
import { Program } from "./program";

/** Reads all patterns, one after the other. */
const parser = new Parser();

/**
 * A regular expression in RE2's syntax and with its meaning, as Envoy's `safe_regex` has it: RE2 with its default options on
 * UTF-8. Matching takes time in proportion to the text, whatever the pattern and the text, and allocates nothing.
 *
 * docs/regular-expressions.md has the syntax and the limits.
 */
@final
export class Regex {
  /** Why the last `compile` answered null, and at which character of the pattern. */
  static problem: string = "";

  /** Compiles `pattern`; null when RE2 would refuse it or it is too large, which `problem` explains. */
  static compile(pattern: string, ignoreCase: bool = false): Regex | null {
    const isGood = parser.parse(pattern, ignoreCase ? Flag.IGNORE_CASE : 0);
    Regex.problem = parser.reader.problem;
    return isGood ? new Regex(parser) : null;
  }

  /** How many groups capture, without the whole match. */
  readonly groups: i32;
  private readonly program: Program;
  private readonly dfa: LazyDfa;
  /** Of each group; empty for one without. */
  private readonly names: string[];
  /** Where the groups of the last match begin and end. */
  private readonly captures: usize;

  private constructor(parser: Parser) {
    const program = new Program(parser.code, parser.groups);
    this.groups = parser.groups;
    this.names = parser.names;
    this.program = program;
    this.dfa = new LazyDfa(program);
    this.captures = heap.alloc(program.captureSize);
    this.forget();
    reserveBacktracker();
    reservePike(program);
  }

  /** Number of the group with this name, the first of several; -1: there is none. */
  groupNamed(name: string): i32 {
    const index = name.length > 0 ? this.names.indexOf(name) : -1;
    return index < 0 ? -1 : index + 1;
  }

  /** Whether the whole text matches, as RE2::FullMatch. Leaves the captures as they are. */
  matches(text: Bytes): bool {
    return this.dfa.matches(text);
  }

  /** Whether the whole text matches; then the captures are those of this match, else there are none. */
  fullCapture(text: Bytes): bool {
    // Quick to refuse, where captures take longer.
    if (!this.dfa.matches(text)) return this.forget();
    return this.run(text, 0, true);
  }

  /**
   * Looks for the first match that begins at `from` or later, as RE2::Match without anchor: what lies before `from` counts
   * for `^` and `\b`. Then the captures are those of this match, else there are none.
   */
  search(text: Bytes, from: i32): bool {
    if (from < 0 || from > text.length) return this.forget();
    return this.run(text, from, false);
  }

  /** Where a group of the last match begins, group 0 being the whole of it; -1: it did not take part. */
  captureStart(group: i32): i32 {
    return this.slot(group, 0);
  }

  /** Where a group of the last match ends; -1: it did not take part. */
  captureEnd(group: i32): i32 {
    return this.slot(group, 1);
  }

  /** Frees what the garbage collector does not see. The expression must not be used afterwards. */
  release(): void {
    heap.free(this.captures);
    this.dfa.release();
    this.program.release();
  }

  private slot(group: i32, side: i32): i32 {
    if (<u32>group > <u32>this.groups) return UNSET;
    return load<i32>(this.captures + <usize>(group * 2 + side) * SLOT_SIZE);
  }

  private run(text: Bytes, from: i32, whole: bool): bool {
    const outcome = backtrack(this.program, text, from, whole, this.captures);
    if (outcome != Outcome.TooLarge) return outcome == Outcome.Match;
    this.forget();
    return runPike(this.program, text, from, whole, this.captures);
  }

  private forget(): bool {
    memory.fill(this.captures, 0xff, this.program.captureSize);
    return false;
  }
}
