/** The formulas of a field, each with the bound of what it answers. */
import { LIMB_BITS } from "./moduli.mjs";
import { Columns, multiple, product } from "./sums.mjs";

/**
 * @typedef {import("./moduli.mjs").Modulus} Modulus
 * @typedef {import("./sums.mjs").Value} Value
 *
 * @typedef {object} Formula
 * @property {string[]} lines   the body of the method
 * @property {bigint[]} limits  the largest absolute value of each limb of the result
 */

/** `out = a * b`, for limbs of at most `limits * weightA` and `limits * weightB`. @returns {Formula} */
export function multiplication(
  /** @type {Modulus} */ modulus,
  /** @type {bigint[]} */ limits,
  /** @type {bigint} */ weights,
) {
  const a = limits.map((limit, i) => ({ text: `a${i}`, max: limit * weights }));
  const b = limits.map((limit, i) => ({ text: `b${i}`, max: limit }));
  const column = (/** @type {number} */ k) => indices(k, modulus.limbs).map((i) => product(at(a, i), at(b, k - i)));
  return reduced(modulus, [...loads("a", a), ...loads("b", b)], column);
}

/** `out = a * a`. @returns {Formula} */
export function squaring(/** @type {Modulus} */ modulus, /** @type {bigint[]} */ limits, /** @type {bigint} */ weight) {
  const a = limits.map((limit, i) => ({ text: `a${i}`, max: limit * weight }));
  const twice = a.map(({ max }, i) => ({ text: `d${i}`, max: 2n * max }));
  const column = (/** @type {number} */ k) =>
    indices(k, modulus.limbs)
      .filter((i) => 2 * i <= k)
      .map((i) => product(at(2 * i === k ? a : twice, i), at(a, k - i)));
  const doubled = twice.slice(0, -1).map(({ text }, i) => `const ${text} = a${i} << 1;`);
  return reduced(modulus, [...loads("a", a), ...doubled], column);
}

/** @returns {Formula} */
function reduced(
  /** @type {Modulus} */ modulus,
  /** @type {string[]} */ loaded,
  /** @type {(k: number) => Value[]} */ column,
) {
  const { lines, limits } = modulus.montgomery ? montgomery(modulus, column) : folded(modulus, column);
  return { lines: [...loaded, ...lines], limits };
}

/**
 * Montgomery's reduction. The prime is -1 modulo 2^29, so what has to be added to a column to clear its lowest limb m is m
 * times the prime, whose other terms are shifts. @returns {Formula}
 */
function montgomery(/** @type {Modulus} */ modulus, /** @type {(k: number) => Value[]} */ column) {
  const { limbs } = modulus;
  const sums = new Columns("t", true);
  sums.lines.push("let t: i64 = 0;");
  /** @type {Value[]} */
  const cleared = [];
  /** @type {bigint[]} */
  const limits = [];
  for (let k = 0; k < 2 * limbs - 1; k++) {
    sums.add(...column(k), ...clearing(modulus, cleared, k));
    if (k < limbs) cleared.push(sums.take(`m${k}`));
    else limits.push(sums.store(offset(k - limbs)).max);
  }
  const rest = sums.rest();
  sums.lines.push(`store<i64>(out, ${rest.text}${offset(limbs - 1)});`);
  limits.push(rest.max);
  return { lines: sums.lines, limits };
}

/** What the multiples of the prime that cleared lower columns add to column k. */
function clearing(/** @type {Modulus} */ modulus, /** @type {Value[]} */ cleared, /** @type {number} */ k) {
  return cleared.flatMap((value, i) =>
    modulus.terms
      .filter(({ exponent }) => exponent > 0 && Math.floor(exponent / LIMB_BITS) === k - i)
      .map(({ exponent, factor }) => multiple(value, factor, exponent % LIMB_BITS)),
  );
}

/**
 * Reduction modulo 2^e - c: a limb of the higher half is multiplied by what 2^(29 * limbs) is modulo the prime, and added to
 * its counterpart in the lower half. Both halves are carried side by side, so that a processor can work on both.
 * @returns {Formula}
 */
