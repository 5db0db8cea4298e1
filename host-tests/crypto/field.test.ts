import { describe, expect, test } from "vitest";
import { MODULI } from "../../cli/generate/fields/moduli.mjs";
import { toNumber } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { CryptoModule } from "./crypto-module.ts";
import { FieldModel, type Limbs } from "./field-model.ts";
import { seed } from "./random-input.ts";

const module = new CryptoModule();

const CHAIN = 10_000;

/** An element together with what it should be. */
interface Tracked {
  limbs: Limbs;
  number: bigint;
  weight: bigint;
}

describe.each(MODULI.map((modulus, index) => ({ name: modulus.title, modulus, index })))("$name", (entry) => {
  const field = new FieldModel(module, entry.index, entry.modulus);
  const { prime, bounds } = field;
  const random = new Random(seed + entry.index);
  const zero = field.bounds.limits.map(() => 0n);

  test("octets go in and come out, from 0 to the largest number there is", () => {
    const largest = (1n << BigInt(8 * entry.modulus.octets)) - 1n;
    const edges = [0n, 1n, 2n, prime - 1n, prime, prime + 1n, 2n * prime - 1n, 2n * prime, largest - 1n, largest];
    const numbers = [...edges.filter((value) => value <= largest), ...times(300, () => randomNumber(random, largest))];
    for (const value of numbers) {
      const limbs = field.fromNumber(value);
      expect(field.hasWeight(limbs, 1n)).toBe(true);
      expect(field.number(limbs)).toBe(value % prime);
      expect(field.toNumber(limbs), `seed ${seed}`).toBe(value % prime);
      expect(field.test("isZero", limbs)).toBe(value % prime === 0n);
    }
  });

  test("0 and 1", () => {
    expect(field.run("setZero", zero)).toEqual(zero);
    expect(field.toNumber(field.run("setOne", zero))).toBe(1n);
    expect(field.test("isZero", field.run("setOne", zero))).toBe(false);
  });

  test("limbs as large as the bounds allow, of all signs", () => {
    for (let round = 0; round < 300; round++) {
      const weight = 1n + BigInt(random.below(Number(bounds.product)));
      const a = extreme(random, bounds.limits, weight);
      const b = extreme(random, bounds.limits, bounds.product / weight);
      const c = extreme(random, bounds.limits, bounds.square);
      const heavy = extreme(random, bounds.limits, 64n);
      for (const [result, expected] of [
        [field.run("mul", a, b), field.number(a) * field.number(b)],
        [field.run("square", c), field.number(c) ** 2n],
        [field.run("carry", heavy), field.number(heavy)],
      ] as const) {
        expect(field.number(result), `seed ${seed}`).toBe(field.reduce(expected));
        expect(field.hasWeight(result, 1n), `seed ${seed}`).toBe(true);
      }
      expect(field.toNumber(a), `seed ${seed}`).toBe(field.number(a));
    }
  });

  test("results may overwrite operands, and operands be the same", () => {
    const a = field.fromNumber(randomNumber(random, prime));
    const b = field.fromNumber(randomNumber(random, prime));
    for (const operation of ["mul", "add", "sub"] as const) {
      expect(field.runInto("a", operation, a, b)).toEqual(field.run(operation, a, b));
      expect(field.runInto("b", operation, a, b)).toEqual(field.run(operation, a, b));
      expect(field.run(operation, a, a)).toEqual(field.run(operation, a, [...a]));
    }
    for (const operation of ["square", "carry", "copy"] as const) {
      expect(field.runInto("a", operation, a, b)).toEqual(field.run(operation, a));
    }
    expect(field.run("mul", a, a)).toEqual(field.run("square", a));
  });

  test("a number is 0 or equal in whatever limbs it is written", () => {
    for (let round = 0; round < 200; round++) {
      const a = field.fromNumber(randomNumber(random, prime));
      const lazy = field.run("sub", field.run("add", a, a), a);
      expect(field.test("equals", lazy, a), `seed ${seed}`).toBe(true);
      expect(field.test("isZero", field.run("sub", a, field.run("carry", lazy)))).toBe(true);
      expect(field.test("equals", field.run("add", a, field.run("setOne", zero)), a)).toBe(false);
    }
    const two = field.run("add", field.fromNumber(prime - 1n), field.fromNumber(1n));
    expect(field.test("isZero", two)).toBe(true);
    expect(field.toNumber(field.run("sub", zero, two))).toBe(0n);
    expect(field.toNumber(field.run("sub", zero, field.fromNumber(1n)))).toBe(prime - 1n);
  });

  test(`${CHAIN} operations one after the other`, () => {
    const pool = times(8, () => start(field, randomNumber(random, prime)));
    for (let step = 0; step < CHAIN; step++) {
      const next = operate(field, random, random.pick(pool), random.pick(pool));
      if (field.number(next.limbs) !== next.number || !field.hasWeight(next.limbs, next.weight)) {
        expect.fail(`wrong at step ${step}, seed ${seed}`);
      }
      pool[random.below(pool.length)] = next;
    }
    for (const { limbs, number } of pool) {
      expect(field.toNumber(field.run("carry", limbs)), `seed ${seed}`).toBe(number);
    }
  });
});

function start(field: FieldModel, number: bigint): Tracked {
  return { limbs: field.fromNumber(number), number, weight: 1n };
}

/** One of the operations that the weights of a and b allow, at random. */
function operate(field: FieldModel, random: Random, a: Tracked, b: Tracked): Tracked {
  const { product, square } = field.bounds;
  const result = (limbs: Limbs, number: bigint, weight: bigint) => ({ limbs, number: field.reduce(number), weight });
  const factor = random.below(9) - 4;
  switch (random.below(6)) {
    case 0:
    case 1:
      if (a.weight * b.weight <= product) return result(field.run("mul", a.limbs, b.limbs), a.number * b.number, 1n);
      break;
    case 2:
      if (a.weight <= square) return result(field.run("square", a.limbs), a.number ** 2n, 1n);
      break;
    case 3:
      if (a.weight * 4n <= 64n) {
        const weight = a.weight * BigInt(Math.abs(factor));
        return result(field.run("scale", a.limbs, factor), a.number * BigInt(factor), weight);
      }
      break;
    case 4:
      if (a.weight + b.weight <= 64n) {
        return result(field.run("add", a.limbs, b.limbs), a.number + b.number, a.weight + b.weight);
      }
      break;
    default:
      if (a.weight + b.weight <= 64n) {
        return result(field.run("sub", a.limbs, b.limbs), a.number - b.number, a.weight + b.weight);
      }
  }
  return result(field.run("carry", a.limbs), a.number, 1n);
}

/** Limbs of which each is as large as the weight allows, in one direction or the other, or 0. */
function extreme(random: Random, limits: readonly bigint[], weight: bigint): bigint[] {
  const choices = random.pick([[1n], [-1n], [1n, -1n], [1n, -1n, 0n]]);
  return limits.map((limit) => weight * limit * random.pick(choices));
}

function randomNumber(random: Random, limit: bigint): bigint {
  return toNumber(random.bytes(80)) % (limit + 1n);
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
