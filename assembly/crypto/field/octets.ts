/**
 * Field elements as octets. In memory an element is a row of limbs of 29 bits, an i64 each, the lowest first; here they are
 * carried, from 0 to 2^29 - 1, but for the highest one, which has what is left of the number and its sign.
 */

const LIMB_BITS: i32 = 29;
const LIMB_MASK: i64 = (1 << LIMB_BITS) - 1;

/** Reads an unsigned number of `length` octets; the highest limb takes all bits that are left, up to 63. */
export function readOctets(limbs: usize, count: i32, octets: usize, length: i32, bigEndian: bool): void {
  let pending: u64 = 0;
  let bits = 0;
  let at = 0;
  const last = count - 1;
  for (let i = 0; i < last; i++) {
    for (; bits < LIMB_BITS && at < length; at++, bits += 8) {
      pending |= (<u64>octet(octets, length, at, bigEndian)) << bits;
    }
    store<i64>(limb(limbs, i), (<i64>pending) & LIMB_MASK);
    pending >>= LIMB_BITS;
    bits = max(0, bits - LIMB_BITS);
  }
  for (; at < length; at++, bits += 8) pending |= (<u64>octet(octets, length, at, bigEndian)) << bits;
  store<i64>(limb(limbs, last), pending);
}

/** Writes a carried number that is not negative and has at most `length` octets. */
export function writeOctets(limbs: usize, count: i32, octets: usize, length: i32, bigEndian: bool): void {
  let pending: u64 = 0;
  let bits = 0;
  let next = 0;
  for (let i = 0; i < length; i++) {
    if (bits < 8 && next < count) {
      pending |= load<u64>(limb(limbs, next)) << bits;
      bits += LIMB_BITS;
      next++;
    }
    store<u8>(octets + <usize>(bigEndian ? length - 1 - i : i), <u8>pending);
    pending >>= 8;
    bits -= 8;
  }
}

/** Carries every limb into the next one, rounding down, so that all but the last are from 0 to 2^29 - 1. */
export function carryDown(limbs: usize, count: i32): void {
  let rest: i64 = 0;
  const last = count - 1;
  for (let i = 0; i < last; i++) {
    rest += load<i64>(limb(limbs, i));
    store<i64>(limb(limbs, i), rest & LIMB_MASK);
    rest >>= LIMB_BITS;
  }
  store<i64>(limb(limbs, last), load<i64>(limb(limbs, last)) + rest);
}

function limb(limbs: usize, index: i32): usize {
  return limbs + ((<usize>index) << 3);
}

/** The octet with weight 256^index. */
function octet(octets: usize, length: i32, index: i32, bigEndian: bool): u8 {
  return load<u8>(octets + <usize>(bigEndian ? length - 1 - index : index));
}
