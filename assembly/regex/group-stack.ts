import { InstructionList, instructionWord, Op } from "./instruction";
import { U32List } from "./u32-list";

const NONE: i32 = -1;

/** Words of a group on the stack. */
const FRAME: i32 = 7;

/**
 * The groups that are open while a pattern is read, from the outside in; the whole pattern is the lowest. It writes what
 * belongs to a group as a whole: where captures begin and end, and the choices between alternatives.
 *
 * ```
 *  Split ─┐  first alternative  Jump ─┐  Split ─┐  second  Jump ─┐  last  ◀── all jumps
 *         └─────────────────────────────▲       └────────────────▶
 * ```
 */
@final
export class GroupStack {
  private readonly frames: U32List = new U32List();

  /** Groups that are open; the whole pattern does not count. */
  get depth(): i32 {
    return this.frames.length / FRAME - 1;
  }

  /** Where the block of the innermost group begins. */
  get start(): i32 {
    return this.field(0);
  }

  /** The flags that hold behind it. */
  get flags(): u32 {
    return <u32>this.field(1);
  }

  /** What `push` was given. */
  get factor(): i32 {
    return this.field(2);
  }

  /** Where it begins in the pattern, in code units. */
  get offset(): i32 {
    return this.field(3);
  }

  /** Number of the group that it captures; 0: it does not. */
  private get capture(): i32 {
    return this.field(4);
  }

  /** Where the alternative begins that is being read. */
  private get alternative(): i32 {
    return this.field(5);
  }

  /** The jump behind the alternative before it, whose `x` is the one before that, and so on; or NONE. */
  private get lastJump(): i32 {
    return this.field(6);
  }

  /** Forgets all, and opens the whole pattern. */
  reset(): void {
    this.frames.truncate(0);
    this.pushFrame(0, 0, 0, 0, 1, 0);
  }

  push(code: InstructionList, capture: i32, flags: u32, offset: i32, factor: i32): void {
    const start = code.length;
    if (capture > 0) code.add(instructionWord(Op.Capture), capture * 2);
    this.pushFrame(start, flags, offset, capture, factor, code.length);
  }

  /** Ends the alternative that was read, and begins another one. */
  nextAlternative(code: InstructionList): void {
    const alternative = this.alternative;
    code.insert(alternative, instructionWord(Op.Split), code.length + 2 - alternative);
    const jump = code.length;
    code.add(instructionWord(Op.Jump), this.lastJump);
    this.setField(5, code.length);
    this.setField(6, jump);
  }

  /** Leads the ends of all alternatives to what comes next. */
  closeAlternatives(code: InstructionList): void {
    for (let jump = this.lastJump; jump != NONE;) {
      const previous = code.x(jump);
      code.setX(jump, code.length - jump);
      jump = previous;
    }
  }

  /** Takes the innermost group away; after `closeAlternatives`. */
  pop(code: InstructionList): void {
    if (this.capture > 0) code.add(instructionWord(Op.Capture), this.capture * 2 + 1);
    this.frames.truncate(this.frames.length - FRAME);
  }

  private pushFrame(start: i32, flags: u32, offset: i32, capture: i32, factor: i32, alternative: i32): void {
    const frames = this.frames;
    frames.push(<u32>start);
    frames.push(flags);
    frames.push(<u32>factor);
    frames.push(<u32>offset);
    frames.push(<u32>capture);
    frames.push(<u32>alternative);
    frames.push(<u32>NONE);
  }

  private field(index: i32): i32 {
    return <i32>this.frames.get(this.frames.length - FRAME + index);
  }

  private setField(index: i32, value: i32): void {
    this.frames.set(this.frames.length - FRAME + index, <u32>value);
  }
}