function folded(/** @type {Modulus} */ modulus, /** @type {(k: number) => Value[]} */ column) {
  const { limbs } = modulus;
  const high = new Columns("u", false);
  const low = new Columns("t", true);
  // Both write into the same lines.
  high.lines = low.lines;
  low.lines.push("let t: i64 = 0;", "let u: i64 = 0;");
  const results = [];
  for (let k = 0; k < limbs; k++) {
    high.add(...column(k + limbs));
    const folding = k < limbs - 1 ? high.take(`h${k}`) : high.rest();
    low.add(...column(k), fold(modulus, folding));
    results.push(low.take(`r${k}`));
  }
  // What is carried out of the highest limb goes around once more, through the lowest limb into the second one.
  const rest = low.restart("rest");
  low.add(at(results, 0), fold(modulus, rest));
  const lowest = low.store("");
  results[1] = sum(at(results, 1), low.rest());
  for (const [i, { text }] of results.entries()) {
    if (i > 0) low.lines.push(`store<i64>(out, ${text}${offset(i)});`);
  }
  return { lines: low.lines, limits: [lowest, ...results.slice(1)].map(({ max }) => max) };
}

/**
 * `out = a`, with limbs carried and the value near or below the prime: what the highest limb has above the prime's power of two
 * (above the limb itself, where there is no bit of the prime to spare) is taken off as a multiple of the prime first.
 * @returns {Formula}
 */
export function carrying(/** @type {Modulus} */ modulus, /** @type {bigint[]} */ limits, /** @type {bigint} */ weight) {
  const last = modulus.limbs - 1;
  const a = limits.map((limit, i) => ({ text: `load<i64>(a${offset(i)})`, max: limit * weight }));
  const bits = topBits(modulus);
  const half = 1n << BigInt(bits - 1);
  const top = { text: "top", max: at(a, last).max };
  const excess = { text: "excess", max: (top.max + half) >> BigInt(bits) };
  const sums = new Columns("t", true);
  sums.lines.push("let t: i64 = 0;");
  const result = [];
  for (let k = 0; k < last; k++) {
    sums.add(at(a, k), ...excessAt(modulus, excess, k));
    result.push(sums.store(offset(k)).max);
  }
  // The highest limb without its excess is at most half of what its bits can hold.
  const rest = { text: `top - (excess << ${bits})`, max: half };
  const { text, max } = sum(rest, ...excessAt(modulus, excess, last), sums.rest());
  const head = [`const top = load<i64>(a${offset(last)});`, `const excess = (top + ${half}) >> ${bits};`];
  return { lines: [...head, ...sums.lines, `store<i64>(out, ${text}${offset(last)});`], limits: [...result, max] };
}

/** Bits of the highest limb that `carry` keeps: up to the prime's power of two, or all where the prime is folded. */
export function topBits(/** @type {Modulus} */ modulus) {
  if (!modulus.montgomery) return LIMB_BITS;
  return Math.max(...modulus.terms.map(({ exponent }) => exponent)) - LIMB_BITS * (modulus.limbs - 1);
}

/** What taking `excess` off the highest limb adds to limb k: 2^e is the negative of the prime's other terms. */
function excessAt(/** @type {Modulus} */ modulus, /** @type {Value} */ excess, /** @type {number} */ k) {
  if (!modulus.montgomery) return k === 0 ? [fold(modulus, excess)] : [];
  return modulus.terms
    .slice(1)
    .filter(({ exponent }) => Math.floor(exponent / LIMB_BITS) === k)
    .map(({ exponent, factor }) => multiple(excess, -factor, exponent % LIMB_BITS));
}

/** A value times 2^(29 * limbs), modulo 2^e - c. */
function fold(/** @type {Modulus} */ modulus, /** @type {Value} */ value) {
  const [power, rest] = modulus.terms;
  if (power === undefined || rest === undefined) throw new TypeError(`${modulus.title} has no shape 2^e - c`);
  return multiple(value, -rest.factor, LIMB_BITS * modulus.limbs - power.exponent);
}

/** @returns {Value} */
function sum(/** @type {Value[]} */ ...values) {
  const text = values.map((value, i) => (i === 0 ? "" : value.minus ? " - " : " + ") + value.text).join("");
  return { text, max: values.reduce((total, { max }) => total + max, 0n) };
}

function loads(/** @type {string} */ name, /** @type {Value[]} */ values) {
  return values.map(({ text }, i) => `const ${text} = load<i64>(${name}${offset(i)});`);
}

/** The offset operand of a load or store of limb i. */
export function offset(/** @type {number} */ i) {
  return i === 0 ? "" : `, ${8 * i}`;
}

/** The limbs i of one factor whose products with a limb k - i of the other belong to column k. */
function indices(/** @type {number} */ k, /** @type {number} */ limbs) {
  return Array.from({ length: limbs }, (_, i) => i).filter((i) => k - i >= 0 && k - i < limbs);
}

/** @template T @returns {T} */
function at(/** @type {T[]} */ list, /** @type {number} */ index) {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
