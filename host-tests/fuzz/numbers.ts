/** Octets and numbers, and the arithmetic behind keys and signatures, in BigInt. */
import { checkPrimeSync } from "node:crypto";
import type { Random } from "./random.ts";

/** The number that big-endian octets stand for. */
export function toNumber(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets).toString("hex")}`);
}

/** Big-endian octets: as few as there must be, or `length`; more when the number needs them. */
export function toOctets(value: bigint, length = 1): Buffer {
  const hex = value.toString(16);
  const padded = hex.padStart(2 * Math.max(length, Math.ceil(hex.length / 2)), "0");
  return Buffer.from(padded, "hex");
}

/** The rest from 0 to modulus - 1, also of a negative value. */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** 1 / value. Throws a RangeError when the two have a factor in common. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [modulo(value, modulus), modulus, 1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a % b, y, x - quotient * y];
  }
  if (a !== 1n) throw new RangeError(`${value} has no inverse modulo ${modulus}`);
  return modulo(x, modulus);
}

/** base^exponent, for an exponent from 0 up. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let square = modulo(base, modulus), rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

export function isCoprime(a: bigint, b: bigint): boolean {
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 1n;
}

/** A prime of exactly so many bits, the upper two of which are set: a product of two has as many bits as both together. */
export function randomPrime(bits: number, random: Random): bigint {
  const top = 3n << BigInt(bits - 2);
  for (;;) {
    const low = toNumber(random.bytes(Math.ceil(bits / 8))) & ((1n << BigInt(bits - 2)) - 1n);
    const found = primeFrom(top | low | 1n);
    if (found !== undefined) return found;
  }
}

const SIEVE_LENGTH = 4096;
const SMALL_PRIMES = Array.from({ length: 500 }, (_, index) => 3 + 2 * index).filter((candidate) => {
  for (let divisor = 3; divisor * divisor <= candidate; divisor += 2) if (candidate % divisor === 0) return false;
  return true;
});

/** The first prime within a few thousand odd numbers from `start` on. */
function primeFrom(start: bigint): bigint | undefined {
  const composite = new Uint8Array(SIEVE_LENGTH);
  for (const prime of SMALL_PRIMES) {
    const rest = Number(start % BigInt(prime));
    // The first index whose number, start + 2 * index, the prime divides.
    let index = (((prime - rest) % prime) * ((prime + 1) / 2)) % prime;
    for (; index < SIEVE_LENGTH; index += prime) composite[index] = 1;
  }
  for (let index = 0; index < SIEVE_LENGTH; index++) {
    if (composite[index] === 1) continue;
    const candidate = start + 2n * BigInt(index);
    if (checkPrimeSync(candidate, { checks: 20 })) return candidate;
  }
  return undefined;
}
