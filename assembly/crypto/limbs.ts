/**
 * Integers in limbs of 30 bits: `count` values of four bytes in memory, the lowest first. Two spare bits leave room for a
 * sign and a carry, and the products of two limbs can be added up in 64 bits. A number that is carried has limbs of 0 to
 * 2^30 - 1, but for the highest one, which has the sign.
 */

/** Bits of a limb. */
export const LIMB_BITS: i32 = 30;

/** The bits of a limb that is carried. */
export const LIMB_MASK: i32 = (1 << LIMB_BITS) - 1;

/** Limbs of the largest numbers: 540 bits, enough for P-521. */
export const MAX_LIMBS: i32 = 18;

/** Limbs for numbers of so many octets and a sign. */
export function limbCount(octets: i32): i32 {
  return (octets << 3) / LIMB_BITS + 1;
}

/** Address of the limb at `index`. */
export function limb(limbs: usize, index: i32): usize {
  return limbs + ((<usize>index) << 2);
}

/** The limb at `index`. */
export function limbAt(limbs: usize, index: i32): i64 {
  return <i64>load<i32>(limb(limbs, index));
}

/** Reads an unsigned number of `length` octets, the highest first. What exceeds `count` limbs is cut off. */
export function loadBigEndian(limbs: usize, count: i32, octets: usize, length: i32): void {
  loadOctets(limbs, count, octets + <usize>length - 1, -1, length);
}

/** Reads an unsigned number of `length` octets, the lowest first. What exceeds `count` limbs is cut off. */
export function loadLittleEndian(limbs: usize, count: i32, octets: usize, length: i32): void {
  loadOctets(limbs, count, octets, 1, length);
}

function loadOctets(limbs: usize, count: i32, lowest: usize, step: isize, length: i32): void {
  let at = lowest;
  let left = length;
  let pending: u64 = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    for (; bits < LIMB_BITS && left > 0; bits += 8, left--, at += step) pending |= (<u64>load<u8>(at)) << bits;
    store<i32>(limb(limbs, i), (<i32>pending) & LIMB_MASK);
    pending >>= LIMB_BITS;
    bits = max(0, bits - LIMB_BITS);
  }
}

/** Writes a number, carried and not negative, as `length` octets, the highest first; a shorter one is filled with 0. */
export function storeBigEndian(limbs: usize, count: i32, octets: usize, length: i32): void {
  storeOctets(limbs, count, octets + <usize>length - 1, -1, length);
}

/** Writes a number, carried and not negative, as `length` octets, the lowest first; a shorter one is filled with 0. */
export function storeLittleEndian(limbs: usize, count: i32, octets: usize, length: i32): void {
  storeOctets(limbs, count, octets, 1, length);
}

function storeOctets(limbs: usize, count: i32, lowest: usize, step: isize, length: i32): void {
  let at = lowest;
  let pending: u64 = 0;
  let bits = 0;
  let next = 0;
  for (let i = 0; i < length; i++, at += step) {
    if (bits < 8 && next < count) {
      pending |= (<u64>load<u32>(limb(limbs, next))) << bits;
      bits += LIMB_BITS;
      next++;
    }
    store<u8>(at, <u8>pending);
    pending >>= 8;
    bits -= 8;
  }
}

/** Whether the bit that counts 2^bit is 1, in a number that is carried. */
export function isBitSet(limbs: usize, bit: i32): bool {
  const index = bit / LIMB_BITS;
  return ((load<i32>(limb(limbs, index)) >> (bit - index * LIMB_BITS)) & 1) != 0;
}

/** Whether every limb is 0. */
export function isZero(limbs: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    if (load<i32>(limb(limbs, i)) != 0) return false;
  }
  return true;
}

/** Whether a number is less than another one, both carried. */
export function isLess(left: usize, right: usize, count: i32): bool {
  for (let i = count - 1; i >= 0; i--) {
    const a = load<i32>(limb(left, i));
    const b = load<i32>(limb(right, i));
    if (a != b) return a < b;
  }
  return false;
}

/** out = left + sign * right, sign being 1 or -1; carried, the highest limb with the sign of it all. */
export function addLimbs(left: usize, right: usize, sign: i32, count: i32, out: usize): void {
  let rest = 0;
  const last = count - 1;
  for (let i = 0; i < last; i++) {
    rest += load<i32>(limb(left, i)) + sign * load<i32>(limb(right, i));
    store<i32>(limb(out, i), rest & LIMB_MASK);
    rest >>= LIMB_BITS;
  }
  store<i32>(limb(out, last), rest + load<i32>(limb(left, last)) + sign * load<i32>(limb(right, last)));
}
