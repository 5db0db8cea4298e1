import { Bytes } from "../../sdk";
import { hash64 } from "../../text/hash";

/** Bits of a hash that become a fraction: with half a step added, an f64 holds it exactly. */
const FRACTION_BITS: u64 = 52;
const STEP: f64 = 1.0 / 4503599627370496.0;

/** The hash of a key as bytes, lowest first: what is hashed again for each lane. */
const cell = Bytes.constant("\0\0\0\0\0\0\0\0");

/**
 * What a key and a lane draw together: a number that looks as if it were drawn from the exponential distribution of mean 1.
 * It depends on nothing else, and is the same on every machine: XXH64 twice, and the natural logarithm of a fraction between
 * 0 and 1 by additions and multiplications of f64, which WebAssembly defines to the last bit.
 *
 * `keyHash`: XXH64 of the key, seeded by the salt. `lane`: XXH64 of the lane's name.
 */
export function draw(keyHash: u64, lane: u64): f64 {
  store<u64>(cell.ptr, keyHash);
  const bits = hash64(cell, lane) >> (64 - FRACTION_BITS);
  return -Math.log((<f64>bits + 0.5) * STEP);
}
