/**
 * Keys and multipliers with which, on the way to u1·G + u2·Q, a point is added to itself or to its negative. The quick ways to
 * multiply cannot do that, must notice, and leave it to the one that can. Nobody can make such a signature for a key whose
 * logarithm he does not know; here it is chosen to fit.
 */
import { describe, expect, it } from "vitest";
import { inverse, modulo } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { CryptoModule } from "./crypto-module.ts";
import { type Affine, type CurveModel, CURVES, type Point } from "./ecdsa-model.ts";
import { EcdsaKey, WAYS } from "./ecdsa-module.ts";
import { seed } from "./random-input.ts";

const random = new Random(seed);
const module = new CryptoModule();

/** What one of the quick ways does: it doubles, or adds a multiple of G or Q. */
type Step = "double" | { of: "G" | "Q"; times: bigint };

/** Teeth and blocks of the combs, bits of a window: as in assembly/crypto/ecdsa. */
const TEETH = 8;
const BLOCKS = 2;
const WIDTH = 5;

/** The multiples that a column of a comb stands for, one for each block. */
function column({ n, spacing }: CurveModel, multiplier: bigint, index: number): bigint[] {
  const isOdd = multiplier % 2n === 1n;
  const odd = isOdd ? multiplier : n - multiplier;
  const positive = (odd >> 1n) + (1n << BigInt(TEETH * spacing - 1));
  return Array.from({ length: BLOCKS }, (_, block) => {
    const place = BigInt((block * spacing) / BLOCKS);
    let times = 0n;
    for (let tooth = 0; tooth < TEETH; tooth++) {
      const base = BigInt(tooth * spacing) + place;
      const isPositive = (positive >> (base + BigInt(index))) % 2n === 1n;
      times += isPositive === isOdd ? 1n << base : -(1n << base);
    }
    return times;
  });
}

function comb(model: CurveModel, u1: bigint, u2: bigint): Step[] {
  const steps: Step[] = [];
  const columns = model.spacing / BLOCKS;
  for (let index = columns - 1; index >= 0; index--) {
    if (index < columns - 1) steps.push("double");
    for (const times of column(model, u1, index)) steps.push({ of: "G", times });
    for (const times of column(model, u2, index)) steps.push({ of: "Q", times });
  }
  return steps;
}

/** The odd digits of a multiplier by their places. */
function windows(multiplier: bigint): Map<number, bigint> {
  const digits = new Map<number, bigint>();
  const range = 1n << BigInt(WIDTH);
  for (let place = 0, rest = multiplier; rest !== 0n; place++, rest >>= 1n) {
    if (rest % 2n === 0n) continue;
    const digit = rest % range < range / 2n ? rest % range : (rest % range) - range;
    digits.set(place, digit);
    rest -= digit;
  }
  return digits;
}

function window(model: CurveModel, u1: bigint, u2: bigint): Step[] {
  const steps: Step[] = [];
  const columns = model.spacing / BLOCKS;
  const digits = windows(u2);
  const first = Math.max(columns - 1, ...digits.keys());
  for (let place = first; place >= 0; place--) {
    if (place < first) steps.push("double");
    if (place < columns) for (const times of column(model, u1, place)) steps.push({ of: "G", times });
    const times = digits.get(place);
    if (times !== undefined) steps.push({ of: "Q", times });
  }
  return steps;
}

/**
 * The logarithm of a key with which step `index` adds a point to itself (sign 1) or to its negative (-1); null when there is
 * none, as for a doubling.
 */
function logarithm({ n }: CurveModel, steps: Step[], index: number, sign: bigint): bigint | null {
  let [g, q] = [0n, 0n];
  for (const step of steps.slice(0, index)) {
    if (step === "double") [g, q] = [2n * g, 2n * q];
    else if (step.of === "G") g += step.times;
    else q += step.times;
  }
  const step = steps[index];
  if (step === undefined || step === "double" || index === 0) return null;
  // g + q·d = ±times, or ±times·d
  if (step.of === "G") g -= sign * step.times;
  else q -= sign * step.times;
  if (q % n === 0n || g % n === 0n) return null;
  return modulo(-g * inverse(q, n), n);
}

