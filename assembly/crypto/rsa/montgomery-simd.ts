/**
 * Montgomery multiplication with 128-bit SIMD. `i32x4.dot_i16x8_s` does eight multiplications of 16-bit numbers in one
 * instruction, which V8 turns into one of the processor's, so numbers are in signed digits of 13 bits.
 *
 * An operand is an array of pairs, a digit and the one below it: P[t] = (d[t], d[t-1]) for t = 0 … D. In the dot product of
 * P[t … t+3] with (a[i], a[i+1]) four times, each 32-bit lane is a[i] d[t] + a[i+1] d[t-1], all of it of weight 2^13(t+i):
 * four columns of the product at once.
 *
 * The modulus M is a multiple of the RSA modulus that is -1 modulo 2^104. So the quotient of a Montgomery reduction by eight
 * digits is those digits themselves, and what has to be added is that quotient times (M + 1) / 2^104, eight columns up.
 *
 * Bounds, for any size. A digit of an operand is at most 4128 (`finish`), one of the quotient and of the modulus at most 4096,
 * and in a square one of the two factors is doubled. So a block of eight rows adds to a column no more than
 * 8 * (4128 * 8256 + 4096 * 4096) < 0.1895 * 2^31. Columns are carried after every fifth block; what is left in them then is
 * below 2^19, and they stay below 0.9475 * 2^31.
 *
 * The result is small: with |M| <= R / 4, |left| and |right| < M, and |quotient| < 0.5001 R, it is at most
 * M / 4 + 0.5001 M < 0.76 M < 0.19 R.
 */
import { LIMB_BITS, LIMB_MASK, limb } from "./limbs";

/** Limbs of the modulus that are made -1. */
export const SCALE_LIMBS: i32 = 4;

const DIGIT_BITS: i32 = 13;
const DIGIT_MASK: i32 = (1 << DIGIT_BITS) - 1;
const HALF: i32 = 1 << (DIGIT_BITS - 1);

/** Digits in a block of rows, and their bits: 8 * 13. */
const BLOCK: i32 = 8;
const BLOCK_BITS: i32 = 104;
/** Blocks after which columns are carried. */
const CARRY_INTERVAL: i32 = 5;
/** Bytes of a pair of digits, and of a column. */
const PAIR: usize = 4;
/** Zeros before the first and behind the last pair, which the rows of a block read. */
const MARGIN: usize = <usize>BLOCK * PAIR;

/** Limbs of operands for a modulus of so many bits: whole blocks of digits, R at least four times the scaled modulus. */
export function operandLimbs(bits: i32): i32 {
  return ((bits + SCALE_LIMBS * LIMB_BITS + 2 + BLOCK_BITS - 1) / BLOCK_BITS) * (BLOCK >> 1);
}

/** Bytes of the pairs, and of as many columns, of so many limbs. */
function pairsSize(limbs: i32): usize {
  return <usize>(2 * limbs) * PAIR;
}

/** Bytes of an operand: its pairs, with margins. */
export function operandSize(limbs: i32): usize {
  return 2 * MARGIN + pairsSize(limbs);
}

/** Bytes for the columns of a product and for twice an operand. */
export function scratchSize(limbs: i32): usize {
  return columnsSize(limbs) + operandSize(limbs);
}

function columnsSize(limbs: i32): usize {
  return 2 * pairsSize(limbs) + MARGIN;
}

/** Makes an operand of a number. */
export function encode(operand: usize, number: usize, limbs: i32): void {
  memory.fill(operand, 0, operandSize(limbs));
  let pair = operand + MARGIN;
  let carry = 0;
  let below = 0;
  for (let i = 0; i < limbs; i++) {
    let rest = <i32>load<u32>(limb(number, i)) + carry;
    for (let half = 0; half < 2; half++, pair += PAIR) {
      const digit = ((rest + HALF) & DIGIT_MASK) - HALF;
      rest = (rest - digit) >> DIGIT_BITS;
      store<u32>(pair, (digit & 0xffff) | (below << 16));
      below = digit;
    }
    carry = rest;
  }
  store<u32>(pair, below << 16);
}

/** The number that is congruent to an operand, not negative and below twice the modulus. */
export function decode(number: usize, operand: usize, modulus: usize, limbs: i32): void {
  // Adds the modulus, whose lowest 104 bits are -1 and the others those of `modulus`.
  const offset = pairsSize(SCALE_LIMBS);
  const digits = operand + MARGIN;
  let carry = -1;
  for (let i = 0; i < limbs; i++) {
    const pair = pairsSize(i);
    carry += limbAt(digits + pair);
    if (i >= SCALE_LIMBS) carry += limbAt(modulus + MARGIN + pair - offset);
    store<u32>(limb(number, i), carry & LIMB_MASK);
    carry >>= LIMB_BITS;
  }
}

