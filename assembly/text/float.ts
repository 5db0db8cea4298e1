import * as ascii from "./ascii";
import { Bytes } from "./bytes";

/**
 * Decimal text to f64, correctly rounded (to nearest, ties to even).
 *
 * Nearly every number takes the short way: a significand that an f64 holds exactly, times or divided by a power of ten
 * that it holds exactly too, is rounded once, by the one operation (Clinger, "How to Read Floating Point Numbers
 * Accurately", 1990). The others are computed with integers of any length.
 */

/** Largest significand, and largest power of ten, that f64 holds exactly. */
const MAX_EXACT_SIGNIFICAND: u64 = 1 << 53;
const MAX_EXACT_POWER = 22;

/** Digits that a u64 always holds. */
const MAX_U64_DIGITS = 19;

/**
 * Significant digits that are looked at one by one. The points halfway between two f64 have at most 767, so of those
 * beyond only counts whether any is not zero.
 */
const MAX_DIGITS = 800;

/** No f64 has a decimal exponent beyond these: 1.8e308 is the largest, 4.9e-324 the smallest. */
const MAX_EXPONENT: i64 = 310;
const MIN_EXPONENT: i64 = -326;

/** Larger exponents in the text make no difference, whatever digits stand before them (a text has less than 2^31). */
const EXPONENT_LIMIT: i64 = 10_000_000_000;

/** The largest power of five in 32 bits. */
const FIVES_AT_ONCE = 13;
const FIVES: u64 = 1_220_703_125;

/** Words of 32 bits for 800 digits (2658 bits) times 5^12, or for 5^1138 (2643 bits) and 98 bits more. */
const MAX_LIMBS = 96;

const LOW_WORD: u64 = 0xffffffff;
const ONE: u64 = 1;

/** The number as an integer of `count` limbs, lowest first, and whether something below it was cut off. */
const LIMBS = memory.data(MAX_LIMBS << 2);
let count = 0;
let inexact = false;

/** The number that `text`, a number of the JSON grammar (RFC 8259 §6), stands for; an infinity when too large. */
export function parseFloat64(text: Bytes): f64 {
  const negative = text.at(0) == ascii.MINUS;
  const from = negative ? 1 : 0;
  let significand: u64 = 0;
  let digits = 0;
  let exponent: i64 = 0;
  let fraction = false;
  let at = from;
  for (; at < text.length; at++) {
    const byte = <u32>text.at(at);
    if (byte == ascii.DOT) {
      fraction = true;
      continue;
    }
    if (!ascii.isDigit(byte)) break;
    if (fraction) exponent -= 1;
    if (digits == 0 && byte == ascii.ZERO) continue;
    digits += 1;
    if (digits <= MAX_U64_DIGITS) significand = significand * 10 + (byte - ascii.ZERO);
  }
  if (at < text.length) exponent += readExponent(text, at + 1);

  let value: f64 = 0;
  if (digits > 0) {
    const exact = digits <= MAX_U64_DIGITS && significand <= MAX_EXACT_SIGNIFICAND && abs(exponent) <= MAX_EXACT_POWER;
    value = exact ? scale(<f64>significand, <i32>exponent) : parseLong(text, from, digits, exponent);
  }
  return negative ? -value : value;
}

/** The exponent at `at`, behind the `e`; limited to `EXPONENT_LIMIT`. */
function readExponent(text: Bytes, at: i32): i64 {
  const negative = text.at(at) == ascii.MINUS;
  let exponent: i64 = 0;
  for (; at < text.length; at++) {
    const byte = <u32>text.at(at);
    if (ascii.isDigit(byte)) exponent = min(exponent * 10 + (byte - ascii.ZERO), EXPONENT_LIMIT);
  }
  return negative ? -exponent : exponent;
}

function scale(significand: f64, exponent: i32): f64 {
  let power: f64 = 1;
  for (let i = abs(exponent); i > 0; i--) power *= 10;
  if (exponent >= 0) return significand * power;
  // eslint-disable-next-line waypost/no-divide -- a division of f64 does not trap
  return significand / power;
}

