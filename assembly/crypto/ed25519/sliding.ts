/**
 * Multiples of a point without a table of its own: a doubling for each bit of the scalar, and an addition of an odd multiple,
 * ±1 to ±15 times the point, for one bit in six (non-adjacent form of width 5; J. Solinas, "Efficient Arithmetic on Koblitz
 * Curves", 2000).
 */
import { add, addAffine, AFFINE_SIZE, double, Next, POINT_SIZE, prepare, prepareAll } from "./point";

/** Bytes of the odd multiples of a point. */
export const MULTIPLES_SIZE: i32 = 8 * AFFINE_SIZE;

/** Bytes of the digits of a scalar, one for each of its 253 bits and one for what is carried out of them. */
export const SLIDING_LENGTH: i32 = 254;

const WIDTH: i32 = 5;
const LAST_OCTET: i32 = 248;
const COUNT: i32 = 1 << (WIDTH - 2);

const points: usize = memory.data(COUNT * POINT_SIZE);
const twice: usize = memory.data(POINT_SIZE);
const prepared: usize = memory.data(POINT_SIZE);

/** Writes 1, 3, 5, … 15 times a point, prepared: `MULTIPLES_SIZE` bytes. */
export function oddMultiples(out: usize, point: usize): void {
  const last = points + (COUNT - 1) * POINT_SIZE;
  double(twice, point, Next.ADD);
  prepare(prepared, twice);
  memory.copy(points, point, POINT_SIZE);
  for (let at = points; at < last; at += POINT_SIZE) add(at + POINT_SIZE, at, prepared, false);
  prepareAll(out, points, COUNT);
}

/**
 * Writes a scalar, which is less than 2^253, as a sum of digits times 2^i: `SLIDING_LENGTH` signed bytes, the one of 2^0 first.
 * Each is 0 or odd, from -15 to 15, and has at least four zeros behind it. Answers the index of the highest that is not 0,
 * or -1.
 */
export function slidingDigits(digits: usize, scalar: usize): i32 {
  memory.fill(digits, 0, SLIDING_LENGTH);
  let highest = -1;
  let carry: u32 = 0;
  for (let i = 0; i < SLIDING_LENGTH;) {
    const window = carry + bitsAt(scalar, i);
    if ((window & 1) == 0) {
      i++;
      continue;
    }
    // Of two odd digits for the same bits, 2^5 apart, the smaller; the negative one carries.
    carry = window >> (WIDTH - 1);
    store<i8>(digits + <usize>i, <i8>(window - (carry << WIDTH)));
    highest = i;
    i += WIDTH;
  }
  return highest;
}

/** `WIDTH` bits of a scalar, from `index` up. */
function bitsAt(scalar: usize, index: i32): u32 {
  const at = scalar + <usize>(index >> 3);
  // No scalar has bits behind the last octet.
  const bits = index < LAST_OCTET ? <u32>load<u16>(at) : <u32>load<u8>(at);
  return (bits >> (index & 7)) & ((1 << WIDTH) - 1);
}

/** point = point + digit times the point whose odd multiples these are; the digit is odd. */
export function addMultiple(point: usize, multiples: usize, digit: i32, next: Next): void {
  const isNegative = digit < 0;
  const index = (isNegative ? -digit : digit) >> 1;
  addAffine(point, point, multiples + <usize>index * AFFINE_SIZE, isNegative, next);
}
