/** Points as 32 octets: y, the lowest octet first, with the lowest bit of x in the highest bit (RFC 8032 §5.1.2, §5.1.3). */
import { ELEMENT_SIZE, field, invert, isOdd, OCTETS } from "./element";
import { D, T, Y, Z } from "./point";

/** A square root of -1. */
const ROOT: usize = memory.data(ELEMENT_SIZE);
const ROOT_OCTETS = memory.data<u64>([0xc4ee1b274a0ea0b0, 0x2f431806ad2fe478, 0x2b4d00993dfbd7a7, 0x2b8324804fc1df0b]);
field.fromBytes(ROOT, ROOT_OCTETS);

const octets: usize = memory.data(OCTETS);
const canonical: usize = memory.data(OCTETS);

const u: usize = memory.data(ELEMENT_SIZE);
const v: usize = memory.data(ELEMENT_SIZE);
const uv3: usize = memory.data(ELEMENT_SIZE);
const root: usize = memory.data(ELEMENT_SIZE);
const inverse: usize = memory.data(ELEMENT_SIZE);
const x: usize = memory.data(ELEMENT_SIZE);
const y: usize = memory.data(ELEMENT_SIZE);

/** Reads a point. False: y is not below the prime, there is no such point, or x is 0 and said to be odd (§5.1.3). */
export function decode(point: usize, from: usize): bool {
  const wantsOdd = load<u8>(from, OCTETS - 1) >> 7 != 0;
  memory.copy(octets, from, OCTETS);
  store<u8>(octets, load<u8>(octets, OCTETS - 1) & 0x7f, OCTETS - 1);
  field.fromBytes(point + Y, octets);
  field.toBytes(canonical, point + Y);
  if (!sameOctets(canonical, octets)) return false;
  if (!findX(point, point + Y)) return false;
  if (isOdd(point) != wantsOdd) {
    if (field.isZero(point)) return false;
    field.scale(point, point, -1);
  }
  field.setOne(point + Z);
  field.mul(point + T, point, point + Y);
  return true;
}

/** Writes a point, of which T is not used. */
export function encode(to: usize, point: usize): void {
  invert(inverse, point + Z);
  field.mul(x, point, inverse);
  field.mul(y, point + Y, inverse);
  field.toBytes(to, y);
  if (isOdd(x)) store<u8>(to, load<u8>(to, OCTETS - 1) | 0x80, OCTETS - 1);
}

/** Whether two encoded points are the same. */
export function sameOctets(left: usize, right: usize): bool {
  for (let i = 0; i < OCTETS; i += 8) {
    const at = <usize>i;
    if (load<u64>(left + at) != load<u64>(right + at)) return false;
  }
  return true;
}

/** out = x with x² = u / v, u = y² - 1 and v = d·y² + 1, of either sign (RFC 8032 §5.1.3 step 2 and 3). False: there is none. */
function findX(out: usize, ofY: usize): bool {
  field.square(u, ofY);
  field.mul(v, u, D);
  field.setOne(root);
  field.sub(u, u, root); // (2)
  field.add(v, v, root); // (2)

  // The candidate is u·v³·(u·v⁷)^((p - 5) / 8), which takes no division.
  field.square(uv3, v);
  field.mul(uv3, uv3, v); // from 1 · 2
  field.square(root, uv3);
  field.mul(root, root, v); // from 1 · 2: v⁷
  field.mul(root, root, u); // from 1 · 2
  field.mul(uv3, uv3, u); // from 1 · 2
  raise(root, root);
  field.mul(out, root, uv3);

  field.square(root, out);
  field.mul(root, root, v); // from 1 · 2: v·x² is u, -u, or neither
  if (field.equals(root, u)) return true; // 1 + 2
  field.add(root, root, u); // (3)
  if (!field.isZero(root)) return false;
  field.mul(out, out, ROOT);
  return true;
}

const base: usize = memory.data(ELEMENT_SIZE);
const ones: usize = memory.data(ELEMENT_SIZE);
const fiveOnes: usize = memory.data(ELEMENT_SIZE);
const tenOnes: usize = memory.data(ELEMENT_SIZE);
const fiftyOnes: usize = memory.data(ELEMENT_SIZE);

/** out = a^((p - 5) / 8) = a^(2^252 - 3): an exponent of 250 ones in binary, and 01. */
function raise(out: usize, a: usize): void {
  field.copy(base, a);
  field.copy(ones, a);
  for (let i = 1; i < 5; i++) append(ones, ones, 1, base);
  field.copy(fiveOnes, ones);
  append(tenOnes, ones, 5, fiveOnes);
  append(ones, tenOnes, 10, tenOnes);
  append(ones, ones, 20, ones);
  append(fiftyOnes, ones, 10, tenOnes);
  append(ones, fiftyOnes, 50, fiftyOnes);
  append(ones, ones, 100, ones);
  append(ones, ones, 50, fiftyOnes);
  append(out, ones, 2, base);
}

const shifted: usize = memory.data(ELEMENT_SIZE);

/** out = a^(2^times)·b: in binary, b's exponent of `times` bits behind that of a. */
function append(out: usize, a: usize, times: i32, b: usize): void {
  field.squareTimes(shifted, a, times);
  field.mul(out, shifted, b);
}