/** The number whose `digits` significant digits start somewhere after `from`, times ten to the `exponent`. */
function parseLong(text: Bytes, from: i32, digits: i32, exponent: i64): f64 {
  const magnitude = <i64>digits + exponent;
  if (magnitude > MAX_EXPONENT) return Infinity;
  if (magnitude < MIN_EXPONENT) return 0;
  readDigits(text, from);
  if (digits > MAX_DIGITS) exponent += <i64>(digits - MAX_DIGITS);

  let power = <i32>exponent;
  if (power >= 0) {
    for (; power > 0; power--) multiplyAdd(10, 0);
    return round(0);
  }
  // 10^n = 2^n 5^n: the twos go into the binary exponent, the fives are divided out, several at a time. Before that the
  // number is shifted so far to the left that 64 bits remain. 2379/1024 is a little more than the binary logarithm of 5.
  let fives = -power;
  for (; fives % FIVES_AT_ONCE != 0; fives++) multiplyAdd(5, 0);
  const shift = max(0, ((fives * 2379) >> 10) + 66 - bitLength());
  shiftLeft(shift);
  for (; fives > 0; fives -= FIVES_AT_ONCE) divideByFives();
  return round(power - shift);
}

/** Makes the first `MAX_DIGITS` significant digits the integer. */
function readDigits(text: Bytes, from: i32): void {
  count = 0;
  inexact = false;
  let digits = 0;
  for (let at = from; at < text.length; at++) {
    const byte = <u32>text.at(at);
    if (byte == ascii.DOT) continue;
    if (!ascii.isDigit(byte)) return;
    if (digits == 0 && byte == ascii.ZERO) continue;
    digits += 1;
    if (digits <= MAX_DIGITS) multiplyAdd(10, byte - ascii.ZERO);
    else if (byte != ascii.ZERO) inexact = true;
  }
}

function limb(index: i32): u32 {
  return load<u32>(LIMBS + ((<usize>index) << 2));
}

function setLimb(index: i32, value: u32): void {
  store<u32>(LIMBS + ((<usize>index) << 2), value);
}

function append(value: u32): void {
  if (count == MAX_LIMBS) return;
  setLimb(count, value);
  count += 1;
}

function multiplyAdd(factor: u32, summand: u32): void {
  let carry: u64 = summand;
  for (let i = 0; i < count; i++) {
    carry += <u64>limb(i) * factor;
    setLimb(i, <u32>carry);
    carry >>= 32;
  }
  if (carry != 0) append(<u32>carry);
}

function divideByFives(): void {
  let rest: u64 = 0;
  for (let i = count - 1; i >= 0; i--) {
    rest = (rest << 32) | limb(i);
    setLimb(i, <u32>(rest / FIVES));
    rest %= FIVES;
  }
  if (rest != 0) inexact = true;
  if (count > 0 && limb(count - 1) == 0) count -= 1;
}

function bitLength(): i32 {
  return count == 0 ? 0 : count * 32 - <i32>clz(limb(count - 1));
}

function shiftLeft(bits: i32): void {
  const whole = min(bits >> 5, MAX_LIMBS - count);
  const part = <u64>(bits & 31);
  memory.copy(LIMBS + ((<usize>whole) << 2), LIMBS, (<usize>count) << 2);
  memory.fill(LIMBS, 0, (<usize>whole) << 2);
  count += whole;
  let carry: u64 = 0;
  for (let i = whole; i < count; i++) {
    carry |= (<u64>limb(i)) << part;
    setLimb(i, <u32>(carry & LOW_WORD));
    carry >>= 32;
  }
  if (carry != 0) append(<u32>carry);
}

/** The integer times two to the `exponent`, as f64. */
function round(exponent: i32): f64 {
  const length = bitLength();
  const top = topBits(length);
  // Exponent of the highest bit. Below -1022 the significand has fewer than 53 bits.
  const high = length - 1 + exponent;
  if (high > 1023) return Infinity;
  const dropped: u64 = 11 + max(0, -1022 - high);
  if (dropped > 64) return 0;

  // A shift by 64 would be one by 0.
  let significand = dropped == 64 ? 0 : top >> dropped;
  const rest = dropped == 64 ? top : top & ((ONE << dropped) - 1);
  const half = ONE << (dropped - 1);
  if (rest > half || (rest == half && (inexact || (significand & 1) != 0))) significand += 1;
  // The significand's implicit bit, and a carry out of it, count up the exponent.
  return reinterpret<f64>(((<u64>max(high + 1022, 0)) << 52) + significand);
}

/** The highest 64 of `length` bits; notes whether one below them is set. */
function topBits(length: i32): u64 {
  let bits: u64 = 0;
  const position = length - 64;
  for (let i = 0; i < count; i++) {
    const shift = i * 32 - position;
    const value: u64 = limb(i);
    if (shift >= 0) {
      bits |= value << (shift as u64);
    } else if (shift > -32) {
      const below: u64 = -shift;
      bits |= value >> below;
      if ((value & ((ONE << below) - 1)) != 0) inexact = true;
    } else if (value != 0) {
      inexact = true;
    }
  }
  return bits;
}
