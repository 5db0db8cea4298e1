/**
 * Natural numbers in limbs of 26 bits: values of four bytes in memory, the lowest first. Two digits of 13 bits, in which
 * the SIMD arithmetic calculates, are one limb; and 2,000 products of two limbs can be added up in 64 bits.
 */

/** Bits of a limb. */
export const LIMB_BITS: i32 = 26;

/** The bits of a limb. */
export const LIMB_MASK: i32 = (1 << LIMB_BITS) - 1;

/** 2^26 */
const LIMB_RADIX: f64 = 67_108_864.0;

/** Address of the limb at `index`. */
export function limb(limbs: usize, index: i32): usize {
  return limbs + ((<usize>index) << 2);
}

/** Limbs for numbers of so many bits. */
export function limbCount(bits: i32): i32 {
  return (bits + LIMB_BITS - 1) / LIMB_BITS;
}

/** Reads a number of `length` octets, the highest first, which has no more than `count` limbs. */
export function fromOctets(limbs: usize, count: i32, octets: usize, length: i32): void {
  let at = octets + <usize>length;
  let pending: u64 = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    for (; bits < LIMB_BITS && at > octets; bits += 8) pending |= (<u64>load<u8>(--at)) << bits;
    store<u32>(limb(limbs, i), (<u32>pending) & LIMB_MASK);
    pending >>= LIMB_BITS;
    bits = max(0, bits - LIMB_BITS);
  }
}

/** Writes a number below 2^(8 length) of `count` limbs as `length` octets, the highest first. */
export function toOctets(octets: usize, length: i32, limbs: usize, count: i32): void {
  let at = octets + <usize>length;
  let pending: u64 = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    pending |= (<u64>load<u32>(limb(limbs, i))) << bits;
    for (bits += LIMB_BITS; bits >= 8 && at > octets; bits -= 8) {
      store<u8>(--at, <u8>pending);
      pending >>= 8;
    }
  }
  for (; at > octets; pending >>= 8) store<u8>(--at, <u8>pending);
}

/** Whether a number is less than another one of so many limbs. */
export function isLess(left: usize, right: usize, count: i32): bool {
  for (let i = count - 1; i >= 0; i--) {
    const a = load<u32>(limb(left, i));
    const b = load<u32>(limb(right, i));
    if (a != b) return a < b;
  }
  return false;
}

/**
 * number += factor * multiplicand, modulo 2^(26 length): `factor` below 2^26, `number` of `length` and `multiplicand` of
 * `count` limbs, no more than `length`. Each sum is below 2^26 + 2^26 * 2^26 and its carry below 2^27.
 */
export function addProduct(number: usize, length: i32, factor: u32, multiplicand: usize, count: i32): void {
  let carry: u64 = 0;
  for (let i = 0; i < length; i++) {
    carry += load<u32>(limb(number, i));
    if (i < count) carry += <u64>factor * load<u32>(limb(multiplicand, i));
    store<u32>(limb(number, i), (<u32>carry) & LIMB_MASK);
    carry >>= LIMB_BITS;
  }
}

/** number += 1, modulo 2^(26 length). */
export function addOne(number: usize, length: i32): void {
  let carry: u32 = 1;
  for (let i = 0; i < length && carry != 0; i++) {
    carry += load<u32>(limb(number, i));
    store<u32>(limb(number, i), carry & LIMB_MASK);
    carry >>= LIMB_BITS;
  }
}

/**
 * number -= factor * multiplicand; the number of `count + 1` limbs, the result not negative and below 2^(26 count + 31).
 * The highest limb takes what is left. |carry| stays below 2^27, each sum below 2^53.
 */
function subtractProduct(number: usize, factor: u32, multiplicand: usize, count: i32): void {
  let carry: i64 = 0;
  for (let i = 0; i < count; i++) {
    carry += <i64>load<u32>(limb(number, i)) - <i64>factor * <i64>load<u32>(limb(multiplicand, i));
    store<u32>(limb(number, i), (<u32>carry) & LIMB_MASK);
    carry >>= LIMB_BITS;
  }
  const top = limb(number, count);
  store<u32>(top, load<u32>(top) + <u32>carry);
}

/** The number that the three limbs below `end` are, within 2^-52 of it. A highest limb of 1 still makes 53 bits of them. */
function leading(limbs: usize, end: i32): f64 {
  const low = <f64>load<u32>(limb(limbs, end - 3));
  const middle = <f64>load<u32>(limb(limbs, end - 2));
  const high = <f64>load<u32>(limb(limbs, end - 1));
  return (high * LIMB_RADIX + middle) * LIMB_RADIX + low;
}

/** 1 - 2^-45: makes an estimated quotient less by more than all that rounding and the limbs left out can make it too large. */
const DOWNWARD: f64 = 1.0 - 1.0 / 35_184_372_088_832.0;

/** What `reduce` takes in place of the divisor: 1 / its leading limbs. The highest limb of the divisor is not 0. */
export function reciprocal(divisor: usize, count: i32): f64 {
  // eslint-disable-next-line waypost/no-divide -- a division of floating-point numbers does not trap
  return DOWNWARD / leading(divisor, count);
}

/**
 * number mod divisor, in place: the number of `length` limbs and one more, which must be 0; the divisor of `count` limbs, no
 * fewer than three and no more than `length`. Schoolbook division, a limb of the quotient at a time.
 */
export function reduce(number: usize, length: i32, divisor: usize, count: i32, inverse: f64): void {
  for (let i = length - count; i >= 0; i--) {
    const part = limb(number, i);
    // part < 2^26 divisor, so the quotient has one limb. What is estimated is less than it, by less than 2^26 * 2^-44: rounded
    // down that is the quotient or 1 less.
    const above = <f64>load<u32>(limb(part, count)) * LIMB_RADIX * LIMB_RADIX * LIMB_RADIX;
    subtractProduct(part, <u32>((above + leading(part, count)) * inverse), divisor, count);
    if (load<u32>(limb(part, count)) != 0 || !isLess(part, divisor, count)) {
      subtractProduct(part, 1, divisor, count);
    }
  }
}

/** The inverse of an odd number modulo 2^26. */
export function inverseOfLimb(value: u32): u32 {
  // Newton: correct to 3 bits, then 6, 12, 24, 48.
  let inverse = value;
  for (let bits = 3; bits < LIMB_BITS; bits <<= 1) inverse *= 2 - value * inverse;
  return inverse & LIMB_MASK;
}
