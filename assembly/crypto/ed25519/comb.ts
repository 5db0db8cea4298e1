/**
 * Tables by which multiples of a point take few additions: C. H. Lim and P. J. Lee, "More Flexible Exponentiation with
 * Precomputation" (1994), with signed bits (M. Hamburg, "Fast and compact elliptic-curve cryptography", 2012, §3.3).
 *
 * An odd scalar is a sum of ±2^i for i = 0 … 255. Tooth j of the comb stands for the 32 places from 32·j on, and a table has
 * the sums of ±2^(32·j)·P over the eight teeth: half of them, because the others are their negatives. A second block of the
 * table has the same multiplied by 2^16, which halves the doublings: 16 columns, in each of which one entry of each block is
 * added.
 *
 * ```
 *  scalar   255        224       …        63 … 48 47 … 32   31 … 16 15 … 0
 *           └─── tooth 7 ──┘                └──── tooth 1 ──┘   └─ block 1 ┘└ block 0: columns 15 … 0
 * ```
 */
import { add, addAffine, AFFINE_SIZE, double, Next, POINT_SIZE, prepare, prepareAll } from "./point";

/** Places that a column has in a tooth's block, and so how many columns a multiplication has. */
export const COLUMNS: i32 = 16;

const TEETH: i32 = 8;
const BLOCKS: i32 = 2;
const ENTRIES: i32 = 128;
const BLOCK_SIZE: i32 = ENTRIES * AFFINE_SIZE;

/** Bytes of a table. */
export const TABLE_SIZE: i32 = BLOCKS * BLOCK_SIZE;

/** Bytes of a scalar's digits: one for each place of a tooth. */
export const DIGITS_LENGTH: i32 = 32;

/** Octets of a scalar that one tooth stands for. */
const TOOTH_OCTETS: i32 = 4;

const signs: usize = memory.data(DIGITS_LENGTH);

/** Fills `TABLE_SIZE` bytes with the table of a point. */
export function buildTable(table: usize, point: usize): void {
  const teeth = heap.alloc((BLOCKS * TEETH + ENTRIES) * POINT_SIZE);
  const sums = pointAt(teeth, BLOCKS * TEETH);
  raiseTeeth(teeth, point);
  for (let block = 0; block < BLOCKS; block++) {
    sumTeeth(sums, pointAt(teeth, block * TEETH));
    prepareAll(table + <usize>(block * BLOCK_SIZE), sums, ENTRIES);
  }
  heap.free(teeth);
}

/** The points that a sum has with one sign or the other: 2^(32·j)·P for each tooth j; behind them the same times 2^16. */
function raiseTeeth(teeth: usize, point: usize): void {
  let from = teeth;
  memory.copy(teeth, point, POINT_SIZE);
  for (let i = 1; i < BLOCKS * TEETH; i++) {
    const tooth = pointAt(teeth, (i & (BLOCKS - 1)) * TEETH + (i >> 1));
    raise(tooth, from);
    from = tooth;
  }
}

/** out = 2^16·point */
function raise(out: usize, point: usize): void {
  double(out, point, Next.OTHER);
  for (let i = 2; i < COLUMNS; i++) double(out, out, Next.OTHER);
  double(out, out, Next.ADD);
}

const prepared: usize = memory.data(POINT_SIZE);
const twice: usize = memory.data(POINT_SIZE);

/** All sums in which the last tooth has a plus: where bit j of an entry's index is 1, so has tooth j. */
function sumTeeth(sums: usize, teeth: usize): void {
  const last = TEETH - 1;
  memory.copy(sums, pointAt(teeth, last), POINT_SIZE);
  for (let j = 0; j < last; j++) {
    prepare(prepared, pointAt(teeth, j));
    add(sums, sums, prepared, true);
  }
  for (let j = 0; j < last; j++) {
    double(twice, pointAt(teeth, j), Next.ADD);
    prepare(prepared, twice);
    const count = 1 << j;
    for (let i = 0; i < count; i++) add(pointAt(sums, count + i), pointAt(sums, i), prepared, false);
  }
}

function pointAt(points: usize, index: i32): usize {
  return points + <usize>(index * POINT_SIZE);
}

/**
 * Writes the digits of an odd scalar n, or of n + 1 if n is even: `DIGITS_LENGTH` bytes, one for each place of a tooth, lowest
 * first. Bit j of a digit is that of tooth j: 1 for a plus. With signs as bits of a number s, n is 2·s - (2^256 - 1), so
 * s is (n - 1) / 2 + 2^255.
 */
export function combDigits(digits: usize, scalar: usize): void {
  const high = load<u64>(scalar, 24);
  const upper = load<u64>(scalar, 16);
  const lower = load<u64>(scalar, 8);
  store<u64>(signs, (load<u64>(scalar) >> 1) | (lower << 63));
  store<u64>(signs, (lower >> 1) | (upper << 63), 8);
  store<u64>(signs, (upper >> 1) | (high << 63), 16);
  store<u64>(signs, (high >> 1) | (1 << 63), 24);
  for (let octet = 0; octet < TOOTH_OCTETS; octet++) {
    let square: u64 = 0;
    for (let tooth = 0; tooth < TEETH; tooth++) {
      square |= (<u64>load<u8>(signs + <usize>(tooth * TOOTH_OCTETS + octet))) << (tooth << 3);
    }
    store<u64>(digits + <usize>(octet << 3), transposed(square));
  }
}

/** Eight octets of eight bits, with rows and columns exchanged: of blocks of one bit, two bits, four bits. */
function transposed(square: u64): u64 {
  let moved = (square ^ (square >> 7)) & 0x00aa00aa00aa00aa;
  square ^= moved ^ (moved << 7);
  moved = (square ^ (square >> 14)) & 0x0000cccc0000cccc;
  square ^= moved ^ (moved << 14);
  moved = (square ^ (square >> 28)) & 0x00000000f0f0f0f0;
  return square ^ moved ^ (moved << 28);
}

/** point = point + the entries of a column, 0 to `COLUMNS` - 1, that the digits choose. */
export function addColumn(point: usize, table: usize, digits: usize, column: i32, next: Next): void {
  const place = digits + <usize>column;
  addEntry(point, table, load<u8>(place), Next.ADD);
  addEntry(point, table + <usize>BLOCK_SIZE, load<u8>(place, COLUMNS), next);
}

/** The table has the sums with a plus at the last tooth. The others are the negatives of those with all other signs. */
function addEntry(point: usize, block: usize, digit: i32, next: Next): void {
  const isNegative = digit < ENTRIES;
  const index = (isNegative ? ~digit : digit) & (ENTRIES - 1);
  addAffine(point, point, block + <usize>(index * AFFINE_SIZE), isNegative, next);
}
