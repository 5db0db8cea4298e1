/**
 * Tables for multiples of one point, after C. H. Lim and P. J. Lee, "More flexible exponentiation with precomputation" (1994),
 * with the digits of M. Hamburg, "Fast and compact elliptic-curve cryptography" (2012): every bit of a multiplier is 1 or -1.
 *
 * ```
 *   tooth:      7          6          5         …         0
 *           ├── spacing ─┼── spacing ─┼──        …   ──┼── spacing ─┤   bits of the multiplier
 *           │ block 1 · 0│ block 1 · 0│                │ block 1 · 0│   `columns` bits each
 * ```
 *
 * A digit has one bit of each tooth, all at the same place of a block. An entry is what its digit stands for at place 0: the
 * sum of ±2^(spacing·tooth + columns·block) times the point. Half of them are enough, with tooth 7 always positive: the
 * others are their negatives. `columns` - 1 doublings are between the first place and the last.
 */
import { addLimbs, MAX_LIMBS, storeLittleEndian } from "../limbs";
import { BLOCKS, Domain, TEETH } from "./domain";
import { addEntry, loadEntry, MAX_POINTS, storeAffine, storeEntry } from "./entries";
import { double, invertElement, MAX_POINT_SIZE, setAffine } from "./point";
import { MAX_ELEMENT_SIZE, PrimeField } from "./prime-field";

/** Bits of a digit that choose an entry; the highest is its sign. */
const INDEX_BITS: i32 = TEETH - 1;
const ENTRIES: i32 = 1 << INDEX_BITS;
const INDEX_MASK: i32 = ENTRIES - 1;

const POWERS: i32 = MAX_POINTS;

const points: usize = memory.data(POWERS * MAX_POINT_SIZE);
const powers: usize = memory.data(POWERS * MAX_ELEMENT_SIZE);

// Affine points: an entry and the power that is added to it, and what comes out.
const E: usize = memory.data(2 * MAX_ELEMENT_SIZE);
const T: usize = memory.data(2 * MAX_ELEMENT_SIZE);
const SUM: usize = memory.data(2 * MAX_ELEMENT_SIZE);
const INVERSE: usize = memory.data(MAX_ELEMENT_SIZE);
const SLOPE: usize = memory.data(MAX_ELEMENT_SIZE);
const LINE: usize = memory.data(MAX_ELEMENT_SIZE);
const DIFFERENCE: usize = memory.data(MAX_ELEMENT_SIZE);

/** Bytes of the digits of a multiplier, written eight at a time. */
export const MAX_DIGITS: i32 = 72;

/** A multiplier as octets, and zeros behind it: as many as are read with the last digits. */
const OCTETS: i32 = 80;
const octets: usize = memory.data(OCTETS);
const odd: usize = memory.data(MAX_LIMBS << 2);

/** Bytes of a table: 18 KiB on P-256, 28 KiB on P-384, 36 KiB on P-521. */
export function combSize<F extends PrimeField>(): usize {
  return changetype<F>(0).size * (BLOCKS * ENTRIES);
}

/** Fills the table of an affine point. */
export function buildComb<F extends PrimeField>(domain: Domain, affine: usize, table: usize): void {
  const size = changetype<F>(0).size;
  storePowers<F>(domain, affine);
  for (let block = 0; block < BLOCKS; block++) {
    memory.copy(entryAt<F>(table, block << INDEX_BITS), entryAt<F>(powers, INDEX_BITS * BLOCKS + block), size);
  }
  for (let tooth = 0; tooth < INDEX_BITS; tooth++) addTooth<F>(domain, table, tooth);
}

/** powers[i] = 2^(columns·i) times the point; `BLOCKS` of them belong to each tooth. */
function storePowers<F extends PrimeField>(domain: Domain, affine: usize): void {
  const pointSize = changetype<F>(0).size * 3;
  setAffine<F>(points, affine);
  let point = points;
  for (let i = 1; i < POWERS; i++) {
    memory.copy(point + pointSize, point, pointSize);
    point += pointSize;
    for (let k = domain.columns; k > 0; k--) double<F>(point);
  }
  storeAffine<F>(domain, points, POWERS, powers);
}

/**
 * Replaces each entry e so far by e - t, and adds e + t behind those of its block, t being the tooth's power for the block.
 * Both need 1 / (x of e - x of t), and all these are inverted together. That is never 1 / 0: e and t are a and b times the
 * point, with 0 < b < a, and a + b has at most 8·spacing - columns + 1 bits, which are fewer than n has.
 */
function addTooth<F extends PrimeField>(domain: Domain, table: usize, tooth: i32): void {
  const field = changetype<F>(0);
  const count = BLOCKS << tooth;
  // Until it is written, a new entry is the product of all differences up to its own.
  for (let i = 0; i < count; i++) {
    const product = newEntry<F>(table, tooth, i);
    loadPair<F>(table, tooth, i);
    // (1) from 1 · 2, and from 2
    if (i > 0) field.mul(product, newEntry<F>(table, tooth, i - 1), DIFFERENCE);
    else field.carry(product, DIFFERENCE);
  }
  invertElement<F>(domain, INVERSE, newEntry<F>(table, tooth, count - 1));
  for (let i = count - 1; i > 0; i--) {
    loadPair<F>(table, tooth, i);
    field.mul(SLOPE, INVERSE, newEntry<F>(table, tooth, i - 1));
    field.mul(INVERSE, INVERSE, DIFFERENCE); // (1) from 1 · 2
    storeBoth<F>(table, tooth, i);
  }
  loadPair<F>(table, tooth, 0);
  memory.copy(SLOPE, INVERSE, field.size);
  storeBoth<F>(table, tooth, 0);
}

