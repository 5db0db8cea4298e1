// Made by `npm run generate`; changes belong into cli/generate/fields/.
import { carryDown, readOctets, writeOctets } from "./octets";

const LIMBS: i32 = 18;
const OCTETS: i32 = 66;
const SIZE: i32 = 144;
const TOP: usize = 136;

/** The bits of a limb, and half of what it can hold: added before a carry, which then rounds to the nearest. */
const MASK: i64 = (1 << 29) - 1;
const HALF: i64 = 1 << 28;

/** The element 1. */
const ONE = memory.data<i64>([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Bits of the highest limb that are below the prime's power of two. */
const TOP_BITS: i64 = 28;
const TOP_MASK: i64 = (1 << TOP_BITS) - 1;

/** An element for intermediate results of the methods that are not hot. */
const SCRATCH: usize = memory.data(SIZE);

/**
 * Arithmetic modulo 2^521 - 1 (SP 800-186 §3.2.1), in 18 signed limbs of 29 bits: limb i, an i64 at 8 * i bytes,
 * counts 2^(29 * i). An element has 144 bytes of memory. `out` may be an operand; operands may be the same.
 *
 * Additions do not carry. How large limbs have become is counted as a weight w: limb i is between -w * L and w *
 * L, where L is 2^28, 2^28 + 65 for limb 1, 2^28 + 33 for limb 17. What `mul`, `square`, `carry` and `fromBytes`
 * answer has weight 1; `add` and `sub` add weights up; `scale` multiplies the weight. Products of weights up to 7
 * may be multiplied, weights up to 2 squared, weights up to 64 carried.
 *
 * The generator works out these bounds with the formulas, and refuses to write one that could overflow.
 */
@unmanaged
@final
export class P521Field {
  /** Limbs of an element: 18. */
  @inline
  get limbs(): i32 {
    return LIMBS;
  }

  /** Bytes of an element in memory: 144. */
  @inline
  get size(): usize {
    return SIZE;
  }

  /** Octets of an encoded element: 66, the highest first. */
  @inline
  get octets(): i32 {
    return OCTETS;
  }

  /** out = a * b. The product of their weights is at most 7; the result has weight 1. */
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
    const a14 = load<i64>(a, 112);
    const a15 = load<i64>(a, 120);
    const a16 = load<i64>(a, 128);
    const a17 = load<i64>(a, 136);
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
    const b14 = load<i64>(b, 112);
    const b15 = load<i64>(b, 120);
    const b16 = load<i64>(b, 128);
    const b17 = load<i64>(b, 136);
    let t: i64 = 0;
    let u: i64 = 0;
    u += a1 * b17 + a2 * b16 + a3 * b15 + a4 * b14 + a5 * b13 + a6 * b12 + a7 * b11 + a8 * b10 + a9 * b9 + a10 * b8;
    u += a11 * b7 + a12 * b6 + a13 * b5 + a14 * b4 + a15 * b3 + a16 * b2 + a17 * b1;
    const h0 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b0 + (h0 << 1);
    const r0 = (t & MASK) - HALF;
    t >>= 29;
    u += a2 * b17 + a3 * b16 + a4 * b15 + a5 * b14 + a6 * b13 + a7 * b12 + a8 * b11 + a9 * b10 + a10 * b9 + a11 * b8;
    u += a12 * b7 + a13 * b6 + a14 * b5 + a15 * b4 + a16 * b3 + a17 * b2;
    const h1 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b1 + a1 * b0 + (h1 << 1);
    const r1 = (t & MASK) - HALF;
    t >>= 29;
    u += a3 * b17 + a4 * b16 + a5 * b15 + a6 * b14 + a7 * b13 + a8 * b12 + a9 * b11 + a10 * b10 + a11 * b9 + a12 * b8;
    u += a13 * b7 + a14 * b6 + a15 * b5 + a16 * b4 + a17 * b3;
    const h2 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b2 + a1 * b1 + a2 * b0 + (h2 << 1);
    const r2 = (t & MASK) - HALF;
    t >>= 29;
    u += a4 * b17 + a5 * b16 + a6 * b15 + a7 * b14 + a8 * b13 + a9 * b12 + a10 * b11 + a11 * b10 + a12 * b9 + a13 * b8;
    u += a14 * b7 + a15 * b6 + a16 * b5 + a17 * b4;
    const h3 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + (h3 << 1);
    const r3 = (t & MASK) - HALF;
    t >>= 29;
    u += a5 * b17 + a6 * b16 + a7 * b15 + a8 * b14 + a9 * b13 + a10 * b12 + a11 * b11 + a12 * b10 + a13 * b9 + a14 * b8;
    u += a15 * b7 + a16 * b6 + a17 * b5;
    const h4 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + (h4 << 1);
    const r4 = (t & MASK) - HALF;
    t >>= 29;
    u +=
      a6 * b17 + a7 * b16 + a8 * b15 + a9 * b14 + a10 * b13 + a11 * b12 + a12 * b11 + a13 * b10 + a14 * b9 + a15 * b8;
    u += a16 * b7 + a17 * b6;
    const h5 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + (h5 << 1);
    const r5 = (t & MASK) - HALF;
    t >>= 29;
    u += a7 * b17 + a8 * b16 + a9 * b15 + a10 * b14 + a11 * b13 + a12 * b12 + a13 * b11 + a14 * b10 + a15 * b9;
    u += a16 * b8 + a17 * b7;
    const h6 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + (h6 << 1);
    const r6 = (t & MASK) - HALF;
    t >>= 29;
    u += a8 * b17 + a9 * b16 + a10 * b15 + a11 * b14 + a12 * b13 + a13 * b12 + a14 * b11 + a15 * b10 + a16 * b9;
    u += a17 * b8;
    const h7 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + (h7 << 1);
    const r7 = (t & MASK) - HALF;
    t >>= 29;
    u += a9 * b17 + a10 * b16 + a11 * b15 + a12 * b14 + a13 * b13 + a14 * b12 + a15 * b11 + a16 * b10 + a17 * b9;
    const h8 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + (h8 << 1);
    const r8 = (t & MASK) - HALF;
    t >>= 29;
    u += a10 * b17 + a11 * b16 + a12 * b15 + a13 * b14 + a14 * b13 + a15 * b12 + a16 * b11 + a17 * b10;
    const h9 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0;
    t += h9 << 1;
    const r9 = (t & MASK) - HALF;
    t >>= 29;
    u += a11 * b17 + a12 * b16 + a13 * b15 + a14 * b14 + a15 * b13 + a16 * b12 + a17 * b11;
    const h10 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1;
    t += a10 * b0 + (h10 << 1);
    const r10 = (t & MASK) - HALF;
    t >>= 29;
    u += a12 * b17 + a13 * b16 + a14 * b15 + a15 * b14 + a16 * b13 + a17 * b12;
    const h11 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2;
    t += a10 * b1 + a11 * b0 + (h11 << 1);
    const r11 = (t & MASK) - HALF;
    t >>= 29;
    u += a13 * b17 + a14 * b16 + a15 * b15 + a16 * b14 + a17 * b13;
    const h12 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b12 + a1 * b11 + a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3;
    t += a10 * b2 + a11 * b1 + a12 * b0 + (h12 << 1);
    const r12 = (t & MASK) - HALF;
    t >>= 29;
    u += a14 * b17 + a15 * b16 + a16 * b15 + a17 * b14;
    const h13 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b13 + a1 * b12 + a2 * b11 + a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4;
    t += a10 * b3 + a11 * b2 + a12 * b1 + a13 * b0 + (h13 << 1);
    const r13 = (t & MASK) - HALF;
    t >>= 29;
    u += a15 * b17 + a16 * b16 + a17 * b15;
    const h14 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b14 + a1 * b13 + a2 * b12 + a3 * b11 + a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5;
    t += a10 * b4 + a11 * b3 + a12 * b2 + a13 * b1 + a14 * b0 + (h14 << 1);
    const r14 = (t & MASK) - HALF;
    t >>= 29;
    u += a16 * b17 + a17 * b16;
    const h15 = u & MASK;
    u >>= 29;
    t += HALF + a0 * b15 + a1 * b14 + a2 * b13 + a3 * b12 + a4 * b11 + a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6;
    t += a10 * b5 + a11 * b4 + a12 * b3 + a13 * b2 + a14 * b1 + a15 * b0 + (h15 << 1);
    const r15 = (t & MASK) - HALF;
    t >>= 29;
    u += a17 * b17;
    const h16 = u & MASK;
    u >>= 29;
    t +=
      HALF + a0 * b16 + a1 * b15 + a2 * b14 + a3 * b13 + a4 * b12 + a5 * b11 + a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7;
    t += a10 * b6 + a11 * b5 + a12 * b4 + a13 * b3 + a14 * b2 + a15 * b1 + a16 * b0 + (h16 << 1);
    const r16 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + a0 * b17 + a1 * b16 + a2 * b15 + a3 * b14 + a4 * b13 + a5 * b12 + a6 * b11 + a7 * b10 + a8 * b9;
    t += a9 * b8 + a10 * b7 + a11 * b6 + a12 * b5 + a13 * b4 + a14 * b3 + a15 * b2 + a16 * b1 + a17 * b0 + (u << 1);
    const r17 = (t & MASK) - HALF;
    t >>= 29;
    const rest = t;
    t = 0;
    t += HALF + r0 + (rest << 1);
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
    store<i64>(out, r9, 72);
    store<i64>(out, r10, 80);
    store<i64>(out, r11, 88);
    store<i64>(out, r12, 96);
    store<i64>(out, r13, 104);
    store<i64>(out, r14, 112);
    store<i64>(out, r15, 120);
    store<i64>(out, r16, 128);
    store<i64>(out, r17, 136);
  }

  /** out = a * a. The weight of a is at most 2; the result has weight 1. */
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
    const a14 = load<i64>(a, 112);
    const a15 = load<i64>(a, 120);
    const a16 = load<i64>(a, 128);
    const a17 = load<i64>(a, 136);
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
    const d13 = a13 << 1;
    const d14 = a14 << 1;
    const d15 = a15 << 1;
    const d16 = a16 << 1;
    let t: i64 = 0;
    let u: i64 = 0;
    u += d1 * a17 + d2 * a16 + d3 * a15 + d4 * a14 + d5 * a13 + d6 * a12 + d7 * a11 + d8 * a10 + a9 * a9;
    const h0 = u & MASK;
    u >>= 29;
    t += HALF + a0 * a0 + (h0 << 1);
    const r0 = (t & MASK) - HALF;
    t >>= 29;
    u += d2 * a17 + d3 * a16 + d4 * a15 + d5 * a14 + d6 * a13 + d7 * a12 + d8 * a11 + d9 * a10;
    const h1 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a1 + (h1 << 1);
    const r1 = (t & MASK) - HALF;
    t >>= 29;
    u += d3 * a17 + d4 * a16 + d5 * a15 + d6 * a14 + d7 * a13 + d8 * a12 + d9 * a11 + a10 * a10;
    const h2 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a2 + a1 * a1 + (h2 << 1);
    const r2 = (t & MASK) - HALF;
    t >>= 29;
    u += d4 * a17 + d5 * a16 + d6 * a15 + d7 * a14 + d8 * a13 + d9 * a12 + d10 * a11;
    const h3 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a3 + d1 * a2 + (h3 << 1);
    const r3 = (t & MASK) - HALF;
    t >>= 29;
    u += d5 * a17 + d6 * a16 + d7 * a15 + d8 * a14 + d9 * a13 + d10 * a12 + a11 * a11;
    const h4 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a4 + d1 * a3 + a2 * a2 + (h4 << 1);
    const r4 = (t & MASK) - HALF;
    t >>= 29;
    u += d6 * a17 + d7 * a16 + d8 * a15 + d9 * a14 + d10 * a13 + d11 * a12;
    const h5 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a5 + d1 * a4 + d2 * a3 + (h5 << 1);
    const r5 = (t & MASK) - HALF;
    t >>= 29;
    u += d7 * a17 + d8 * a16 + d9 * a15 + d10 * a14 + d11 * a13 + a12 * a12;
    const h6 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + (h6 << 1);
    const r6 = (t & MASK) - HALF;
    t >>= 29;
    u += d8 * a17 + d9 * a16 + d10 * a15 + d11 * a14 + d12 * a13;
    const h7 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + (h7 << 1);
    const r7 = (t & MASK) - HALF;
    t >>= 29;
    u += d9 * a17 + d10 * a16 + d11 * a15 + d12 * a14 + a13 * a13;
    const h8 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + (h8 << 1);
    const r8 = (t & MASK) - HALF;
    t >>= 29;
    u += d10 * a17 + d11 * a16 + d12 * a15 + d13 * a14;
    const h9 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + (h9 << 1);
    const r9 = (t & MASK) - HALF;
    t >>= 29;
    u += d11 * a17 + d12 * a16 + d13 * a15 + a14 * a14;
    const h10 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + (h10 << 1);
    const r10 = (t & MASK) - HALF;
    t >>= 29;
    u += d12 * a17 + d13 * a16 + d14 * a15;
    const h11 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6 + (h11 << 1);
    const r11 = (t & MASK) - HALF;
    t >>= 29;
    u += d13 * a17 + d14 * a16 + a15 * a15;
    const h12 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a12 + d1 * a11 + d2 * a10 + d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6 + (h12 << 1);
    const r12 = (t & MASK) - HALF;
    t >>= 29;
    u += d14 * a17 + d15 * a16;
    const h13 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a13 + d1 * a12 + d2 * a11 + d3 * a10 + d4 * a9 + d5 * a8 + d6 * a7 + (h13 << 1);
    const r13 = (t & MASK) - HALF;
    t >>= 29;
    u += d15 * a17 + a16 * a16;
    const h14 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a14 + d1 * a13 + d2 * a12 + d3 * a11 + d4 * a10 + d5 * a9 + d6 * a8 + a7 * a7 + (h14 << 1);
    const r14 = (t & MASK) - HALF;
    t >>= 29;
    u += d16 * a17;
    const h15 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a15 + d1 * a14 + d2 * a13 + d3 * a12 + d4 * a11 + d5 * a10 + d6 * a9 + d7 * a8 + (h15 << 1);
    const r15 = (t & MASK) - HALF;
    t >>= 29;
    u += a17 * a17;
    const h16 = u & MASK;
    u >>= 29;
    t += HALF + d0 * a16 + d1 * a15 + d2 * a14 + d3 * a13 + d4 * a12 + d5 * a11 + d6 * a10 + d7 * a9 + a8 * a8;
    t += h16 << 1;
    const r16 = (t & MASK) - HALF;
    t >>= 29;
    t += HALF + d0 * a17 + d1 * a16 + d2 * a15 + d3 * a14 + d4 * a13 + d5 * a12 + d6 * a11 + d7 * a10 + d8 * a9;
    t += u << 1;
    const r17 = (t & MASK) - HALF;
    t >>= 29;
    const rest = t;
    t = 0;
    t += HALF + r0 + (rest << 1);
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
    store<i64>(out, r9, 72);
    store<i64>(out, r10, 80);
    store<i64>(out, r11, 88);
    store<i64>(out, r12, 96);
    store<i64>(out, r13, 104);
    store<i64>(out, r14, 112);
    store<i64>(out, r15, 120);
    store<i64>(out, r16, 128);
    store<i64>(out, r17, 136);
  }

  /** out = a^(2^times), times at least 1. The weight of a is at most 2; the result has weight 1. */
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
    store<i64>(out, load<i64>(a, 112) + load<i64>(b, 112), 112);
    store<i64>(out, load<i64>(a, 120) + load<i64>(b, 120), 120);
    store<i64>(out, load<i64>(a, 128) + load<i64>(b, 128), 128);
    store<i64>(out, load<i64>(a, 136) + load<i64>(b, 136), 136);
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
    store<i64>(out, load<i64>(a, 112) - load<i64>(b, 112), 112);
    store<i64>(out, load<i64>(a, 120) - load<i64>(b, 120), 120);
    store<i64>(out, load<i64>(a, 128) - load<i64>(b, 128), 128);
    store<i64>(out, load<i64>(a, 136) - load<i64>(b, 136), 136);
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
    store<i64>(out, load<i64>(a, 112) * factor, 112);
    store<i64>(out, load<i64>(a, 120) * factor, 120);
    store<i64>(out, load<i64>(a, 128) * factor, 128);
    store<i64>(out, load<i64>(a, 136) * factor, 136);
  }

  /** out = a, carried. The weight of a is at most 64; the result has weight 1. */
  carry(out: usize, a: usize): void {
    const top = load<i64>(a, 136);
    const excess = (top + 268435456) >> 29;
    let t: i64 = 0;
    t += HALF + load<i64>(a) + (excess << 1);
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
    t += HALF + load<i64>(a, 104);
    store<i64>(out, (t & MASK) - HALF, 104);
    t >>= 29;
    t += HALF + load<i64>(a, 112);
    store<i64>(out, (t & MASK) - HALF, 112);
    t >>= 29;
    t += HALF + load<i64>(a, 120);
    store<i64>(out, (t & MASK) - HALF, 120);
    t >>= 29;
    t += HALF + load<i64>(a, 128);
    store<i64>(out, (t & MASK) - HALF, 128);
    t >>= 29;
    store<i64>(out, top - (excess << 29) + t, 136);
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
   * out = the number of 66 octets at `from`, the highest first, of weight 1. Every number is taken, modulo the
   * prime.
   */
  fromBytes(out: usize, from: usize): void {
    readOctets(out, LIMBS, from, OCTETS, true);
    this.carry(out, out);
  }

  /** Writes a, whose weight is at most 7, as 66 octets, the highest first: the number from 0 to prime - 1. */
  toBytes(out: usize, a: usize): void {
    this.canonical(a);
    writeOctets(SCRATCH, LIMBS, out, OCTETS, true);
  }

  /** Whether a is 0 modulo the prime. Its weight is at most 7. */
  isZero(a: usize): bool {
    this.canonical(a);
    let bits: i64 = 0;
    for (let at = 0; at < SIZE; at += 8) bits |= load<i64>(SCRATCH + <usize>at);
    return bits == 0;
  }

  /** Whether a and b are the same modulo the prime. Their weights add up to at most 7. */
  equals(a: usize, b: usize): bool {
    this.sub(SCRATCH, a, b);
    return this.isZero(SCRATCH);
  }

  /** SCRATCH = the number that a stands for, from 0 to prime - 1, its limbs from 0 up. */
  private canonical(a: usize): void {
    this.carry(SCRATCH, a);
    // First within a few thousand of 0 to 2^521 - 1, then inside.
    this.wrap();
    this.wrap();
    // Now it is the prime or more if and only if adding 1 reaches 2^521.
    store<i64>(SCRATCH, load<i64>(SCRATCH) + 1);
    carryDown(SCRATCH, LIMBS);
    const top = load<i64>(SCRATCH, TOP);
    store<i64>(SCRATCH, top & TOP_MASK, TOP);
    if (top > TOP_MASK) return;
    store<i64>(SCRATCH, load<i64>(SCRATCH) - 1);
    carryDown(SCRATCH, LIMBS);
  }

  /** Replaces multiples of 2^521 in SCRATCH by as many times 1. */
  private wrap(): void {
    carryDown(SCRATCH, LIMBS);
    const top = load<i64>(SCRATCH, TOP);
    store<i64>(SCRATCH, top & TOP_MASK, TOP);
    store<i64>(SCRATCH, load<i64>(SCRATCH) + (top >> TOP_BITS));
  }
}