describe.each(CURVES.map((model, curve) => ({ model, curve })))("$model.name", ({ model, curve }) => {
  const { n } = model;
  // Makes the table of G.
  EcdsaKey.of(module, curve, model.g.x, model.g.y).release();

  /** Whether each way comes to infinity, in the order of `WAYS`. */
  function infinities(key: Affine, u1: bigint, u2: bigint): boolean[] {
    module.reset();
    const octets = module.put(model.signature(key.x, key.y));
    const [a, b] = [module.put(model.encode(u1)), module.put(model.encode(u2))];
    return WAYS.map((_, way) => module.call("ecdsaSumIsInfinity", curve, way, octets, a, b) !== 0);
  }

  /** Verdicts on the signature with these multipliers, without a table and with one, and on others with r changed. */
  function verdicts(point: Affine, sum: Point, u1: bigint, u2: bigint): { right: boolean[]; changed: boolean[] } {
    const r = sum === null ? model.randomScalar(random) : sum.x % n;
    const key = EcdsaKey.of(module, curve, point.x, point.y);
    const verdict = (r: bigint) => {
      const s = modulo(r * inverse(u2, n), n);
      return key.verifyDigest(model.encode(modulo(u1 * s, n)), model.signature(r, s));
    };
    // The fourth use makes the table.
    const [first, second, third, fourth, fifth] = [r, n - r, r + 1n, r, n - r].map((r) => verdict(r % n));
    key.release();
    return { right: [first!, fourth!], changed: [second!, third!, fifth!] };
  }

  function expectRight(d: bigint, key: Affine, u1: bigint, u2: bigint, context: string): void {
    const sum = model.multiply(u1 + u2 * d);
    expect(infinities(key, u1, u2)[2], context).toBe(sum === null);
    const { right, changed } = verdicts(key, sum, u1, u2);
    expect(right, context).toEqual([sum !== null, sum !== null]);
    expect(changed, context).toEqual([false, false, false]);
  }

  it.each([
    ["tables", comb, 0],
    ["a window", window, 1],
  ] as const)("with %s", (_, stepsOf, way) => {
    for (const sign of [1n, -1n]) {
      const [u1, u2] = [model.randomScalar(random), model.randomScalar(random)];
      const steps = stepsOf(model, u1, u2);
      const adding = steps.flatMap((step, index) => (step === "double" ? [] : [index])).slice(1);
      const chosen = new Set([...adding.slice(0, 3), ...adding.slice(-2), random.pick(adding)]);
      for (const index of chosen) {
        const d = logarithm(model, steps, index, sign);
        if (d === null) continue;
        const context = `step ${index} of ${steps.length}, seed ${seed}`;
        const key = model.multiply(d)!;
        expect(infinities(key, u1, u2)[way], context).toBe(true);
        expectRight(d, key, u1, u2, context);
      }
    }
  });

  it("with keys that are small multiples of G or 2^k·G, and extreme multipliers", () => {
    const powers = [1, model.spacing / BLOCKS, model.spacing, 7 * model.spacing].map((bits) => 1n << BigInt(bits));
    const logarithms = [1n, 3n, ...powers.slice(1, 3), inverse(2n, n)].flatMap((d) => [d, n - d]);
    const extremes = [1n, 2n, 3n, 16n, 31n, 33n, n - 1n, n - 2n, (n + 1n) / 2n, (n - 1n) / 2n, ...powers];
    for (const d of logarithms) {
      const key = model.multiply(d)!;
      const u2 = random.pick(extremes);
      // No G at all; the same multiple of both; the same point, and its negative; two that are extreme.
      for (const u1 of [0n, u2, modulo(u2 * d, n), modulo(-u2 * d, n), random.pick(extremes)]) {
        expectRight(d, key, u1, u2, `d ${d}, u1 ${u1}, u2 ${u2}, seed ${seed}`);
      }
    }
  });
});
