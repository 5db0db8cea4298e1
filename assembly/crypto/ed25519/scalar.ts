/**
 * What points are multiplied by: integers modulo L = 2^252 + c, the order of the base point (RFC 8032 §5.1), as 32 octets, the
 * lowest first.
 */

/** Octets of a scalar. */
export const SCALAR_LENGTH: i32 = 32;

const LIMB_BITS: i32 = 28;
const LIMB_MASK: i64 = (1 << LIMB_BITS) - 1;

/** 2^252 is 1 in this limb. */
const HIGH: i32 = 9;
/** Limbs of the 64 octets of a digest, the last of 8 bits. */
const COUNT: i32 = 19;

/** c, 125 bits, in limbs of 28 bits, the lowest first. */
const C = memory.data<i64>([0xcf5d3ed, 0x12631a5, 0x79cd658, 0xf9dea2f, 0x14de]);
const C_COUNT: i32 = 5;

/** L in words, the lowest first. */
const ORDER = memory.data<u64>([0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000]);

const limbs: usize = memory.data(COUNT << 3);

/** Whether a number of 32 octets is below L. */
export function isReduced(scalar: usize): bool {
  for (let at = SCALAR_LENGTH - 8; at >= 0; at -= 8) {
    const word = load<u64>(scalar + <usize>at);
    const limit = load<u64>(ORDER + <usize>at);
    if (word != limit) return word < limit;
  }
  return false;
}

/**
 * Writes a number of 64 octets modulo L. As 2^252 is -c modulo L, what is above goes down as a multiple of c, three times.
 * Limbs that are multiplied are at most 2^28 in size, so that a limb gathers no more than 2^28 and five products of 2^56.
 */
export function reduceDigest(digest: usize, out: usize): void {
  loadDigest(digest);
  // 2^120 above 2^392, times c at 2^140: less than 2^385 is taken off 392 bits, which with a sign fit into 14 limbs.
  fold(HIGH + C_COUNT, COUNT);
  carry(HIGH + C_COUNT - 1);
  // 2^140 above 2^252, times c: less than 2^265 is taken off 252 bits.
  fold(HIGH, HIGH + C_COUNT);
  carry(HIGH);
  // 2^13 above 2^252, times c: the number is above -2^139, and below 2^252 + 2^139.
  fold(HIGH, HIGH + 1);
  carry(HIGH);
  addOrder(-1);
  if (isNegative()) addOrder(1);
  if (isNegative()) addOrder(1);
  storeScalar(out);
}

function loadDigest(digest: usize): void {
  const last = COUNT - 1;
  for (let i = 0; i < last; i++) {
    // A limb begins with an octet, or in the middle of one.
    const bit = i * LIMB_BITS;
    store<i64>(limb(i), (<i64>(load<u32>(digest + <usize>(bit >> 3)) >> (bit & 7))) & LIMB_MASK);
  }
  store<i64>(limb(last), load<u8>(digest, 63));
}

/** Replaces the limbs from `from` up to `end`, h·2^(28·from), by -h·c·2^(28·from - 252). */
function fold(from: i32, end: i32): void {
  for (let i = from; i < end; i++) {
    const factor = load<i64>(limb(i));
    store<i64>(limb(i), 0);
    for (let j = 0; j < C_COUNT; j++) {
      const at = limb(i - HIGH + j);
      store<i64>(at, load<i64>(at) - factor * load<i64>(C + ((<usize>j) << 3)));
    }
  }
}

/** Carries all limbs below `last` into the next one; only that one can be negative then. */
function carry(last: i32): void {
  let rest: i64 = 0;
  for (let i = 0; i < last; i++) {
    rest += load<i64>(limb(i));
    store<i64>(limb(i), rest & LIMB_MASK);
    rest >>= LIMB_BITS;
  }
  store<i64>(limb(last), load<i64>(limb(last)) + rest);
}

function addOrder(times: i64): void {
  for (let j = 0; j < C_COUNT; j++) store<i64>(limb(j), load<i64>(limb(j)) + times * load<i64>(C + ((<usize>j) << 3)));
  store<i64>(limb(HIGH), load<i64>(limb(HIGH)) + times);
  carry(HIGH);
}

function isNegative(): bool {
  return load<i64>(limb(HIGH)) < 0;
}

/** Two limbs are seven octets; the bit that is left is in the last four. */
function storeScalar(out: usize): void {
  for (let i = 0; i < HIGH - 1; i += 2) {
    store<u64>(out, load<u64>(limb(i)) | (load<u64>(limb(i + 1)) << LIMB_BITS));
    out += 7;
  }
  store<u32>(out, load<u32>(limb(HIGH - 1)) | (load<u32>(limb(HIGH)) << LIMB_BITS));
}

function limb(index: i32): usize {
  return limbs + ((<usize>index) << 3);
}
