import { U32List } from "./u32-list";

/** The last code point. */
export const MAX_CODE_POINT: u32 = 0x10ffff;

/** A set of code points: ranges, which `normalize` puts in order and joins where they touch. */
@final
export class CodePointSet {
  private readonly bounds: U32List = new U32List();

  /** How many ranges there are. */
  get length(): i32 {
    return this.bounds.length >> 1;
  }

  first(index: i32): u32 {
    return this.bounds.get(index << 1);
  }

  last(index: i32): u32 {
    return this.bounds.get((index << 1) + 1);
  }

  clear(): void {
    this.bounds.truncate(0);
  }

  add(first: u32, last: u32): void {
    this.bounds.push(first);
    this.bounds.push(last);
  }

  addAll(other: CodePointSet): void {
    for (let i = 0; i < other.length; i++) this.add(other.first(i), other.last(i));
  }

  /** Whether a normalized set has `codePoint`. */
  has(codePoint: u32): bool {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.last(middle) < codePoint) low = middle + 1;
      else high = middle;
    }
    return low < this.length && this.first(low) <= codePoint;
  }

  /** Puts the ranges in order, without overlaps. */
  normalize(): void {
    this.sort();
    const length = this.length;
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const first = this.first(i);
      const last = this.last(i);
      if (kept > 0 && first <= this.last(kept - 1) + 1)
        this.set(kept - 1, this.first(kept - 1), max(last, this.last(kept - 1)));
      else this.set(kept++, first, last);
    }
    this.bounds.truncate(kept << 1);
  }

  /** Turns a normalized set into all the other code points. */
  negate(): void {
    const length = this.length;
    let next: u32 = 0;
    let kept = 0;
    // The gap before a range goes into a place whose range was read already.
    for (let i = 0; i < length; i++) {
      const first = this.first(i);
      const last = this.last(i);
      if (first > next) this.set(kept++, next, first - 1);
      next = last + 1;
    }
    this.bounds.truncate(kept << 1);
    if (next <= MAX_CODE_POINT) this.add(next, MAX_CODE_POINT);
  }

  private set(index: i32, first: u32, last: u32): void {
    this.bounds.set(index << 1, first);
    this.bounds.set((index << 1) + 1, last);
  }

  // Heapsort by the first code point: in place, never slow, and most sets are short.
  private sort(): void {
    let end = this.length;
    for (let i = (end >> 1) - 1; i >= 0; i--) this.sink(i, end);
    while (end > 1) {
      end -= 1;
      this.swap(0, end);
      this.sink(0, end);
    }
  }

  private sink(start: i32, end: i32): void {
    let parent = start;
    for (let child = parent * 2 + 1; child < end; child = parent * 2 + 1) {
      if (child + 1 < end && this.first(child + 1) > this.first(child)) child += 1;
      if (this.first(parent) >= this.first(child)) return;
      this.swap(parent, child);
      parent = child;
    }
  }

  private swap(a: i32, b: i32): void {
    const first = this.first(a);
    const last = this.last(a);
    this.set(a, this.first(b), this.last(b));
    this.set(b, first, last);
  }
}
