/**
 * Multiples of a point without a table that is kept: 1, 3, 5, … 15 times the point are made each time, and a multiplier has
 * odd digits from -15 to 15, each followed by four zeros at least ("wNAF": D. Hankerson, A. Menezes and S. Vanstone, "Guide
 * to Elliptic Curve Cryptography", §3.3.1).
 */
import { storeLittleEndian } from "../limbs";
import { Domain, TEETH } from "./domain";
import { addEntry, storeAffine } from "./entries";
import { addAffine, double, MAX_POINT_SIZE, setAffine } from "./point";
import { MAX_ELEMENT_SIZE, PrimeField } from "./prime-field";

/** Bits of a digit, its sign included. */
const WIDTH: i32 = 5;

/** The odd multiples from 1 up that there are. */
const COUNT: i32 = 1 << (WIDTH - 2);

/** Bytes of the digits of a multiplier: one for each bit, and for the carry out of the highest. */
export const MAX_WINDOW_DIGITS: i32 = 544;

const points: usize = memory.data(COUNT * MAX_POINT_SIZE);
const twice: usize = memory.data(MAX_POINT_SIZE);
const entries: usize = memory.data(COUNT * MAX_ELEMENT_SIZE);
const T: usize = memory.data(MAX_ELEMENT_SIZE);

/** A multiplier as octets, and zeros behind it. */
const OCTETS: i32 = 80;
const octets: usize = memory.data(OCTETS);

/** Makes the multiples of an affine point that `addWindow` adds. */
export function buildWindow<F extends PrimeField>(domain: Domain, affine: usize): void {
  const field = changetype<F>(0);
  const size = field.size;
  const pointSize = size * 3;
  setAffine<F>(twice, affine);
  double<F>(twice);
  // With x·Z² and y·Z³ for x and y, 2P = (X, Y, Z) is the affine point (X, Y): they are on another curve, y² = x³ - 3·Z⁴·x + …,
  // but `addAffine` does not use that. In the end Z is put back into all.
  const z = twice + 2 * size;
  field.square(T, z);
  field.mul(points, affine, T);
  field.mul(T, T, z);
  field.mul(points + size, affine + size, T);
  field.setOne(points + 2 * size);
  let point = points;
  for (let i = 1; i < COUNT; i++) {
    memory.copy(point + pointSize, point, pointSize);
    point += pointSize;
    addAffine<F>(point, twice);
  }
  for (let i = 0; i < COUNT; i++, point -= pointSize) field.mul(point + 2 * size, point + 2 * size, z);
  storeAffine<F>(domain, points, COUNT, entries);
}

/**
 * Writes the digits of a multiplier, a byte with a sign for each bit, the lowest first, and answers the place of the highest
 * that is not 0; -1 for a multiplier of 0.
 */
export function windowDigits(domain: Domain, multiplier: usize, digits: usize): i32 {
  storeLittleEndian(multiplier, domain.order.count, octets, OCTETS);
  memory.fill(digits, 0, MAX_WINDOW_DIGITS);
  const bits = TEETH * domain.spacing;
  let carry: u32 = 0;
  let highest = -1;
  for (let at = 0; at <= bits; at++) {
    const window = ((<u32>load<u16>(octets + <usize>(at >> 3))) >> (at & 7)) & ((1 << WIDTH) - 1);
    if ((window & 1) == carry) continue;
    // Odd with its carry; from 16 up it is taken as negative, and carried.
    const value = window + carry;
    carry = value >> (WIDTH - 1);
    store<i8>(digits + <usize>at, <i8>(value - (carry << WIDTH)));
    highest = at;
    at += WIDTH - 1;
  }
  return highest;
}

/** point = point + the multiple that a digit stands for: none when it is 0. `isFirst`: point is nothing yet. */
export function addWindow<F extends PrimeField>(point: usize, digit: i32, isFirst: bool): void {
  if (digit == 0) return;
  const entry = entries + <usize>(abs(digit) >> 1) * changetype<F>(0).size;
  addEntry<F>(point, entry, digit < 0 ? -1 : 1, isFirst);
}
