import { encodeCodePoint } from "../text/utf8";
import { InstructionList, instructionWord, Op } from "./instruction";
import { CodePointSet, MAX_CODE_POINT } from "./ranges";
import { U32List } from "./u32-list";

/** Instead of a node: the last byte of a character was read. */
const ACCEPT: u32 = 0xffffffff;

/** A node that was completed: how many transitions, where its instructions begin, then two words for each transition. */
const NODE_HEADER: i32 = 2;

const MAX_BYTES: i32 = 4;

/** The bytes of a range's first character, and `MAX_BYTES` further on those of its last one. */
const SEQUENCE: usize = memory.data(8);

/**
 * Writes sets of code points as instructions on the bytes of UTF-8: a tree of byte ranges, in which equal ends are one.
 *
 * The ranges come in order, so only the last branch of the tree is still open: one list of transitions for each byte of a
 * character. When the next range leaves a branch, its nodes are complete, from the last byte on, and are looked for among
 * those that there are.
 */
@final
export class Utf8Trie {
  private readonly level0: U32List = new U32List();
  private readonly level1: U32List = new U32List();
  private readonly level2: U32List = new U32List();
  private readonly level3: U32List = new U32List();
  /** The nodes that are complete, one after the other. */
  private readonly nodes: U32List = new U32List();
  /** Ranges that are still to be split. */
  private readonly pending: U32List = new U32List();

  /** Appends instructions that read one character of the normalized `set`, and go on behind the last of them. */
  write(set: CodePointSet, target: InstructionList): void {
    this.nodes.truncate(0);
    for (let i = 0; i < MAX_BYTES; i++) this.level(i).truncate(0);
    for (let i = 0; i < set.length; i++) this.addRange(set.first(i), set.last(i));
    this.complete(1);
    if (this.level0.length == 0) target.add(instructionWord(Op.Fail));
    else this.emit(target);
  }

  private addRange(first: u32, last: u32): void {
    const pending = this.pending;
    pending.push(first);
    pending.push(last);
    while (pending.length > 0) {
      const to = pending.get(pending.length - 1);
      const from = pending.get(pending.length - 2);
      pending.truncate(pending.length - 2);
      this.split(from, to);
    }
  }

  /** Adds a range whose characters differ in their last bytes only, or leaves two parts of it in `pending`. */
  private split(first: u32, last: u32): void {
    if (first == 0x80 && last == MAX_CODE_POINT) return this.addAllBeyondAscii();
    const at = splitPoint(first, last);
    if (at == first) return this.addSequence(first, last);
    this.pending.push(at);
    this.pending.push(last);
    this.pending.push(first);
    this.pending.push(at - 1);
  }

  /**
   * As RE2 does for `.` and for the complement of ASCII: three ranges of first bytes, each with any continuation bytes.
   * That lets overlong forms (E0, F0) and code points above U+10FFFF (F4) pass, and keeps programs small.
   */
  private addAllBeyondAscii(): void {
    this.addBytes(0xc2, 0xdf, 2);
    this.addBytes(0xe0, 0xef, 3);
    this.addBytes(0xf0, 0xf4, 4);
  }

  private addBytes(first: u8, last: u8, length: i32): void {
    store<u32>(SEQUENCE, 0x80808000 | (<u32>first));
    store<u32>(SEQUENCE + MAX_BYTES, 0xbfbfbf00 | (<u32>last));
    this.add(length);
  }

  private addSequence(first: u32, last: u32): void {
    const length = encodeCodePoint(first, SEQUENCE);
    encodeCodePoint(last, SEQUENCE + MAX_BYTES);
    this.add(length);
  }

  /** Adds the byte ranges in SEQUENCE. */
  private add(length: i32): void {
    let shared = 0;
    while (shared < length - 1 && this.isOpen(shared)) shared += 1;
    this.complete(shared + 1);
    for (let i = shared; i < length; i++) {
      this.level(i).push(byteRange(i));
      this.level(i).push(ACCEPT);
    }
  }

  /** Whether the branch that is open has the range of byte `index`. */
  private isOpen(index: i32): bool {
    const level = this.level(index);
    return level.length > 0 && level.get(level.length - 2) == byteRange(index) && this.level(index + 1).length > 0;
  }

  /** Completes the open nodes of byte `from` and of those after it. */
  private complete(from: i32): void {
    for (let i = MAX_BYTES - 1; i >= from; i--) {
      const level = this.level(i);
      if (level.length == 0) continue;
      const parent = this.level(i - 1);
      parent.set(parent.length - 1, this.nodeOf(level));
      level.truncate(0);
    }
  }

  /** A complete node with these transitions: where it begins in `nodes`. */
  private nodeOf(level: U32List): u32 {
    const nodes = this.nodes;
    for (let node = 0; node < nodes.length; node += NODE_HEADER + <i32>nodes.get(node)) {
      if (this.isNode(node, level)) return <u32>node;
    }
    const node = nodes.length;
    nodes.push(<u32>level.length);
    nodes.push(0);
    for (let i = 0; i < level.length; i++) nodes.push(level.get(i));
    return <u32>node;
  }

  private isNode(node: i32, level: U32List): bool {
    if (<i32>this.nodes.get(node) != level.length) return false;
    for (let i = 0; i < level.length; i++) {
      if (this.nodes.get(node + NODE_HEADER + i) != level.get(i)) return false;
    }
    return true;
  }

  private emit(target: InstructionList): void {
    const nodes = this.nodes;
    let end = target.length + (this.level0.length >> 1);
    for (let node = 0; node < nodes.length; node += NODE_HEADER + <i32>nodes.get(node)) {
      nodes.set(node + 1, <u32>end);
      end += (<i32>nodes.get(node)) >> 1;
    }
    this.emitTransitions(this.level0, 0, this.level0.length, end, target);
    for (let node = 0; node < nodes.length; node += NODE_HEADER + <i32>nodes.get(node)) {
      this.emitTransitions(nodes, node + NODE_HEADER, <i32>nodes.get(node), end, target);
    }
  }

  private emitTransitions(list: U32List, start: i32, length: i32, end: i32, target: InstructionList): void {
    for (let i = start; i < start + length; i += 2) {
      const range = list.get(i);
      const node = list.get(i + 1);
      const to = node == ACCEPT ? end : <i32>this.nodes.get(<i32>node + 1);
      const more = i + 2 < start + length;
      target.add(instructionWord(Op.Byte, range & 0xff, range >> 8, more), to - target.length);
    }
  }

  private level(index: i32): U32List {
    if (index == 0) return this.level0;
    if (index == 1) return this.level1;
    return index == 2 ? this.level2 : this.level3;
  }
}

/** The range of byte `index` in SEQUENCE, in one word. */
function byteRange(index: i32): u32 {
  const at = SEQUENCE + <usize>index;
  return (<u32>load<u8>(at)) | ((<u32>load<u8>(at, 4)) << 8);
}

/** Where a range must be split so that the first part is closer to being one sequence of byte ranges; `first`: it is one. */
function splitPoint(first: u32, last: u32): u32 {
  if (first < 0x80 && last >= 0x80) return 0x80;
  if (first < 0x800 && last >= 0x800) return 0x800;
  if (first < 0x10000 && last >= 0x10000) return 0x10000;
  if (last < 0x80) return first;
  for (let bits: u32 = 6; bits <= 18; bits += 6) {
    const mask = ((<u32>1) << bits) - 1;
    if ((first & ~mask) == (last & ~mask)) continue;
    if ((first & mask) != 0) return (first | mask) + 1;
    if ((last & mask) != mask) return last & ~mask;
  }
  return first;
}
