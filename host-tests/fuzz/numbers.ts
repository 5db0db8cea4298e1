/** Octets and numbers, and the arithmetic that keys and signatures of the fuzzer need. */
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

export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** The inverse of a number that has one. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [modulo(value, modulus), modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a % b, y, x - quotient * y];
  }
  return modulo(x, modulus);
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
