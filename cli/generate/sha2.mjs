/**
 * `npm run generate`: the compression functions of SHA-256 and SHA-512 (FIPS 180-4 §6.2.2, §6.4.2): sixteen rounds written
 * out, with the state and the message schedule in local variables.
 *
 * Measured in V8: all 64 or 80 rounds written out are 5 % slower and twice as large; a message schedule made by SIMD gains
 * 2 to 5 % for SHA-256, too little for a second version.
 */
import { format } from "prettier";

const STYLE = /** @type {const} */ ({ parser: "typescript", printWidth: 120 });

/**
 * @typedef {object} Hash
 * @property {string} file      of the function
 * @property {string} title
 * @property {string} section   of FIPS 180-4
 * @property {number} bits      of a word
 * @property {number} rounds
 * @property {Rotations} bigSigma0    FIPS 180-4 §4.1, as the three that follow
 * @property {Rotations} bigSigma1
 * @property {Rotations} smallSigma0  the last one is a shift
 * @property {Rotations} smallSigma1
 *
 * @typedef {[number, number, number]} Rotations  in bits, to the right
 */

/** @type {Hash[]} */
const HASHES = [
  {
    file: "assembly/crypto/sha256-blocks.ts",
    title: "SHA-256",
    section: "§6.2.2",
    bits: 32,
    rounds: 64,
    bigSigma0: [2, 13, 22],
    bigSigma1: [6, 11, 25],
    smallSigma0: [7, 18, 3],
    smallSigma1: [17, 19, 10],
  },
  {
    file: "assembly/crypto/sha512-blocks.ts",
    title: "SHA-512",
    section: "§6.4.2",
    bits: 64,
    rounds: 80,
    bigSigma0: [28, 34, 39],
    bigSigma1: [14, 18, 41],
    smallSigma0: [1, 8, 7],
    smallSigma1: [19, 61, 6],
  },
];

/** Words of a block, and rounds that are written out. */
const WORDS = 16;

/** The working variables, as the standard names them. */
const STATE = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The files and what they should contain. @returns {Promise<Map<string, string>>} */
export async function generate() {
  const files = new Map();
  for (const hash of HASHES) files.set(hash.file, await format(moduleOf(hash), STYLE));
  return files;
}

function moduleOf(/** @type {Hash} */ hash) {
  const { title, section, bits, rounds } = hash;
  const type = `u${bits}`;
  const size = bits / 8;
  const words = Array.from({ length: WORDS }, (_, i) => i);
  return `// Made by \`npm run generate\`; changes belong into cli/generate/sha2.mjs.

/** The round constants of ${title} (FIPS 180-4 §4.2): the fractions of the cube roots of the first ${rounds} primes. */
const K = memory.data<${type}>([${roundConstants(hash).join(", ")}]);

/** The step of ${title} (FIPS 180-4 ${section}) for the blocks from \`at\` up to \`end\`; \`state\` has eight words. */
export function compress(state: usize, at: usize, end: usize): void {
  ${STATE.map((name, i) => `let ${name} = load<${type}>(state${offset(i * size)});`).join("\n")}
  for (; at < end; at += ${WORDS * size}) {
    ${words.map((i) => `let w${i} = bswap(load<${type}>(at${offset(i * size)}));`).join("\n")}
    let x = b ^ c;
    let y: ${type} = 0;

    ${words.map((i) => round(hash, i, "K")).join("\n")}

    for (let k = K + ${WORDS * size}; k < K + ${rounds * size}; k += ${WORDS * size}) {
      ${words.map((i) => `${scheduled(hash, i)}\n${round(hash, i, "k")}`).join("\n")}
    }

    ${STATE.map((name, i) => `${name} += load<${type}>(state${offset(i * size)});`).join("\n")}
    ${STATE.map((name, i) => `store<${type}>(state, ${name}${offset(i * size)});`).join("\n")}
  }
}
`;
}

/**
 * One round. In place of moving all working variables on by one, each round names them anew. Maj(a, b, c) is
 * b ^ ((a ^ b) & (b ^ c)), whose b ^ c was a ^ b a round ago: `x` and `y` hold the two in turn. The sums are
 * in the order that turned out fastest.
 */
function round(/** @type {Hash} */ hash, /** @type {number} */ number, /** @type {string} */ constants) {
  const name = (/** @type {number} */ i) => STATE[(i - number + WORDS) % STATE.length] ?? "";
  const [a, b, d] = [name(0), name(1), name(3)];
  const [e, f, g, h] = [name(4), name(5), name(6), name(7)];
  const [now, before] = number % 2 === 0 ? ["y", "x"] : ["x", "y"];
  const constant = `load<u${hash.bits}>(${constants}${offset((number * hash.bits) / 8)})`;
  return [
    `${h} += ${constant} + w${number};`,
    `${h} = ${h} + ${bigSigma(hash, hash.bigSigma1, e)} + (${g} ^ (${e} & (${f} ^ ${g})));`,
    `${d} += ${h};`,
    `${now} = ${a} ^ ${b};`,
    `${h} = ${h} + (${b} ^ (${before} & ${now})) + ${bigSigma(hash, hash.bigSigma0, a)};`,
  ].join("\n");
}

/** The word of the message schedule that takes the place of the one sixteen rounds ago. */
function scheduled(/** @type {Hash} */ hash, /** @type {number} */ number) {
  const word = (/** @type {number} */ after) => `w${(number + after) % WORDS}`;
  const sigma0 = smallSigma(hash, hash.smallSigma0, word(1));
  const sigma1 = smallSigma(hash, hash.smallSigma1, word(14));
  return `${word(0)} += ${sigma0} + ${word(9)} + ${sigma1};`;
}

/** Rotates by differences: fewer copies of x, of which x86 makes one for each rotation. */
function bigSigma(/** @type {Hash} */ hash, /** @type {Rotations} */ [p, q, r], /** @type {string} */ x) {
  return rotated(hash, `${rotated(hash, `${rotated(hash, x, r - q)} ^ ${x}`, q - p)} ^ ${x}`, p);
}

function smallSigma(/** @type {Hash} */ hash, /** @type {Rotations} */ [p, q, r], /** @type {string} */ x) {
  return `(${rotated(hash, `${rotated(hash, x, q - p)} ^ ${x}`, p)} ^ (${x} >> ${r}))`;
}

function rotated(/** @type {Hash} */ hash, /** @type {string} */ value, /** @type {number} */ bits) {
  return `rotr<u${hash.bits}>(${value}, ${bits})`;
}

/** The last argument of a load or store. */
function offset(/** @type {number} */ bytes) {
  return bytes === 0 ? "" : `, ${bytes}`;
}

function roundConstants(/** @type {Hash} */ { bits, rounds }) {
  const mask = (1n << BigInt(bits)) - 1n;
  return primes(rounds).map((prime) => {
    const root = cubeRoot(BigInt(prime) << BigInt(3 * bits));
    return `0x${(root & mask).toString(16).padStart(bits / 4, "0")}`;
  });
}

function primes(/** @type {number} */ count) {
  /** @type {number[]} */
  const found = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** Rounded down. */
function cubeRoot(/** @type {bigint} */ value) {
  let root = 0n;
  for (let bit = 1n << BigInt(Math.ceil(value.toString(2).length / 3)); bit > 0n; bit >>= 1n) {
    if ((root + bit) ** 3n <= value) root += bit;
  }
  return root;
}
