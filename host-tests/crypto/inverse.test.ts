/** Inverses modulo odd numbers, judged by Euclid's algorithm in BigInt. */
import { expect, test } from "vitest";
import { inverse, toNumber, toOctets } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { CryptoModule } from "./crypto-module.ts";
import { CURVES } from "./ecdsa-model.ts";
import { seed } from "./random-input.ts";

const random = new Random(seed);
const module = new CryptoModule();

/** The moduli that are used, and others: the smallest, and some around where a limb begins. */
const MODULI = [
  ...CURVES.flatMap(({ p, n }) => [p, n]),
  2n ** 255n - 19n,
  ...[3n, 5n, 2n ** 29n - 3n, 2n ** 30n - 35n, 2n ** 30n + 3n, 2n ** 60n - 93n, 2n ** 528n - 65n],
];

class Inverter {
  private readonly octets: number;
  private readonly address: number;

  constructor(private readonly modulus: bigint) {
    this.octets = Math.ceil(modulus.toString(16).length / 2);
    module.reset();
    this.address = module.call("modulusOf", module.put(toOctets(modulus, this.octets)), this.octets);
  }

  /** 1 / value; null: there is none. */
  invert(value: bigint): bigint | null {
    module.reset();
    const octets = module.put(toOctets(value, this.octets));
    if (module.call("invertOctets", this.address, octets, this.octets) === 0) return null;
    return toNumber(module.copy(octets, this.octets).reverse());
  }

  random(): bigint {
    return toNumber(random.bytes(this.octets + 8)) % this.modulus;
  }
}

function expected(value: bigint, modulus: bigint): bigint | null {
  try {
    return inverse(value, modulus);
  } catch {
    return null;
  }
}

test.each(MODULI)("modulo %d", (modulus) => {
  const inverter = new Inverter(modulus);
  const edges = [0n, 1n, 2n, 3n, modulus >> 1n, (modulus >> 1n) + 1n, modulus - 2n, modulus - 1n];
  const powers = Array.from({ length: modulus.toString(2).length - 1 }, (_, bit) => 1n << BigInt(bit));
  const values = [...edges, ...powers, ...powers.map((power) => modulus - power)];
  for (let i = 0; i < 400; i++) values.push(inverter.random());
  for (const value of values.filter((value) => value < modulus)) {
    expect(inverter.invert(value), `1 / ${value}, seed ${seed}`).toBe(expected(value, modulus));
  }
});

test("modulo any odd number, also where a value has a factor in common with it", () => {
  for (let i = 0; i < 2000; i++) {
    const odd = toNumber(random.bytes(1 + random.below(66))) | 1n;
    const modulus = i % 3 === 0 ? ((odd * 15n) % 2n ** 528n) | 1n : odd;
    if (modulus < 3n) continue;
    const inverter = new Inverter(modulus);
    const value = inverter.random();
    expect(inverter.invert(value), `1 / ${value} modulo ${modulus}, seed ${seed}`).toBe(expected(value, modulus));
  }
});

test("octets go through limbs, whatever their number", () => {
  for (let length = 1; length <= 66; length++) {
    for (const bytes of [Buffer.alloc(length, 0xff), random.bytes(length)]) {
      module.reset();
      const ptr = module.put(bytes);
      module.call("throughLimbs", ptr, length);
      expect(module.copy(ptr, length), `seed ${seed}`).toEqual(bytes);
    }
  }
});
