/** The field that edwards25519 is defined over: integers modulo 2^255 - 19. */
import { Curve25519Field } from "../field/f25519";
import { Modulus } from "../inverse";
import { loadLittleEndian, MAX_LIMBS, storeLittleEndian } from "../limbs";

/** The field's methods need no instance; this one stands for it. */
export const field = changetype<Curve25519Field>(0);

/** Bytes of an element. */
export const ELEMENT_SIZE: i32 = 72;

/** Octets of an encoded element. */
export const OCTETS: i32 = 32;

/** 2^255 - 19, its highest octet first. */
const PRIME_OCTETS = memory.data<u8>([
  0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed,
]);
const prime: Modulus = Modulus.of(PRIME_OCTETS, OCTETS);

const octets: usize = memory.data(OCTETS);
const limbs: usize = memory.data(MAX_LIMBS << 2);

/** out = 1 / a; 0 for 0. */
export function invert(out: usize, a: usize): void {
  field.toBytes(octets, a);
  loadLittleEndian(limbs, prime.count, octets, OCTETS);
  if (!prime.invert(limbs, limbs)) return field.setZero(out);
  storeLittleEndian(limbs, prime.count, octets, OCTETS);
  field.fromBytes(out, octets);
}

/** Whether the number from 0 to 2^255 - 20 that an element stands for is odd: "negative" in RFC 8032. */
export function isOdd(a: usize): bool {
  field.toBytes(octets, a);
  return (load<u8>(octets) & 1) != 0;
}
