/** The numbers that points are multiplied with: integers modulo the order of a curve, in limbs of 30 bits. */
import { Modulus } from "../inverse";
import { addLimbs, isLess, isZero, limb, limbAt, LIMB_BITS, LIMB_MASK, loadBigEndian, MAX_LIMBS } from "../limbs";

const SIZE: i32 = MAX_LIMBS << 2;

const ONE: usize = memory.data<i32>([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const product: usize = memory.data(SIZE);
const scratch: usize = memory.data(SIZE);

/** Reads `length` octets, the highest first. False: not from 1 to n - 1, as FIPS 186-5 §6.4.2 asks of r and s. */
export function loadScalar(order: Modulus, scalar: usize, octets: usize, length: i32): bool {
  loadBigEndian(scalar, order.count, octets, length);
  return !isZero(scalar, order.count) && isLess(scalar, order.limbs, order.count);
}

/**
 * The two multipliers of FIPS 186-5 §6.4.2: u1 = e / s and u2 = r / s modulo n, from 0 to n - 1. r and s are from 1 to n - 1;
 * e is any number of as many limbs, because Montgomery's multiplication reduces it.
 */
export function divideByS(order: Modulus, e: usize, r: usize, s: usize, u1: usize, u2: usize): void {
  // With R = 2^(30·limbs): s/R, then R/s, then e·(R/s)/R and r·(R/s)/R.
  multiply(order, s, ONE, scratch);
  order.invert(scratch, scratch);
  multiply(order, e, scratch, u1);
  multiply(order, r, scratch, u2);
}

/**
 * Writes a·b / 2^(30·limbs) modulo n, from 0 to n - 1 (P. Montgomery, 1985). a is any number of as many limbs, b less than n:
 * so the sum is less than 2^(30·limbs)·(n + n), and one subtraction is enough.
 */
function multiply(order: Modulus, a: usize, b: usize, out: usize): void {
  const count = order.count;
  const n = order.limbs;
  const negatedInverse = <i64>-order.inverse;
  memory.fill(product, 0, (<usize>count) << 2);
  for (let i = 0; i < count; i++) {
    const factor = limbAt(a, i);
    let sum = limbAt(product, 0) + factor * limbAt(b, 0);
    const multiple = (sum * negatedInverse) & LIMB_MASK;
    sum = (sum + multiple * limbAt(n, 0)) >> LIMB_BITS;
    // At most 2^30 + 2 · 2^60, and a carry of 2^31.
    for (let j = 1; j < count; j++) {
      sum += limbAt(product, j) + factor * limbAt(b, j) + multiple * limbAt(n, j);
      store<i32>(limb(product, j - 1), (<i32>sum) & LIMB_MASK);
      sum >>= LIMB_BITS;
    }
    // All of it is less than 2n at any time, which has no more limbs.
    store<i32>(limb(product, count - 1), <i32>sum);
  }
  if (isLess(product, n, count)) memory.copy(out, product, (<usize>count) << 2);
  else addLimbs(product, n, -1, count, out);
}
