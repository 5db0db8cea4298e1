// Made by `npm run generate`; changes belong into cli/generate/fields/.
import { carryDown, readOctets, writeOctets } from "./octets";

const LIMBS: i32 = 9;
const OCTETS: i32 = 32;
const SIZE: i32 = 72;
const TOP: usize = 64;

/** The bits of a limb, and half of what it can hold: added before a carry, which then rounds to the nearest. */
const MASK: i64 = (1 << 29) - 1;
const HALF: i64 = 1 << 28;

/** The element 1. */
const ONE = memory.data<i64>([1, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Bits of the highest limb that are below the prime's power of two. */
const TOP_BITS: i64 = 23;
const TOP_MASK: i64 = (1 << TOP_BITS) - 1;

/** An element for intermediate results of the methods that are not hot. */
const SCRATCH: usize = memory.data(SIZE);

/**
 * Arithmetic modulo 2^255 - 19 (RFC 7748 §4.1), in 9 signed limbs of 29 bits: limb i, an i64 at 8 * i bytes,
 * counts 2^(29 * i). An element has 72 bytes of memory. `out` may be an operand; operands may be the same.
 *
 * Additions do not carry. How large limbs have become is counted as a weight w: limb i is between -w * L and w *
 * L, where L is 2^28, 2^28 + 38307 for limb 1, 2^28 + 33 for limb 8. What `mul`, `square`, `carry` and `fromBytes`
 * answer has weight 1; `add` and `sub` add weights up; `scale` multiplies the weight. Products of weights up to 14
 * may be multiplied, weights up to 3 squared, weights up to 64 carried.
 *
 * The generator works out these bounds with the formulas, and refuses to write one that could overflow.
 */
@unmanaged
@final
export class Curve25519Field {
  /** Limbs of an element: 9. */
  @inline
  get limbs(): i32 {
    return LIMBS;
  }

  /** Bytes of an element in memory: 72. */
  @inline
  get size(): usize {
    return SIZE;
  }

  /** Octets of an encoded element: 32, the lowest first. */
  @inline
  get octets(): i32 {
    return OCTETS;
  }

  /** out = a * b. The product of their weights is at most 14; the result has weight 1. */
  mul(out: usize, a: usize, b: usize): void {
    const a0 = load<i64>(a);
    const a1 = load<i64>(a, 8);
    const a2 = load<i64>(a, 16);
    const a3 = load<i64>(a, 24);
    const a4 = load<i64>(a, 32);
    const a5 = load<i64>(a, 40);
    const a6 = load<i64>(a, 48);
    const a7 = load<i64>(a, 56);
    const a8 = load<i64>(a, 64);
    const b0 = load<i64>(b);
    const b1 = load<i64>(b, 8);
    const b2 = load<i64>(b, 16);
    const b3 = load<i64>(b, 24);
    const b4 = load<i64>(b, 32);
    const b5 = load<i64>(b, 40);
    const b6 = load<i64>(b, 48);
    const b7 = load<i64>(b, 56);
    const b8 = load<i64>(b, 64);
    let t: i64 = 0;
    let u: i64 = 0;
    u += a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1;
    const h0 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b0 + h0 * 1216;
    const r0 = (t & MASK) - HALF;
    t >>= 29;
    u += a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2;
    const h1 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b1 + a1 * b0 + h1 * 1216;
    const r1 = (t & MASK) - HALF;
    t >>= 29;
    u += a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3;
    const h2 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b2 + a1 * b1 + a2 * b0 + h2 * 1216;
    const r2 = (t & MASK) - HALF;
    t >>= 29;
    u += a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4;
    const h3 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + h3 * 1216;
    const r3 = (t & MASK) - HALF;
    t >>= 29;
    u += a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5;
    const h4 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + h4 * 1216;
    const r4 = (t & MASK) - HALF;
    t >>= 29;
    u += a6 * b8 + a7 * b7 + a8 * b6;
    const h5 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + h5 * 1216;
    const r5 = (t & MASK) - HALF;
    t >>= 29;
    u += a7 * b8 + a8 * b7;
    const h6 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + h6 * 1216;
    const r6 = (t & MASK) - HALF;
    t >>= 29;
    u += a8 * b8;
    const h7 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + h7 * 1216;
    const r7 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + u * 1216;
    const r8 = (t & MASK) - HALF;
    t >>= 29;
    const rest = t;
    t = 0;
    t += HALF + r0 + rest * 1216;
    store<i64>(out, (t & MASK) - HALF);
    t >>= 29;
    store<i64>(out, r1 + t, 8);
    store<i64>(out, r2, 16);
    store<i64>(out, r3, 24);
    store<i64>(out, r4, 32);
    store<i64>(out, r5, 40);
    store<i64>(out, r6, 48);
    store<i64>(out, r7, 56);
    store<i64>(out, r8, 64);
  }

  /** out = a * a. The weight of a is at most 3; the result has weight 1. */
  square(out: usize, a: usize): void {
    const a0 = load<i64>(a);
    const a1 = load<i64>(a, 8);
    const a2 = load<i64>(a, 16);
    const a3 = load<i64>(a, 24);
    const a4 = load<i64>(a, 32);
    const a5 = load<i64>(a, 40);
    const a6 = load<i64>(a, 48);
    const a7 = load<i64>(a, 56);
    const a8 = load<i64>(a, 64);
    const d0 = a0 << 1;
    const d1 = a1 << 1;
    const d2 = a2 << 1;
    const d3 = a3 << 1;
    const d4 = a4 << 1;
    const d5 = a5 << 1;
    const d6 = a6 << 1;
    const d7 = a7 << 1;
    let t: i64 = 0;
    let u: i64 = 0;
    u += d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5;
    const h0 = u & MASK;
    u >>= 29;
    t += HALF + a0 * a0 + h0 * 1216;
    const r0 = (t & MASK) - HALF;
    t >>= 29;
    u += d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5;
    const h1 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a1 + h1 * 1216;
    const r1 = (t & MASK) - HALF;
    t >>= 29;
    u += d3 * a8 + d4 * a7 + d5 * a6;
    const h2 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a2 + a1 * a1 + h2 * 1216;
    const r2 = (t & MASK) - HALF;
    t >>= 29;
    u += d4 * a8 + d5 * a7 + a6 * a6;
    const h3 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a3 + d1 * a2 + h3 * 1216;
    const r3 = (t & MASK) - HALF;
    t >>= 29;
    u += d5 * a8 + d6 * a7;
    const h4 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a4 + d1 * a3 + a2 * a2 + h4 * 1216;
    const r4 = (t & MASK) - HALF;
    t >>= 29;
    u += d6 * a8 + a7 * a7;
    const h5 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a5 + d1 * a4 + d2 * a3 + h5 * 1216;
    const r5 = (t & MASK) - HALF;
    t >>= 29;
    u += d7 * a8;
    const h6 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + h6 * 1216;
    const r6 = (t & MASK) - HALF;
    t >>= 29;
    u += a8 * a8;
    const h7 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + h7 * 1216;
    const r7 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + u * 1216;
    const r8 = (t & MASK) - HALF;
    t >>= 29;
    const rest = t;
    t = 0;
    t += HALF + r0 + rest * 1216;
    store<i64>(out, (t & MASK) - HALF);
    t >>= 29;
    store<i64>(out, r1 + t, 8);
    store<i64>(out, r2, 16);
    store<i64>(out, r3, 24);
    store<i64>(out, r4, 32);
    store<i64>(out, r5, 40);
    store<i64>(out, r6, 48);
    store<i64>(out, r7, 56);
    store<i64>(out, r8, 64);
  }

  /** out = a^(2^times), times at least 1. The weight of a is at most 3; the result has weight 1. */
  squareTimes(out: usize, a: usize, times: i32): void {
    this.square(out, a);
    for (let i = 1; i < times; i++) this.square(out, out);
  }

  /** out = a + b, without a carry: the weight is the sum of theirs. */
  add(out: usize, a: usize, b: usize): void {
    store<i64>(out, load<i64>(a) + load<i64>(b));
    store<i64>(out, load<i64>(a, 8) + load<i64>(b, 8), 8);
    store<i64>(out, load<i64>(a, 16) + load<i64>(b, 16), 16);
    store<i64>(out, load<i64>(a, 24) + load<i64>(b, 24), 24);
    store<i64>(out, load<i64>(a, 32) + load<i64>(b, 32), 32);
    store<i64>(out, load<i64>(a, 40) + load<i64>(b, 40), 40);
    store<i64>(out, load<i64>(a, 48) + load<i64>(b, 48), 48);
    store<i64>(out, load<i64>(a, 56) + load<i64>(b, 56), 56);
    store<i64>(out, load<i64>(a, 64) + load<i64>(b, 64), 64);
  }

  /** out = a - b, without a carry: the weight is the sum of theirs. */
  sub(out: usize, a: usize, b: usize): void {
    store<i64>(out, load<i64>(a) - load<i64>(b));
    store<i64>(out, load<i64>(a, 8) - load<i64>(b, 8), 8);
    store<i64>(out, load<i64>(a, 16) - load<i64>(b, 16), 16);
    store<i64>(out, load<i64>(a, 24) - load<i64>(b, 24), 24);
    store<i64>(out, load<i64>(a, 32) - load<i64>(b, 32), 32);
    store<i64>(out, load<i64>(a, 40) - load<i64>(b, 40), 40);
    store<i64>(out, load<i64>(a, 48) - load<i64>(b, 48), 48);
    store<i64>(out, load<i64>(a, 56) - load<i64>(b, 56), 56);
    store<i64>(out, load<i64>(a, 64) - load<i64>(b, 64), 64);
  }

  /** out = factor * a, without a carry: the weight grows by the factor's absolute value. */
  scale(out: usize, a: usize, factor: i64): void {
    store<i64>(out, load<i64>(a) * factor);
    store<i64>(out, load<i64>(a, 8) * factor, 8);
    store<i64>(out, load<i64>(a, 16) * factor, 16);
    store<i64>(out, load<i64>(a, 24) * factor, 24);
    store<i64>(out, load<i64>(a, 32) * factor, 32);
    store<i64>(out, load<i64>(a, 40) * factor, 40);
    store<i64>(out, load<i64>(a, 48) * factor, 48);
    store<i64>(out, load<i64>(a, 56) * factor, 56);
    store<i64>(out, load<i64>(a, 64) * factor, 64);
  }

  /** out = a, carried. The weight of a is at most 64; the result has weight 1. */
  carry(out: usize, a: usize): void {
    const top = load<i64>(a, 64);
    const excess = (top + 268435456) >> 29;
    let t: i64 = 0;
    t += HALF + load<i64>(a) + excess * 1216;
    store<i64>(out, (t & MASK) - HALF);
    t >>= 29;
    t += HALF + load<i64>(a, 8);
    store<i64>(out, (t & MASK) - HALF, 8);
    t >>= 29;
    t += HALF + load<i64>(a, 16);
    store<i64>(out, (t & MASK) - HALF, 16);
    t >>= 29;
    t += HALF + load<i64>(a, 24);
    store<i64>(out, (t & MASK) - HALF, 24);
    t >>= 29;
    t += HALF + load<i64>(a, 32);
    store<i64>(out, (t & MASK) - HALF, 32);
    t >>= 29;
    t += HALF + load<i64>(a, 40);
    store<i64>(out, (t & MASK) - HALF, 40);
    t >>= 29;
    t += HALF + load<i64>(a, 48);
    store<i64>(out, (t & MASK) - HALF, 48);
    t >>= 29;
    t += HALF + load<i64>(a, 56);
    store<i64>(out, (t & MASK) - HALF, 56);
    t >>= 29;
    store<i64>(out, top - (excess << 29) + t, 64);
  }

  /** out = a; the weight stays. */
  copy(out: usize, a: usize): void {
    memory.copy(out, a, SIZE);
  }

  /** out = 0. */
  setZero(out: usize): void {
    memory.fill(out, 0, SIZE);
  }

  /** out = 1, of weight 1. */
  setOne(out: usize): void {
    memory.copy(out, ONE, SIZE);
  }

  /** out = the number of 32 octets at `from`, the lowest first, of weight 1. Every number is taken, modulo the prime. */
  fromBytes(out: usize, from: usize): void {
    readOctets(out, LIMBS, from, OCTETS, false);
    this.carry(out, out);
  }

  /** Writes a, whose weight is at most 14, as 32 octets, the lowest first: the number from 0 to prime - 1. */
  toBytes(out: usize, a: usize): void {
    this.canonical(a);
    writeOctets(SCRATCH, LIMBS, out, OCTETS, false);
  }

  /** Whether a is 0 modulo the prime. Its weight is at most 14. */
  isZero(a: usize): bool {
    this.canonical(a);
    let bits: i64 = 0;
    for (let at = 0; at < SIZE; at += 8) bits |= load<i64>(SCRATCH + <usize>at);
    return bits == 0;
  }

  /** Whether a and b are the same modulo the prime. Their weights add up to at most 14. */
  equals(a: usize, b: usize): bool {
    this.sub(SCRATCH, a, b);
    return this.isZero(SCRATCH);
  }

  /** SCRATCH = the number that a stands for, from 0 to prime - 1, its limbs from 0 up. */
  private canonical(a: usize): void {
    this.carry(SCRATCH, a);
    // First within a few thousand of 0 to 2^255 - 1, then inside.
    this.wrap();
    this.wrap();
    // Now it is the prime or more if and only if adding 19 reaches 2^255.
    store<i64>(SCRATCH, load<i64>(SCRATCH) + 19);
    carryDown(SCRATCH, LIMBS);
    const top = load<i64>(SCRATCH, TOP);
    store<i64>(SCRATCH, top & TOP_MASK, TOP);
    if (top > TOP_MASK) return;
    store<i64>(SCRATCH, load<i64>(SCRATCH) - 19);
    carryDown(SCRATCH, LIMBS);
  }

  /** Replaces multiples of 2^255 in SCRATCH by as many times 19. */
  private wrap(): void {
    carryDown(SCRATCH, LIMBS);
    const top = load<i64>(SCRATCH, TOP);
    store<i64>(SCRATCH, top & TOP_MASK, TOP);
    store<i64>(SCRATCH, load<i64>(SCRATCH) + (top >> TOP_BITS) * 19);
  }
}
