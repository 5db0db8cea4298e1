// Made by `npm run generate`; changes belong into cli/generate/fields/.
import { carryDown, readOctets, writeOctets } from "./octets";

const LIMBS: i32 = 14;
const OCTETS: i32 = 48;
const SIZE: i32 = 112;
const TOP: usize = 104;

/** The bits of a limb, and half of what it can hold: added before a carry, which then rounds to the nearest. */
const MASK: i64 = (1 << 29) - 1;
const HALF: i64 = 1 << 28;

/** The element 1. */
const ONE = memory.data<i64>([4194304, -33554432, 0, 0, 4, 32, 0, 0, 0, 0, 0, 0, 0, 0]);

/** What brings a number into Montgomery's form: the radix squared. */
const INTO = memory.data<i64>([0, 32768, -524288, 2097152, 33554432, 0, 0, -4, 16, 256, 1024, 0, 0, 0]);

/** What brings an element out of Montgomery's form. */
const OUT = memory.data<i64>([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** The prime, each limb from 0 up. */
const MODULUS = memory.data<i64>([
  536870911, 7, 0, 536870400, 536866815, 536870911, 536870911, 536870911, 536870911, 536870911, 536870911, 536870911,
  536870911, 127,
]);

/** An element for intermediate results of the methods that are not hot. */
const SCRATCH: usize = memory.data(SIZE);

/**
 * Arithmetic modulo 2^384 - 2^128 - 2^96 + 2^32 - 1 (SP 800-186 §3.2.1), in 14 signed limbs of 29 bits: limb i, an
 * i64 at 8 * i bytes, counts 2^(29 * i). An element x is kept as x * 2^406 (Montgomery's form). An element has 112
 * bytes of memory. `out` may be an operand; operands may be the same.
 *
 * Additions do not carry. How large limbs have become is counted as a weight w: limb i is between -w * L and w *
 * L, where L is 2^28, 2^7 for limb 13. What `mul`, `square`, `carry` and `fromBytes` answer has weight 1; `add`
 * and `sub` add weights up; `scale` multiplies the weight. Products of weights up to 9 may be multiplied, weights
 * up to 3 squared, weights up to 64 carried.
 *
 * The generator works out these bounds with the formulas, and refuses to write one that could overflow.
 */
@unmanaged
@final
export class P384Field {
  /** Limbs of an element: 14. */
  @inline
  get limbs(): i32 {
    return LIMBS;
  }

  /** Bytes of an element in memory: 112. */
  @inline
  get size(): usize {
    return SIZE;
  }

  /** Octets of an encoded element: 48, the highest first. */
  @inline
  get octets(): i32 {
    return OCTETS;
  }

  /** out = a * b. The product of their weights is at most 9; the result has weight 1. */
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
    const a9 = load<i64>(a, 72);
    const a10 = load<i64>(a, 80);
    const a11 = load<i64>(a, 88);
    const a12 = load<i64>(a, 96);
    const a13 = load<i64>(a, 104);
    const b0 = load<i64>(b);
    const b1 = load<i64>(b, 8);
    const b2 = load<i64>(b, 16);
    const b3 = load<i64>(b, 24);
    const b4 = load<i64>(b, 32);
    const b5 = load<i64>(b, 40);
    const b6 = load<i64>(b, 48);
    const b7 = load<i64>(b, 56);
    const b8 = load<i64>(b, 64);
    const b9 = load<i64>(b, 72);
    const b10 = load<i64>(b, 80);
    const b11 = load<i64>(b, 88);
    const b12 = load<i64>(b, 96);
    const b13 = load<i64>(b, 104);
    let t: i64 = 0;
    t += HALF + a0 * b0;
    const m0 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b1 + a1 * b0 + (m0 << 3);
    const m1 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b2 + a1 * b1 + a2 * b0 + (m1 << 3);
    const m2 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 - (m0 << 9) + (m2 << 3);
    const m3 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 - (m0 << 12) - (m1 << 9) + (m3 << 3);
    const m4 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 - (m1 << 12) - (m2 << 9) + (m4 << 3);
    const m5 = (t & MASK) - HALF;
    t >>= 29;
    t +=
      HALF + a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 - (m2 << 12) - (m3 << 9) + (m5 << 3);
    const m6 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 - (m3 << 12) - (m4 << 9);
    t += m6 << 3;
    const m7 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 - (m4 << 12);
    t -= m5 << 9;
    t += m7 << 3;
    const m8 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0;
    t -= m5 << 12;
    t -= m6 << 9;
    t += m8 << 3;
    const m9 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1;
    t += a10 * b0 - (m6 << 12) - (m7 << 9) + (m9 << 3);
    const m10 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2;
    t += a10 * b1 + a11 * b0 - (m7 << 12) - (m8 << 9) + (m10 << 3);
    const m11 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b12 + a1 * b11 + a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3;
    t += a10 * b2 + a11 * b1 + a12 * b0 - (m8 << 12) - (m9 << 9) + (m11 << 3);
    const m12 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b13 + a1 * b12 + a2 * b11 + a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4;
    t += a10 * b3 + a11 * b2 + a12 * b1 + a13 * b0 + (m0 << 7) - (m9 << 12) - (m10 << 9) + (m12 << 3);
    const m13 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a1 * b13 + a2 * b12 + a3 * b11 + a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4;
    t += a11 * b3 + a12 * b2 + a13 * b1 + (m1 << 7) - (m10 << 12) - (m11 << 9) + (m13 << 3);
    store<i64>(out, (t & MASK) - HALF);
    t >>= 29;
    t += HALF + a2 * b13 + a3 * b12 + a4 * b11 + a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5 + a11 * b4;
    t += a12 * b3 + a13 * b2 + (m2 << 7) - (m11 << 12) - (m12 << 9);
    store<i64>(out, (t & MASK) - HALF, 8);
    t >>= 29;
    t +=
      HALF + a3 * b13 + a4 * b12 + a5 * b11 + a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6 + a11 * b5 + a12 * b4;
    t += a13 * b3 + (m3 << 7) - (m12 << 12) - (m13 << 9);
    store<i64>(out, (t & MASK) - HALF, 16);
    t >>= 29;
    t += HALF + a4 * b13 + a5 * b12 + a6 * b11 + a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7 + a11 * b6 + a12 * b5;
    t += a13 * b4 + (m4 << 7) - (m13 << 12);
    store<i64>(out, (t & MASK) - HALF, 24);
    t >>= 29;
    t += HALF + a5 * b13 + a6 * b12 + a7 * b11 + a8 * b10 + a9 * b9 + a10 * b8 + a11 * b7 + a12 * b6 + a13 * b5;
    t += m5 << 7;
    store<i64>(out, (t & MASK) - HALF, 32);
    t >>= 29;
    t += HALF + a6 * b13 + a7 * b12 + a8 * b11 + a9 * b10 + a10 * b9 + a11 * b8 + a12 * b7 + a13 * b6 + (m6 << 7);
    store<i64>(out, (t & MASK) - HALF, 40);
    t >>= 29;
    t += HALF + a7 * b13 + a8 * b12 + a9 * b11 + a10 * b10 + a11 * b9 + a12 * b8 + a13 * b7 + (m7 << 7);
    store<i64>(out, (t & MASK) - HALF, 48);
    t >>= 29;
    t += HALF + a8 * b13 + a9 * b12 + a10 * b11 + a11 * b10 + a12 * b9 + a13 * b8 + (m8 << 7);
    store<i64>(out, (t & MASK) - HALF, 56);
    t >>= 29;
    t += HALF + a9 * b13 + a10 * b12 + a11 * b11 + a12 * b10 + a13 * b9 + (m9 << 7);
    store<i64>(out, (t & MASK) - HALF, 64);
    t >>= 29;
    t += HALF + a10 * b13 + a11 * b12 + a12 * b11 + a13 * b10 + (m10 << 7);
    store<i64>(out, (t & MASK) - HALF, 72);
    t >>= 29;
    t += HALF + a11 * b13 + a12 * b12 + a13 * b11 + (m11 << 7);
    store<i64>(out, (t & MASK) - HALF, 80);
    t >>= 29;
    t += HALF + a12 * b13 + a13 * b12 + (m12 << 7);
    store<i64>(out, (t & MASK) - HALF, 88);
    t >>= 29;
    t += HALF + a13 * b13 + (m13 << 7);
    store<i64>(out, (t & MASK) - HALF, 96);
    t >>= 29;
    store<i64>(out, t, 104);
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
    const a9 = load<i64>(a, 72);
    const a10 = load<i64>(a, 80);
    const a11 = load<i64>(a, 88);
    const a12 = load<i64>(a, 96);
    const a13 = load<i64>(a, 104);
    const d0 = a0 << 1;
    const d1 = a1 << 1;
    const d2 = a2 << 1;
    const d3 = a3 << 1;
    const d4 = a4 << 1;
    const d5 = a5 << 1;
    const d6 = a6 << 1;
    const d7 = a7 << 1;
    const d8 = a8 << 1;
    const d9 = a9 << 1;
    const d10 = a10 << 1;
    const d11 = a11 << 1;
    const d12 = a12 << 1;
    let t: i64 = 0;
    t += HALF + a0 * a0;
    const m0 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a1 + (m0 << 3);
    const m1 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a2 + a1 * a1 + (m1 << 3);
    const m2 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a3 + d1 * a2 - (m0 << 9) + (m2 << 3);
    const m3 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a4 + d1 * a3 + a2 * a2 - (m0 << 12) - (m1 << 9) + (m3 << 3);
    const m4 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a5 + d1 * a4 + d2 * a3 - (m1 << 12) - (m2 << 9) + (m4 << 3);
    const m5 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 - (m2 << 12) - (m3 << 9) + (m5 << 3);
    const m6 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 - (m3 << 12) - (m4 << 9) + (m6 << 3);
    const m7 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 - (m4 << 12) - (m5 << 9) + (m7 << 3);
    const m8 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 - (m5 << 12) - (m6 << 9) + (m8 << 3);
    const m9 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 - (m6 << 12) - (m7 << 9) + (m9 << 3);
    const m10 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6 - (m7 << 12) - (m8 << 9) + (m10 << 3);
    const m11 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a12 + d1 * a11 + d2 * a10 + d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6 - (m8 << 12) - (m9 << 9);
    t += m11 << 3;
    const m12 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a13 + d1 * a12 + d2 * a11 + d3 * a10 + d4 * a9 + d5 * a8 + d6 * a7 + (m0 << 7) - (m9 << 12);
    t -= m10 << 9;
    t += m12 << 3;
    const m13 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d1 * a13 + d2 * a12 + d3 * a11 + d4 * a10 + d5 * a9 + d6 * a8 + a7 * a7 + (m1 << 7) - (m10 << 12);
    t -= m11 << 9;
    t += m13 << 3;
    store<i64>(out, (t & MASK) - HALF);
    t >>= 29;
    t += HALF + d2 * a13 + d3 * a12 + d4 * a11 + d5 * a10 + d6 * a9 + d7 * a8 + (m2 << 7) - (m11 << 12) - (m12 << 9);
    store<i64>(out, (t & MASK) - HALF, 8);
    t >>= 29;
    t += HALF + d3 * a13 + d4 * a12 + d5 * a11 + d6 * a10 + d7 * a9 + a8 * a8 + (m3 << 7) - (m12 << 12) - (m13 << 9);
    store<i64>(out, (t & MASK) - HALF, 16);
    t >>= 29;
    t += HALF + d4 * a13 + d5 * a12 + d6 * a11 + d7 * a10 + d8 * a9 + (m4 << 7) - (m13 << 12);
    store<i64>(out, (t & MASK) - HALF, 24);
    t >>= 29;
    t += HALF + d5 * a13 + d6 * a12 + d7 * a11 + d8 * a10 + a9 * a9 + (m5 << 7);
    store<i64>(out, (t & MASK) - HALF, 32);
    t >>= 29;
    t += HALF + d6 * a13 + d7 * a12 + d8 * a11 + d9 * a10 + (m6 << 7);
    store<i64>(out, (t & MASK) - HALF, 40);
    t >>= 29;
    t += HALF + d7 * a13 + d8 * a12 + d9 * a11 + a10 * a10 + (m7 << 7);
    store<i64>(out, (t & MASK) - HALF, 48);
    t >>= 29;
    t += HALF + d8 * a13 + d9 * a12 + d10 * a11 + (m8 << 7);
    store<i64>(out, (t & MASK) - HALF, 56);
    t >>= 29;
    t += HALF + d9 * a13 + d10 * a12 + a11 * a11 + (m9 << 7);
    store<i64>(out, (t & MASK) - HALF, 64);
    t >>= 29;
    t += HALF + d10 * a13 + d11 * a12 + (m10 << 7);
    store<i64>(out, (t & MASK) - HALF, 72);
    t >>= 29;
    t += HALF + d11 * a13 + a12 * a12 + (m11 << 7);
    store<i64>(out, (t & MASK) - HALF, 80);
    t >>= 29;
    t += HALF + d12 * a13 + (m12 << 7);
    store<i64>(out, (t & MASK) - HALF, 88);
    t >>= 29;
    t += HALF + a13 * a13 + (m13 << 7);
    store<i64>(out, (t & MASK) - HALF, 96);
    t >>= 29;
    store<i64>(out, t, 104);
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
    store<i64>(out, load<i64>(a, 72) + load<i64>(b, 72), 72);
    store<i64>(out, load<i64>(a, 80) + load<i64>(b, 80), 80);
    store<i64>(out, load<i64>(a, 88) + load<i64>(b, 88), 88);
    store<i64>(out, load<i64>(a, 96) + load<i64>(b, 96), 96);
    store<i64>(out, load<i64>(a, 104) + load<i64>(b, 104), 104);
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
    store<i64>(out, load<i64>(a, 72) - load<i64>(b, 72), 72);
    store<i64>(out, load<i64>(a, 80) - load<i64>(b, 80), 80);
    store<i64>(out, load<i64>(a, 88) - load<i64>(b, 88), 88);
    store<i64>(out, load<i64>(a, 96) - load<i64>(b, 96), 96);
    store<i64>(out, load<i64>(a, 104) - load<i64>(b, 104), 104);
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
    store<i64>(out, load<i64>(a, 72) * factor, 72);
    store<i64>(out, load<i64>(a, 80) * factor, 80);
    store<i64>(out, load<i64>(a, 88) * factor, 88);
    store<i64>(out, load<i64>(a, 96) * factor, 96);
    store<i64>(out, load<i64>(a, 104) * factor, 104);
  }

  /** out = a, carried. The weight of a is at most 64; the result has weight 1. */
  carry(out: usize, a: usize): void {
    const top = load<i64>(a, 104);
    const excess = (top + 64) >> 7;
    let t: i64 = 0;
    t += HALF + load<i64>(a) + excess;
    store<i64>(out, (t & MASK) - HALF);
    t >>= 29;
    t += HALF + load<i64>(a, 8) - (excess << 3);
    store<i64>(out, (t & MASK) - HALF, 8);
    t >>= 29;
    t += HALF + load<i64>(a, 16);
    store<i64>(out, (t & MASK) - HALF, 16);
    t >>= 29;
    t += HALF + load<i64>(a, 24) + (excess << 9);
    store<i64>(out, (t & MASK) - HALF, 24);
    t >>= 29;
    t += HALF + load<i64>(a, 32) + (excess << 12);
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
    t += HALF + load<i64>(a, 64);
    store<i64>(out, (t & MASK) - HALF, 64);
    t >>= 29;
    t += HALF + load<i64>(a, 72);
    store<i64>(out, (t & MASK) - HALF, 72);
    t >>= 29;
    t += HALF + load<i64>(a, 80);
    store<i64>(out, (t & MASK) - HALF, 80);
    t >>= 29;
    t += HALF + load<i64>(a, 88);
    store<i64>(out, (t & MASK) - HALF, 88);
    t >>= 29;
    t += HALF + load<i64>(a, 96);
    store<i64>(out, (t & MASK) - HALF, 96);
    t >>= 29;
    store<i64>(out, top - (excess << 7) + t, 104);
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

  /**
   * out = the number of 48 octets at `from`, the highest first, of weight 1. Every number is taken, modulo the
   * prime.
   */
  fromBytes(out: usize, from: usize): void {
    readOctets(out, LIMBS, from, OCTETS, true);
    this.mul(out, out, INTO);
  }

  /** Writes a, whose weight is at most 9, as 48 octets, the highest first: the number from 0 to prime - 1. */
  toBytes(out: usize, a: usize): void {
    this.canonical(a);
    writeOctets(SCRATCH, LIMBS, out, OCTETS, true);
  }

  /** Whether a is 0 modulo the prime. Its weight is at most 9. */
  isZero(a: usize): bool {
    this.canonical(a);
    let bits: i64 = 0;
    for (let at = 0; at < SIZE; at += 8) bits |= load<i64>(SCRATCH + <usize>at);
    return bits == 0;
  }

  /** Whether a and b are the same modulo the prime. Their weights add up to at most 9. */
  equals(a: usize, b: usize): bool {
    this.sub(SCRATCH, a, b);
    return this.isZero(SCRATCH);
  }

  /** SCRATCH = the number that a stands for, from 0 to prime - 1, its limbs from 0 up. */
  private canonical(a: usize): void {
    // Divided by the radix, even a large a is between -prime and prime.
    this.mul(SCRATCH, a, OUT);
    carryDown(SCRATCH, LIMBS);
    if (load<i64>(SCRATCH, TOP) >= 0) return;
    this.add(SCRATCH, SCRATCH, MODULUS);
    carryDown(SCRATCH, LIMBS);
  }
}