/** Two digits. */
function limbAt(pair: usize): i32 {
  return <i32>load<i16>(pair) + ((<i32>load<i16>(pair + PAIR)) << DIGIT_BITS);
}

/**
 * out = left * right / R modulo the modulus. All are operands of so many limbs, `modulus` that of (M + 1) / 2^104; `out` may be
 * one of the others.
 */
export function multiply(out: usize, left: usize, right: usize, modulus: usize, limbs: i32, scratch: usize): void {
  multiplyRows(out, left, right, 0, modulus, limbs, scratch);
}

/** out = operand * operand / R modulo the modulus, as in `multiply`. */
export function square(out: usize, operand: usize, modulus: usize, limbs: i32, scratch: usize): void {
  const size = operandSize(limbs);
  const doubled = scratch + columnsSize(limbs);
  for (let at: usize = 0; at < size; at += 16) {
    v128.store(doubled + at, i16x8.shl(v128.load(operand + at), 1));
  }
  multiplyRows(out, operand, doubled, MARGIN, modulus, limbs, scratch);
}

/**
 * Adds up blocks of rows of `left` times `right` and of the quotient times `modulus`. In each block the columns of `right`
 * start `step` bytes further up: 0 for a product; for a square a block of digits, because those below were met before.
 */
function multiplyRows(
  out: usize,
  left: usize,
  right: usize,
  step: usize,
  modulus: usize,
  limbs: i32,
  scratch: usize,
): void {
  const width = pairsSize(limbs);
  const blocks = limbs >> 2;
  let columns = scratch;
  memory.fill(columns, 0, columnsSize(limbs));
  let row = left + MARGIN;
  let start: usize = 0;
  let carry = 0;
  let uncarried = 0;
  for (let block = 0; block < blocks; block++) {
    const end = columns + MARGIN + width;
    if (step != 0) takeDiagonal(row, right + MARGIN + start);
    if (start == 0) addRows(columns, columns + MARGIN, row, right);
    carry = takeQuotient(columns, carry);
    if (start > MARGIN) addRows(columns + MARGIN, columns + start, columns, modulus);
    const both = max<usize>(start, MARGIN);
    addRowsOfBoth(columns + both, end, row, right + both, columns, modulus + both - MARGIN);
    if (++uncarried == CARRY_INTERVAL) {
      carryColumns(columns + MARGIN, end);
      uncarried = 0;
    }
    row += MARGIN;
    columns += MARGIN;
    start += step;
  }
  finish(out, columns, carry, limbs);
}

/**
 * In a square a block of rows meets no digit below its own, its own once, and those above twice. Makes the doubled pairs so,
 * for one block after the other.
 */
function takeDiagonal(single: usize, doubled: usize): void {
  v128.store(doubled - 32, i32x4.splat(0));
  v128.store(doubled - 16, i32x4.splat(0));
  v128.store(doubled, v128.and(v128.load(single), i32x4(0xffff, -1, -1, -1)));
  v128.store(doubled, v128.load(single, 16), 16);
  // The pair above has its own digit twice, and once the one below, which is of this block.
  store<u16>(doubled, load<u16>(single, 34), 34);
}

/**
 * Puts in place of eight columns the quotient's digits: these columns, and what the columns below carry, as balanced digits in
 * pairs. Gives what they carry.
 */
function takeQuotient(columns: usize, carry: i32): i32 {
  for (let pair = columns; pair < columns + MARGIN; pair += 2 * PAIR) {
    const low = load<i32>(pair) + carry + HALF;
    const high = load<i32>(pair, PAIR) + (low >> DIGIT_BITS) + HALF;
    carry = high >> DIGIT_BITS;
    // In one piece, because it is read back at once.
    store<u32>(pair, (((high & DIGIT_MASK) - HALF) & 0xffff) | (((low & DIGIT_MASK) - HALF) << 16), PAIR);
  }
  return carry;
}

/** The two digits of a row that the pair behind `pair` has, the lower one in the lower half, four times. */
function rowPair(pair: usize): v128 {
  return i32x4.splat(<i32>rotl<u32>(load<u32>(pair, PAIR), 16));
}

/** `sum` and the products of the digits of a row pair with those of four pairs. */
function addDot(sum: v128, row: v128, pairs: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(row, pairs));
}

