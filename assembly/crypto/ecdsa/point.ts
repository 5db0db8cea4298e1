/**
 * Points of a curve y² = x³ - 3x + b in memory. An affine point is two elements of the field, x and y; a point in Jacobian
 * coordinates three, X, Y and Z, for x = X / Z² and y = Y / Z³. All elements are of weight 1 before and after each function,
 * and the number in brackets behind a line is the weight of what it writes; 1 where there is none.
 *
 * The formulas for sums are wrong in one case: for the sum of a point and itself or its negative. They then answer Z = 0, and
 * any sum and double of that has Z = 0 too. So whoever adds up many points looks at Z once, in the end.
 */
import { loadBigEndian, MAX_LIMBS, storeBigEndian } from "../limbs";
import { Domain } from "./domain";
import { MAX_ELEMENT_SIZE, PrimeField } from "./prime-field";

const T0: usize = memory.data(MAX_ELEMENT_SIZE);
const T1: usize = memory.data(MAX_ELEMENT_SIZE);
const T2: usize = memory.data(MAX_ELEMENT_SIZE);
const T3: usize = memory.data(MAX_ELEMENT_SIZE);

const octets: usize = memory.data(MAX_ELEMENT_SIZE);
const limbs: usize = memory.data(MAX_LIMBS << 2);

/** Bytes of the largest point in Jacobian coordinates. */
export const MAX_POINT_SIZE: i32 = 3 * MAX_ELEMENT_SIZE;

/** point = 2 * point, in Jacobian coordinates. */
export function double<F extends PrimeField>(point: usize): void {
  const field = changetype<F>(0);
  const x = point;
  const y = x + field.size;
  const z = y + field.size;
  // alpha = 3·(X - Z²)·(X + Z²), beta = X·Y²: X' = alpha² - 8·beta, Y' = alpha·(4·beta - X') - 8·Y⁴, Z' = 2·Y·Z
  field.square(T0, z);
  field.sub(T1, x, T0); // (2)
  field.add(T0, x, T0); // (2)
  field.mul(T0, T0, T1); // (1) from 2 · 2: alpha / 3
  field.square(T1, y);
  field.scale(T1, T1, 2); // (2)
  field.scale(T2, T1, 2); // (4)
  field.mul(T2, T2, x); // (1) from 4 · 1: 4·beta
  field.square(T1, T1); // (1) from 2: 4·Y⁴
  field.scale(y, y, 2); // (2)
  field.mul(z, y, z); // (1) from 2 · 1

  field.square(x, T0);
  field.scale(x, x, 9); // (9)
  field.scale(T3, T2, 2); // (2)
  field.sub(x, x, T3); // (11)
  field.carry(x, x);

  field.sub(T2, T2, x); // (2)
  field.scale(T0, T0, 3); // (3)
  field.mul(T0, T0, T2); // (1) from 3 · 2
  field.scale(T1, T1, 2); // (2)
  field.sub(y, T0, T1); // (3)
  field.carry(y, y);
}

/** point = point + affine, a point in Jacobian coordinates and an affine one. Z becomes 0 when they have the same x. */
export function addAffine<F extends PrimeField>(point: usize, affine: usize): void {
  const field = changetype<F>(0);
  const x = point;
  const y = x + field.size;
  const z = y + field.size;
  // h = x2·Z² - X, r = y2·Z³ - Y: X' = r² - h³ - 2·X·h², Y' = r·(X·h² - X') - Y·h³, Z' = Z·h
  field.square(T0, z);
  field.mul(T1, affine, T0);
  field.mul(T0, T0, z);
  field.mul(T0, T0, affine + field.size);
  field.sub(T1, T1, x); // (2): h
  field.sub(T0, T0, y); // (2): r
  field.mul(z, z, T1); // (1) from 1 · 2
  field.square(T2, T1); // (1) from 2
  field.mul(T1, T1, T2); // (1) from 2 · 1: h³
  field.mul(T2, T2, x); // (1): X·h²

  field.square(x, T0); // (1) from 2
  field.sub(x, x, T1); // (2)
  field.scale(T3, T2, 2); // (2)
  field.sub(x, x, T3); // (4)
  field.carry(x, x);

  field.sub(T2, T2, x); // (2)
  field.mul(T2, T2, T0); // (1) from 2 · 2
  field.mul(T1, T1, y);
  field.sub(y, T2, T1); // (2)
  field.carry(y, y);
}

/** point = point + affine in every case. */
export function addAffineComplete<F extends PrimeField>(point: usize, affine: usize): void {
  const field = changetype<F>(0);
  const y = point + field.size;
  const z = y + field.size;
  if (field.isZero(z)) return setAffine<F>(point, affine);
  field.square(T0, z);
  field.mul(T1, affine, T0);
  field.mul(T0, T0, z);
  field.mul(T0, T0, affine + field.size);
  // Of two points with one x that are not the same, one is the negative of the other: Z becomes 0, which is infinity.
  if (field.equals(T1, point) && field.equals(T0, y)) double<F>(point);
  else addAffine<F>(point, affine);
}

/** point = affine, with Z = 1. */
export function setAffine<F extends PrimeField>(point: usize, affine: usize): void {
  const field = changetype<F>(0);
  memory.copy(point, affine, 2 * field.size);
  field.setOne(point + 2 * field.size);
}

/** point = infinity: Z = 0. */
export function setInfinity<F extends PrimeField>(point: usize): void {
  const field = changetype<F>(0);
  field.setOne(point);
  field.setOne(point + field.size);
  field.setZero(point + 2 * field.size);
}

export function isInfinity<F extends PrimeField>(point: usize): bool {
  const field = changetype<F>(0);
  return field.isZero(point + 2 * field.size);
}

/** Whether an affine point is on the curve: y² = x·(x² - 3) + b. */
export function isOnCurve<F extends PrimeField>(domain: Domain, affine: usize): bool {
  const field = changetype<F>(0);
  field.square(T0, affine);
  field.setOne(T1);
  field.scale(T1, T1, 3); // (3)
  field.sub(T0, T0, T1); // (4)
  field.mul(T0, T0, affine); // (1) from 4 · 1
  field.fromBytes(T1, domain.b);
  field.add(T0, T0, T1); // (2)
  field.square(T1, affine + field.size);
  return field.equals(T0, T1); // 2 + 1
}

/** out = 1 / a modulo the prime. False: a is 0. */
export function invertElement<F extends PrimeField>(domain: Domain, out: usize, a: usize): bool {
  const field = changetype<F>(0);
  const prime = domain.prime;
  field.toBytes(octets, a);
  loadBigEndian(limbs, prime.count, octets, domain.octets);
  if (!prime.invert(limbs, limbs)) return false;
  storeBigEndian(limbs, prime.count, octets, domain.octets);
  field.fromBytes(out, octets);
  return true;
}
