/**
 * Montgomery multiplication with 64-bit integers, for hosts without SIMD. An operand is its limbs of 26 bits, unsigned.
 *
 * The modulus M is a multiple of the RSA modulus that is -1 modulo 2^26. So the quotient of a Montgomery reduction by a limb is
 * that limb itself, and what has to be added is that quotient times (M + 1) / 2^26, one column up.
 *
 * Bounds: a column is the sum of no more than 632 products of an operand's limbs, as many of the quotient's and the modulus',
 * each below 2^52, and a carry: below 2^63. And the result is small: 8 M <= R, a, b < 2 M, quotient < R, so
 * (a b + quotient M) / R < 1.5 M.
 */
import { LIMB_BITS, LIMB_MASK, limb, limbCount } from "./limbs";

/** Limbs of the modulus that are made -1. */
export const SCALE_LIMBS: i32 = 1;

/** Limbs of operands for a modulus of so many bits: R at least eight times the scaled modulus. */
export function operandLimbs(bits: i32): i32 {
  return limbCount(bits + SCALE_LIMBS * LIMB_BITS + 3);
}

/** Bytes of an operand. */
export function operandSize(limbs: i32): usize {
  return limbs << 2;
}

/** Bytes for the columns of a product, of eight bytes each, and the quotient. */
export function scratchSize(limbs: i32): usize {
  return <usize>(2 * limbs) * 8 + operandSize(limbs);
}

/** Makes an operand of a number. */
export function encode(operand: usize, number: usize, limbs: i32): void {
  memory.copy(operand, number, operandSize(limbs));
}

/** The number that is congruent to an operand, below twice the modulus. */
export function decode(number: usize, operand: usize, modulus: usize, limbs: i32): void {
  memory.copy(number, operand, operandSize(limbs));
}

/**
 * out = left * right / R modulo the modulus. All are operands of so many limbs, `modulus` that of (M + 1) / 2^26; `out` may be
 * one of the others.
 */
export function multiply(out: usize, left: usize, right: usize, modulus: usize, limbs: i32, scratch: usize): void {
  for (let column = 0; column < 2 * limbs - 1; column++) {
    const first = max(0, column - limbs + 1);
    const count = min(column + 1, limbs) - first;
    storeColumn(scratch, column, addProducts(limb(left, first), limb(right, column - first), count));
  }
  storeColumn(scratch, 2 * limbs - 1, 0);
  reduceColumns(out, scratch, modulus, limbs);
}

/** out = operand * operand / R modulo the modulus, as in `multiply`. Products of two different limbs are made once. */
export function square(out: usize, operand: usize, modulus: usize, limbs: i32, scratch: usize): void {
  for (let column = 0; column < 2 * limbs - 1; column++) {
    const first = max(0, column - limbs + 1);
    const count = ((column + 1) >> 1) - first;
    let sum = 2 * addProducts(limb(operand, first), limb(operand, column - first), count);
    if ((column & 1) == 0) {
      const middle = <u64>load<u32>(limb(operand, column >> 1));
      sum += middle * middle;
    }
    storeColumn(scratch, column, sum);
  }
  storeColumn(scratch, 2 * limbs - 1, 0);
  reduceColumns(out, scratch, modulus, limbs);
}

/** out = columns / R modulo the modulus. The quotient goes behind the columns. */
function reduceColumns(out: usize, columns: usize, modulus: usize, limbs: i32): void {
  const quotient = columns + <usize>(2 * limbs) * 8;
  let sum: u64 = 0;
  for (let column = 0; column < limbs; column++) {
    sum += loadColumn(columns, column) + addProducts(quotient, limb(modulus, column - 1), column);
    store<u32>(limb(quotient, column), (<u32>sum) & LIMB_MASK);
    sum >>= LIMB_BITS;
  }
  for (let i = 0; i < limbs; i++) {
    sum += loadColumn(columns, limbs + i) + addProducts(limb(quotient, i), limb(modulus, limbs - 1), limbs - i);
    store<u32>(limb(out, i), (<u32>sum) & LIMB_MASK);
    sum >>= LIMB_BITS;
  }
}

function loadColumn(columns: usize, column: i32): u64 {
  return load<u64>(columns + ((<usize>column) << 3));
}

function storeColumn(columns: usize, column: i32, sum: u64): void {
  store<u64>(columns + ((<usize>column) << 3), sum);
}

/** The sum of `count` products, of limbs from `up` on upwards and from `down` on downwards. */
function addProducts(up: usize, down: usize, count: i32): u64 {
  let sum: u64 = 0;
  const end = up + ((<usize>count) << 2);
  // Four at a time; `down - 12` is the lowest of them.
  for (down -= 12; up + 16 <= end; up += 16, down -= 16) {
    sum += <u64>load<u32>(up, 0) * <u64>load<u32>(down, 12);
    sum += <u64>load<u32>(up, 4) * <u64>load<u32>(down, 8);
    sum += <u64>load<u32>(up, 8) * <u64>load<u32>(down, 4);
    sum += <u64>load<u32>(up, 12) * <u64>load<u32>(down, 0);
  }
  for (; up < end; up += 4, down -= 4) sum += <u64>load<u32>(up) * <u64>load<u32>(down, 12);
  return sum;
}