/** E = e and T = t for the entry with this number among those so far; DIFFERENCE = x of e - x of t, of weight 2. */
function loadPair<F extends PrimeField>(table: usize, tooth: i32, number: i32): void {
  const block = number >> tooth;
  loadEntry<F>(oldEntry<F>(table, tooth, number), 1, E);
  loadEntry<F>(entryAt<F>(powers, tooth * BLOCKS + block), 1, T);
  changetype<F>(0).sub(DIFFERENCE, E, T);
}

/** Writes the entries e - t and e + t, for e and t as loaded, and SLOPE = 1 / DIFFERENCE. */
function storeBoth<F extends PrimeField>(table: usize, tooth: i32, number: i32): void {
  const field = changetype<F>(0);
  const size = field.size;
  field.add(SUM, E + size, T + size); // (2)
  field.mul(LINE, SUM, SLOPE); // (1) from 2 · 1: the slope of the line through e and -t
  storeThird<F>(oldEntry<F>(table, tooth, number));
  field.sub(SUM, E + size, T + size); // (2)
  field.mul(LINE, SUM, SLOPE); // (1): through e and t
  storeThird<F>(newEntry<F>(table, tooth, number));
}

/** Writes the entry of the sum of e and t or -t: the third point on the line through them, with its y negated. */
function storeThird<F extends PrimeField>(entry: usize): void {
  const field = changetype<F>(0);
  const size = field.size;
  const y = SUM + size;
  field.square(SUM, LINE);
  field.sub(SUM, SUM, E); // (2)
  field.sub(SUM, SUM, T); // (3)
  field.carry(SUM, SUM);
  field.sub(y, E, SUM); // (2)
  field.mul(y, y, LINE); // (1) from 2 · 1
  field.sub(y, y, E + size); // (2)
  field.carry(y, y);
  storeEntry<F>(entry, SUM);
}

/** Address of an entry so far, `1 << tooth` in each block; they are numbered through all blocks. */
function oldEntry<F extends PrimeField>(table: usize, tooth: i32, number: i32): usize {
  const inBlock = number & ((1 << tooth) - 1);
  return entryAt<F>(table, ((number >> tooth) << INDEX_BITS) + inBlock);
}

/** Address of the entry to be added for that one. */
function newEntry<F extends PrimeField>(table: usize, tooth: i32, number: i32): usize {
  return oldEntry<F>(table, tooth, number) + (changetype<F>(0).size << tooth);
}

function entryAt<F extends PrimeField>(table: usize, index: i32): usize {
  return table + <usize>index * changetype<F>(0).size;
}

/**
 * Writes the digits of a multiplier, `domain.spacing` bytes, the lowest place first. It has up to as many bits as teeth and
 * spacing have room for; of n - multiplier and multiplier the odd one is taken, and in the first case all signs are turned.
 */
export function combDigits(domain: Domain, multiplier: usize, digits: usize): void {
  const order = domain.order;
  const isOdd = (load<i32>(multiplier) & 1) != 0;
  if (!isOdd) addLimbs(order.limbs, multiplier, -1, order.count, odd);
  storeLittleEndian(isOdd ? multiplier : odd, order.count, octets, OCTETS);
  // With b bits, a sum of all 2^i with signs is 2·(sum of the positive ones) - (2^b - 1). So 2^i is positive if bit i of
  // (k + 2^b - 1) / 2 is set, which for odd k is bit i + 1 of k + 2^b.
  const bits = TEETH * domain.spacing;
  const last = octets + <usize>(bits >> 3);
  store<u32>(last, load<u32>(last) | (1 << (bits & 7)));
  const turned: u64 = isOdd ? 0 : -1;
  for (let place = 0; place < domain.spacing; place += 8) {
    let eight: u64 = 0;
    for (let tooth = 0; tooth < TEETH; tooth++) {
      eight |= spread(bitsAt(octets, tooth * domain.spacing + place + 1)) << tooth;
    }
    store<u64>(digits + <usize>place, eight ^ turned);
  }
}

/** Eight bits from any place on. */
function bitsAt(from: usize, bit: i32): u64 {
  return (<u64>(load<u16>(from + <usize>(bit >> 3)) >> (<u16>(bit & 7)))) & 0xff;
}

/** Eight bits as the lowest bits of eight bytes. */
function spread(bits: u64): u64 {
  // Copies 7 bits apart put bit i of copy i at 8·i, and no others at multiples of 8.
  return (((bits & 0x7f) * 0x02040810204081) & 0x0101010101010101) | ((bits & 0x80) << 49);
}

/** point = point + the multiples for one column: a digit of each block. `isFirst`: point is nothing yet. */
export function addColumn<F extends PrimeField>(
  domain: Domain,
  point: usize,
  table: usize,
  digits: usize,
  column: i32,
  isFirst: bool,
): void {
  for (let block = 0; block < BLOCKS; block++) {
    // The highest bit is set where tooth 7 is positive; where it is not, the entry is that of all signs turned.
    const digit = <i32>load<i8>(digits + <usize>(block * domain.columns + column));
    const turned = ~(digit >> 31);
    const index = (block << INDEX_BITS) + ((digit ^ turned) & INDEX_MASK);
    addEntry<F>(point, entryAt<F>(table, index), 1 + 2 * turned, isFirst && block == 0);
  }
}
