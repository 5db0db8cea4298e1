/**
 * Points of edwards25519, -x² + y² = 1 + d·x²·y² (RFC 8032 §5.1), in extended coordinates (§5.1.4): X, Y, Z, T for x = X / Z,
 * y = Y / Z and x·y = T / Z. H. Hisil, K. Wong, G. Carter and E. Dawson, "Twisted Edwards Curves Revisited" (2008), §3.1 and
 * §3.3. The sum is right for any two points, equal ones and the neutral one included, because d is no square.
 *
 * A point that is added again and again is kept prepared: Y + X, Y - X, 2·d·T, and 2·Z, which is left out where Z is 1.
 *
 * Coordinates are of weight 1 (`Curve25519Field`), those of prepared points of weight 2 at most. The number in brackets behind
 * a line is the weight of what it writes, where that is not 1.
 */
import { ELEMENT_SIZE, field, invert } from "./element";

/** Bytes of a point. */
export const POINT_SIZE: i32 = 4 * ELEMENT_SIZE;
/** Bytes of a prepared point with Z = 1. */
export const AFFINE_SIZE: i32 = 3 * ELEMENT_SIZE;

// Where the coordinates of a point are, X first.
export const Y: usize = 72;
export const Z: usize = 144;
export const T: usize = 216;

// Where the parts of a prepared point are, Y + X first.
const DIFFERENCE: usize = 72;
const PRODUCT: usize = 144;
const TWICE_Z: usize = 216;

/** The curve's constant d, -121665 / 121666, and its double. */
export const D: usize = memory.data(ELEMENT_SIZE);
const TWICE_D: usize = memory.data(ELEMENT_SIZE);

const D_OCTETS = memory.data<u64>([0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73]);
field.fromBytes(D, D_OCTETS);
field.add(TWICE_D, D, D);
field.carry(TWICE_D, TWICE_D);

// The letters of the paper's formulas.
const A: usize = memory.data(ELEMENT_SIZE);
const B: usize = memory.data(ELEMENT_SIZE);
const C: usize = memory.data(ELEMENT_SIZE);
const E: usize = memory.data(ELEMENT_SIZE);
const F: usize = memory.data(ELEMENT_SIZE);
const G: usize = memory.data(ELEMENT_SIZE);
const H: usize = memory.data(ELEMENT_SIZE);

/** Whether the coordinate T of a result is needed: not when it is doubled next, or is the last. */
export enum Next {
  ADD,
  OTHER,
}

/** point = the neutral point, (0, 1). */
export function setNeutral(point: usize): void {
  field.setZero(point);
  field.setOne(point + Y);
  field.setOne(point + Z);
  field.setZero(point + T);
}

/** point = -point. */
export function negate(point: usize): void {
  field.scale(point, point, -1);
  field.scale(point + T, point + T, -1);
}

/** out = 2 * point; T of the point is not used. `out` may be `point`. */
export function double(out: usize, point: usize, next: Next): void {
  field.square(A, point);
  field.square(B, point + Y);
  field.square(C, point + Z);
  field.add(E, point, point + Y); // (2)
  field.square(E, E);
  field.add(H, A, B); // (2)
  field.sub(E, E, H); // (3)
  field.sub(G, B, A); // (2)
  field.scale(C, C, 2); // (2)
  // F and H have other signs than in the paper, so that all coordinates do, which is the same point.
  field.sub(F, C, G); // (4)
  multiplyOut(out, next);
}

/** out = point + prepared, or point - prepared, with a prepared point whose Z is 1. `out` may be `point`. */
export function addAffine(out: usize, point: usize, prepared: usize, negative: bool, next: Next): void {
  field.scale(B, point + Z, 2); // (2)
  addPrepared(out, point, prepared, negative, next);
}

/** out = point + prepared, or point - prepared. `out` may be `point`. */
export function add(out: usize, point: usize, prepared: usize, negative: bool): void {
  field.mul(B, point + Z, prepared + TWICE_Z); // from 1 · 2
  addPrepared(out, point, prepared, negative, Next.ADD);
}

/** Continues with 2·Z1·Z2 in B (2). The negative of a prepared point has the first two parts swapped and 2·d·T negated. */
function addPrepared(out: usize, point: usize, prepared: usize, negative: bool, next: Next): void {
  const sum = negative ? prepared + DIFFERENCE : prepared;
  const difference = negative ? prepared : prepared + DIFFERENCE;
  field.mul(C, point + T, prepared + PRODUCT);
  field.sub(negative ? G : F, B, C); // (3)
  field.add(negative ? F : G, B, C); // (3)
  field.sub(A, point + Y, point); // (2)
  field.mul(A, A, difference); // from 2 · 2
  field.add(B, point + Y, point); // (2)
  field.mul(B, B, sum); // from 2 · 2
  field.sub(E, B, A); // (2)
  field.add(H, B, A); // (2)
  multiplyOut(out, next);
}

/** The last step of both: E (3) · F (4) is the largest product of weights, 12. */
function multiplyOut(out: usize, next: Next): void {
  field.mul(out, E, F);
  field.mul(out + Y, G, H);
  field.mul(out + Z, F, G);
  if (next == Next.ADD) field.mul(out + T, E, H);
}

/** Prepares a point with any Z. `out` may not be `point`. */
export function prepare(out: usize, point: usize): void {
  field.add(out, point + Y, point); // (2)
  field.sub(out + DIFFERENCE, point + Y, point); // (2)
  field.mul(out + PRODUCT, point + T, TWICE_D);
  field.scale(out + TWICE_Z, point + Z, 2); // (2)
}

const rest: usize = memory.data(ELEMENT_SIZE);
const inverse: usize = memory.data(ELEMENT_SIZE);

/**
 * Prepares `count` points, one behind the other and at least one, so that Z is 1. One inversion is enough: that of the product
 * of all Z (P. Montgomery's trick); the products of the first ones are kept in place of T.
 */
export function prepareAll(out: usize, points: usize, count: i32): void {
  const last = points + <usize>(count - 1) * POINT_SIZE;
  field.copy(points + T, points + Z);
  for (let point = points; point < last; point += POINT_SIZE) {
    field.mul(point + POINT_SIZE + T, point + T, point + POINT_SIZE + Z);
  }
  invert(rest, last + T);
  let to = out + <usize>(count - 1) * AFFINE_SIZE;
  for (let point = last; point > points; point -= POINT_SIZE, to -= AFFINE_SIZE) {
    field.mul(inverse, rest, point - POINT_SIZE + T);
    field.mul(rest, rest, point + Z);
    prepareAffine(to, point, inverse);
  }
  prepareAffine(to, points, rest);
}

/** Prepares a point, given 1 / Z. */
function prepareAffine(out: usize, point: usize, inverse: usize): void {
  field.mul(A, point, inverse);
  field.mul(B, point + Y, inverse);
  field.add(out, B, A); // (2)
  field.sub(out + DIFFERENCE, B, A); // (2)
  field.mul(out + PRODUCT, A, B);
  field.mul(out + PRODUCT, out + PRODUCT, TWICE_D);
}

const fourfold: usize = memory.data(POINT_SIZE);

/** Whether the point's order divides 8: then 4 times it is neutral or (0, -1), the two points with x = 0. */
export function hasSmallOrder(point: usize): bool {
  double(fourfold, point, Next.OTHER);
  double(fourfold, fourfold, Next.OTHER);
  return field.isZero(fourfold);
}
