/** The bounds that make the formulas of a field fit together: what comes out of one may go into every other one. */
import { carrying, multiplication, squaring, topBits } from "./arithmetic.mjs";
import { LIMB_BITS } from "./moduli.mjs";
import { HALF } from "./sums.mjs";

/** The largest weight that `carry` is asked to take. */
export const CARRY_WEIGHT = 64n;

/**
 * @typedef {import("./moduli.mjs").Modulus} Modulus
 *
 * @typedef {object} Bounds
 * @property {bigint[]} limits      the largest absolute value of each limb of an element of weight 1
 * @property {bigint} product       the largest product of the weights of two factors
 * @property {bigint} square        the largest weight of a number to be squared
 */

/** @returns {Bounds} */
export function boundsOf(/** @type {Modulus} */ modulus) {
  for (let product = 64n; product > 0n; product--) {
    const limits = limitsFor(modulus, product);
    if (limits !== null) return { limits, product, square: squareRoot(product) };
  }
  throw new RangeError(`no product of two elements modulo ${modulus.title} fits`);
}

/**
 * Starts with limbs as they are cut off, and widens the limits to what the formulas answer until nothing changes. Null: a
 * sum overflows. @returns {bigint[] | null}
 */
function limitsFor(/** @type {Modulus} */ modulus, /** @type {bigint} */ product) {
  let limits = Array.from({ length: modulus.limbs }, () => HALF);
  limits[modulus.limbs - 1] = 1n << BigInt(Math.min(topBits(modulus), LIMB_BITS - 1));
  for (;;) {
    const before = limits;
    try {
      const results = [
        multiplication(modulus, before, product).limits,
        squaring(modulus, before, squareRoot(product)).limits,
        carrying(modulus, before, CARRY_WEIGHT).limits,
        reading(modulus, before, product),
      ];
      limits = before.map((limit, i) => results.reduce((widest, { [i]: result = 0n }) => max(widest, result), limit));
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
    if (limits.every((limit, i) => limit === before[i])) return limits;
  }
}

/** The limits of what `fromBytes` answers: limbs as they are read, carried or multiplied by an element. */
function reading(/** @type {Modulus} */ modulus, /** @type {bigint[]} */ limits, /** @type {bigint} */ product) {
  const topmost = 8 * modulus.octets - LIMB_BITS * (modulus.limbs - 1);
  const read = limits.map((_, i) => (1n << BigInt(i < modulus.limbs - 1 ? LIMB_BITS : topmost)) - 1n);
  if (!modulus.montgomery) return carrying(modulus, read, 1n).limits;
  if (read.some((limb, i) => limb > product * (limits[i] ?? 0n))) throw new RangeError("octets make limbs too large");
  return [];
}

function max(/** @type {bigint} */ a, /** @type {bigint} */ b) {
  return a > b ? a : b;
}

/** Rounded down. */
function squareRoot(/** @type {bigint} */ value) {
  let root = 1n;
  while ((root + 1n) * (root + 1n) <= value) root++;
  return root;
}
