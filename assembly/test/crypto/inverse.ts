import { Modulus } from "../../crypto/inverse";
import { limbCount, loadBigEndian, loadLittleEndian, storeLittleEndian } from "../../crypto/limbs";

export function modulusOf(octets: usize, length: i32): Modulus {
  return Modulus.of(octets, length);
}

/** Inverts `length` octets, the highest first, in place; they come out with the lowest first. */
export function invertOctets(modulus: Modulus, octets: usize, length: i32): bool {
  const limbs = memory.data(72);
  loadBigEndian(limbs, modulus.count, octets, length);
  if (!modulus.invert(limbs, limbs)) return false;
  storeLittleEndian(limbs, modulus.count, octets, length);
  return true;
}

/** Reads octets, the lowest first, and writes as many back: what does not fit into the limbs is lost. */
export function throughLimbs(octets: usize, length: i32): void {
  const limbs = memory.data(72);
  const count = limbCount(length);
  loadLittleEndian(limbs, count, octets, length);
  storeLittleEndian(limbs, count, octets, length);
}
