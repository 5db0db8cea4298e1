/**
 * What the code for points needs of a field: the classes of `crypto/field`, whose headers say what a weight is. The formulas
 * here have the weight of each result beside them. They multiply elements whose weights have a product up to 6, square a
 * weight up to 2, carry up to 11, compare weights that add up to 3; a test holds the fields to that.
 *
 * The classes have no state: `changetype<F>(0)` is an instance, whose methods are called directly.
 */
export interface PrimeField {
  /** Bytes of an element in memory: eight for each limb. */
  readonly size: usize;
  mul(out: usize, a: usize, b: usize): void;
  square(out: usize, a: usize): void;
  add(out: usize, a: usize, b: usize): void;
  sub(out: usize, a: usize, b: usize): void;
  scale(out: usize, a: usize, factor: i64): void;
  carry(out: usize, a: usize): void;
  setZero(out: usize): void;
  setOne(out: usize): void;
  fromBytes(out: usize, octets: usize): void;
  toBytes(octets: usize, a: usize): void;
  isZero(a: usize): bool;
  equals(a: usize, b: usize): bool;
}

/** Bytes of the largest element, of P-521. */
export const MAX_ELEMENT_SIZE: i32 = 144;
