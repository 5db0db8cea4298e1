/**
 * Rows of affine points in memory, as compact as they can be added quickly: each limb of x and of y in four bytes, as limbs of
 * weight 1 are at most 2^28 in size. An entry takes as much memory as one element.
 */
import { BLOCKS, Domain, TEETH } from "./domain";
import { addAffine, invertElement, setAffine } from "./point";
import { MAX_ELEMENT_SIZE, PrimeField } from "./prime-field";

const affine: usize = memory.data(2 * MAX_ELEMENT_SIZE);
const INVERSE: usize = memory.data(MAX_ELEMENT_SIZE);
const FACTOR: usize = memory.data(MAX_ELEMENT_SIZE);

/** The most points that are made affine together: those that a comb begins with. */
export const MAX_POINTS: i32 = TEETH * BLOCKS;

const PRODUCTS: usize = memory.data(MAX_POINTS * MAX_ELEMENT_SIZE);

/** Writes an affine point as an entry. */
export function storeEntry<F extends PrimeField>(entry: usize, affine: usize): void {
  const size = changetype<F>(0).size;
  for (let at: usize = 0; at < size; at += 4) store<i32>(entry + at, load<i32>(affine + 2 * at));
}

/** Reads an entry as an affine point; y is multiplied by `sign`, which is 1 or -1. */
export function loadEntry<F extends PrimeField>(entry: usize, sign: i64, affine: usize): void {
  const size = changetype<F>(0).size;
  const half = size >> 1;
  for (let at: usize = 0; at < half; at += 4) {
    store<i64>(affine + 2 * at, <i64>load<i32>(entry + at));
    store<i64>(affine + size + 2 * at, sign * <i64>load<i32>(entry + half + at));
  }
}

/** point = point + sign * entry, with Z = 0 where `addAffine` has it. `isFirst`: point is nothing yet. */
export function addEntry<F extends PrimeField>(point: usize, entry: usize, sign: i64, isFirst: bool): void {
  loadEntry<F>(entry, sign, affine);
  if (isFirst) setAffine<F>(point, affine);
  else addAffine<F>(point, affine);
}

/**
 * Writes `count` points, in Jacobian coordinates one after the other, as entries one after the other; at most `MAX_POINTS`,
 * none of them infinity. All Z are inverted together (P. Montgomery, 1987).
 */
export function storeAffine<F extends PrimeField>(domain: Domain, points: usize, count: i32, entries: usize): void {
  const field = changetype<F>(0);
  const size = field.size;
  const pointSize = size * 3;
  let z = points + 2 * size;
  memory.copy(PRODUCTS, z, size);
  for (let i = 1; i < count; i++) {
    z += pointSize;
    field.mul(productAt(i, size), productAt(i - 1, size), z);
  }
  invertElement<F>(domain, INVERSE, productAt(count - 1, size));
  // INVERSE is 1 / (Z of this point and all before it).
  for (let i = count - 1; i > 0; i--, z -= pointSize) {
    field.mul(FACTOR, INVERSE, productAt(i - 1, size));
    field.mul(INVERSE, INVERSE, z);
    storeScaled<F>(entries + <usize>i * size, z - 2 * size, FACTOR);
  }
  storeScaled<F>(entries, points, INVERSE);
}

function productAt(index: i32, size: usize): usize {
  return PRODUCTS + <usize>index * size;
}

/** Writes the entry of a point, given 1 / Z. */
function storeScaled<F extends PrimeField>(entry: usize, point: usize, inverse: usize): void {
  const field = changetype<F>(0);
  const y = affine + field.size;
  field.square(affine, inverse);
  field.mul(y, affine, inverse);
  field.mul(affine, affine, point);
  field.mul(y, y, point + field.size);
  storeEntry<F>(entry, affine);
}