/** Adds to the columns up to `end` a block of rows times `right`, whose pair for the first column is behind a margin. */
function addRows(columns: usize, end: usize, row: usize, right: usize): void {
  const row0 = rowPair(row);
  const row2 = rowPair(row + 8);
  const row4 = rowPair(row + 16);
  const row6 = rowPair(row + 24);
  for (; columns < end; columns += 32, right += 32) {
    const at24 = v128.load(right, 24);
    const at32 = v128.load(right, 32);
    let low = addDot(v128.load(columns), row6, v128.load(right, 8));
    let high = addDot(v128.load(columns, 16), row6, at24);
    low = addDot(low, row4, v128.load(right, 16));
    high = addDot(high, row4, at32);
    low = addDot(low, row2, at24);
    high = addDot(high, row2, v128.load(right, 40));
    low = addDot(low, row0, at32);
    high = addDot(high, row0, v128.load(right, 48));
    v128.store(columns, low);
    v128.store(columns, high, 16);
  }
}

/** As `addRows`, of two blocks of rows at once, which saves loading and storing the columns once more. */
function addRowsOfBoth(columns: usize, end: usize, row: usize, right: usize, otherRow: usize, other: usize): void {
  const row0 = rowPair(row);
  const row2 = rowPair(row + 8);
  const row4 = rowPair(row + 16);
  const row6 = rowPair(row + 24);
  const other0 = rowPair(otherRow);
  const other2 = rowPair(otherRow + 8);
  const other4 = rowPair(otherRow + 16);
  const other6 = rowPair(otherRow + 24);
  for (; columns < end; columns += 32, right += 32, other += 32) {
    let at24 = v128.load(right, 24);
    let at32 = v128.load(right, 32);
    let low = addDot(v128.load(columns), row6, v128.load(right, 8));
    let high = addDot(v128.load(columns, 16), row6, at24);
    low = addDot(low, row4, v128.load(right, 16));
    high = addDot(high, row4, at32);
    low = addDot(low, row2, at24);
    high = addDot(high, row2, v128.load(right, 40));
    low = addDot(low, row0, at32);
    high = addDot(high, row0, v128.load(right, 48));
    at24 = v128.load(other, 24);
    at32 = v128.load(other, 32);
    low = addDot(low, other6, v128.load(other, 8));
    high = addDot(high, other6, at24);
    low = addDot(low, other4, v128.load(other, 16));
    high = addDot(high, other4, at32);
    low = addDot(low, other2, at24);
    high = addDot(high, other2, v128.load(other, 40));
    low = addDot(low, other0, at32);
    high = addDot(high, other0, v128.load(other, 48));
    v128.store(columns, low);
    v128.store(columns, high, 16);
  }
}

/** What each of four columns or digits carries: the rest is a balanced digit. */
function carryOf(values: v128): v128 {
  return i32x4.shr_s(i32x4.add(values, i32x4.splat(HALF)), DIGIT_BITS);
}

/** `values` without what they carry, and with what those below carry. */
function takeCarry(values: v128, carry: v128, carryBelow: v128): v128 {
  return i32x4.add(i32x4.sub(values, i32x4.shl(carry, DIGIT_BITS)), oneUp(carryBelow, carry));
}

/** Each lane of `lanes` in the next one's place; in the first the last of those below. */
function oneUp(below: v128, lanes: v128): v128 {
  return v128.shuffle<i32>(below, lanes, 3, 4, 5, 6);
}

/** Carries each column up to `end` into the next one, once. The last one has had nothing but carries yet. */
function carryColumns(columns: usize, end: usize): void {
  let carryBelow = i32x4.splat(0);
  for (; columns < end; columns += 16) {
    const values = v128.load(columns);
    const carry = carryOf(values);
    v128.store(columns, takeCarry(values, carry, carryBelow));
    carryBelow = carry;
  }
}

/**
 * Makes an operand of the columns and what those below carry into them. Carrying twice is enough: of a column below 2^31 the
 * first time leaves less than 4096 + 2^18, and the second time no more than 4096 + 32. What the last digit would carry is 0:
 * the number is below 0.19 R, and digits as small as these add up to less than 0.51 R.
 */
function finish(out: usize, columns: usize, carry: i32, limbs: i32): void {
  store<i32>(columns, load<i32>(columns) + carry);
  let carryBelow = i32x4.splat(0);
  let carryBelow2 = i32x4.splat(0);
  let below = i32x4.splat(0);
  let pair = out + MARGIN;
  for (const end = pair + pairsSize(limbs); pair < end; pair += 16, columns += 16) {
    const values = v128.load(columns);
    const carry = carryOf(values);
    const once = takeCarry(values, carry, carryBelow);
    const carry2 = carryOf(once);
    const digits = takeCarry(once, carry2, carryBelow2);
    const pairs = v128.or(v128.and(digits, i32x4.splat(0xffff)), i32x4.shl(oneUp(below, digits), 16));
    v128.store(pair, pairs);
    carryBelow = carry;
    carryBelow2 = carry2;
    below = digits;
  }
  memory.fill(out, 0, MARGIN);
  memory.fill(pair, 0, MARGIN);
  store<u32>(pair, i32x4.extract_lane(below, 3) << 16);
}
