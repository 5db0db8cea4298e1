/**
 * Sums that know how large they can get. The text of a formula and its bound are made together from the same parts, so no
 * formula can be written whose bound was not checked.
 */
import { LIMB_BITS } from "./moduli.mjs";

/** Half of a limb: in each sum before its carry, which so rounds to the nearest. */
export const HALF = 1n << BigInt(LIMB_BITS - 1);

const LIMIT = 1n << 63n;
const LINE_WIDTH = 116;

/**
 * @typedef {object} Value  A part of a sum.
 * @property {string} text
 * @property {bigint} max      the largest absolute value it can have
 * @property {boolean} [minus] whether it is taken off
 */

/** @returns {Value} */
export function product(/** @type {Value} */ left, /** @type {Value} */ right) {
  return { text: `${left.text} * ${right.text}`, max: left.max * right.max };
}

/** A value times `factor * 2^bits`, by a shift where the factor is only a sign. @returns {Value} */
export function multiple(/** @type {Value} */ value, /** @type {number} */ factor, /** @type {number} */ bits) {
  const size = BigInt(Math.abs(factor)) << BigInt(bits);
  const isPower = Math.abs(factor) === 1;
  const shifted = bits === 0 ? value.text : `(${value.text} << ${bits})`;
  return { text: isPower ? shifted : `${value.text} * ${size}`, max: value.max * size, minus: factor < 0 };
}

/**
 * A variable that one column after the other is added up in, and the lines of code that do it. From each column its lowest
 * limb is taken and the rest carried: rounded to the nearest, which leaves limbs from -2^28 to 2^28 - 1, or down.
 */
export class Columns {
  /** @type {string[]} */
  lines = [];
  /** The largest absolute value of the variable. */
  max = 0n;

  constructor(/** @type {string} */ name, /** @type {boolean} */ rounded) {
    this.name = name;
    this.rounded = rounded;
  }

  /** Adds a whole column to what was carried. */
  add(/** @type {Value[]} */ ...values) {
    // Half a limb comes first, so that it is off the chain of carries, which decides how long all takes.
    const all = this.rounded ? [{ text: "HALF", max: HALF }, ...values] : values;
    for (const { max } of all) this.max += max;
    if (this.max >= LIMIT) throw new RangeError(`${this.name} can reach ${this.max}`);
    this.lines.push(...statements(this.name, all));
  }

  /** Takes the lowest limb off into a constant. */
  take(/** @type {string} */ name) {
    this.lines.push(`const ${name} = ${this.low()};`);
    return this.next(name);
  }

  /** Takes the lowest limb off into `out`. */
  store(/** @type {string} */ offset) {
    this.lines.push(`store<i64>(out, ${this.low()}${offset});`);
    return this.next("");
  }

  low() {
    return this.rounded ? `(${this.name} & MASK) - HALF` : `${this.name} & MASK`;
  }

  /** @returns {Value} */
  next(/** @type {string} */ text) {
    this.lines.push(`${this.name} >>= ${LIMB_BITS};`);
    this.max = (this.max >> BigInt(LIMB_BITS)) + 1n;
    return { text, max: this.rounded ? HALF : 2n * HALF - 1n };
  }

  /** Moves what was carried into a constant, and begins anew. @returns {Value} */
  restart(/** @type {string} */ name) {
    const rest = { text: name, max: this.max };
    this.lines.push(`const ${name} = ${this.name};`, `${this.name} = 0;`);
    this.max = 0n;
    return rest;
  }

  /** What was carried out of the last column. @returns {Value} */
  rest() {
    return { text: this.name, max: this.max };
  }
}

/** `t += a + b - c;` in as few lines as it needs. */
function statements(/** @type {string} */ name, /** @type {Value[]} */ values) {
  const lines = [];
  let line = "";
  for (const { text, minus } of values) {
    const longer = `${line} ${minus ? "-" : "+"} ${text}`;
    // Behind `-=` a plus would take off, too.
    if (line === "" || line.startsWith(`${name} -=`) || longer.length > LINE_WIDTH) {
      if (line !== "") lines.push(`${line};`);
      line = `${name} ${minus ? "-=" : "+="} ${text}`;
    } else {
      line = longer;
    }
  }
  return line === "" ? lines : [...lines, `${line};`];
}
