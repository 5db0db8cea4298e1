/** The AssemblyScript of a field. */
import { carrying, multiplication, offset, squaring } from "./arithmetic.mjs";
import { boundsOf, CARRY_WEIGHT } from "./bounds.mjs";
import { bitsOf, LIMB_BITS, valueOf } from "./moduli.mjs";
import { HALF } from "./sums.mjs";

/**
 * @typedef {import("./moduli.mjs").Modulus} Modulus
 * @typedef {import("./bounds.mjs").Bounds} Bounds
 */

const COMMENT_WIDTH = 112;

/** The source of the class, yet to be formatted. */
export function printField(/** @type {Modulus} */ modulus) {
  const bounds = boundsOf(modulus);
  return [
    "// Made by `npm run generate`; changes belong into cli/generate/fields/.",
    'import { carryDown, readOctets, writeOctets } from "./octets";',
    "",
    ...constants(modulus),
    ...contract(modulus, bounds),
    `export class ${modulus.className} {`,
    ...sizes(modulus),
    ...products(modulus, bounds),
    ...sums(modulus, bounds),
    ...octets(modulus, bounds),
    ...comparisons(bounds),
    ...canonical(modulus),
    "}",
    "",
  ].join("\n");
}

function contract(/** @type {Modulus} */ modulus, /** @type {Bounds} */ { limits, product, square }) {
  const { title, source, limbs, montgomery } = modulus;
  const kept = montgomery ? ` An element x is kept as x * 2^${LIMB_BITS * limbs} (Montgomery's form).` : "";
  return comment(
    `Arithmetic modulo ${title} (${source}), in ${limbs} signed limbs of ${LIMB_BITS} bits: limb i, an i64 at 8 * i bytes, counts ` +
      `2^(${LIMB_BITS} * i).${kept} An element has ${8 * limbs} bytes of memory. \`out\` may be an operand; operands may be the same.`,
    "",
    `Additions do not carry. How large limbs have become is counted as a weight w: limb i is between -w * L and w * L, where L is ` +
      `${describe(limits)}. What \`mul\`, \`square\`, \`carry\` and \`fromBytes\` answer has weight 1; \`add\` and \`sub\` add ` +
      `weights up; \`scale\` multiplies the weight. Products of weights up to ${product} may be multiplied, weights up to ` +
      `${square} squared, weights up to ${CARRY_WEIGHT} carried.`,
    "",
    "The generator works out these bounds with the formulas, and refuses to write one that could overflow.",
  ).concat(["@unmanaged", "@final"]);
}

/** The limits in words: most limbs share one. */
function describe(/** @type {bigint[]} */ limits) {
  const others = limits.map((limit, i) => ({ limit, i })).filter(({ limit }) => limit !== HALF);
  return [asPower(HALF), ...others.map(({ limit, i }) => `${asPower(limit)} for limb ${i}`)].join(", ");
}

/** `2^24`, `2^28 + 33`. */
function asPower(/** @type {bigint} */ value) {
  const exponent = value.toString(2).length - 1;
  const rest = value - (1n << BigInt(exponent));
  return rest === 0n ? `2^${exponent}` : `2^${exponent} + ${rest}`;
}

function constants(/** @type {Modulus} */ modulus) {
  const prime = valueOf(modulus);
  const { limbs, octets, montgomery } = modulus;
  const radix = 1n << BigInt(LIMB_BITS * limbs);
  const one = montgomery ? radix % prime : 1n;
  return [
    `const LIMBS: i32 = ${limbs};`,
    `const OCTETS: i32 = ${octets};`,
    `const SIZE: i32 = ${8 * limbs};`,
    `const TOP: usize = ${8 * (limbs - 1)};`,
    "",
    "/** The bits of a limb, and half of what it can hold: added before a carry, which then rounds to the nearest. */",
    `const MASK: i64 = (1 << ${LIMB_BITS}) - 1;`,
    `const HALF: i64 = 1 << ${LIMB_BITS - 1};`,
    "",
    ...data("ONE", "The element 1.", one, limbs),
    ...(montgomery
      ? [
          ...data(
            "INTO",
            "What brings a number into Montgomery's form: the radix squared.",
            radix ** 2n % prime,
            limbs,
          ),
          ...data("OUT", "What brings an element out of Montgomery's form.", 1n, limbs),
          ...data("MODULUS", "The prime, each limb from 0 up.", prime, limbs, false),
        ]
      : topConstants(modulus)),
    "/** An element for intermediate results of the methods that are not hot. */",
    "const SCRATCH: usize = memory.data(SIZE);",
    "",
  ];
}

function topConstants(/** @type {Modulus} */ modulus) {
  return [
    "/** Bits of the highest limb that are below the prime's power of two. */",
    `const TOP_BITS: i64 = ${bitsOf(modulus) - LIMB_BITS * (modulus.limbs - 1)};`,
    "const TOP_MASK: i64 = (1 << TOP_BITS) - 1;",
    "",
  ];
}

function data(
  /** @type {string} */ name,
  /** @type {string} */ meaning,
  /** @type {bigint} */ value,
  /** @type {number} */ limbs,
  centred = true,
) {
  return [`/** ${meaning} */`, `const ${name} = memory.data<i64>([${split(value, limbs, centred).join(", ")}]);`, ""];
}

/** A number in limbs, the lowest first: from -2^28 up, or from 0 up; the last has the rest. */
function split(/** @type {bigint} */ value, /** @type {number} */ limbs, /** @type {boolean} */ centred) {
  const result = [];
  let rest = value;
  for (let i = 0; i < limbs - 1; i++) {
    const limb = centred ? BigInt.asIntN(LIMB_BITS, rest) : BigInt.asUintN(LIMB_BITS, rest);
    result.push(limb);
    rest = (rest - limb) >> BigInt(LIMB_BITS);
  }
  return [...result, rest];
}

function sizes(/** @type {Modulus} */ { limbs, octets, bigEndian }) {
  return [
    ...comment(`Limbs of an element: ${limbs}.`),
    ...method("get limbs(): i32", ["return LIMBS;"], true),
    ...comment(`Bytes of an element in memory: ${8 * limbs}.`),
    ...method("get size(): usize", ["return SIZE;"], true),
    ...comment(`Octets of an encoded element: ${octets}, the ${bigEndian ? "highest" : "lowest"} first.`),
    ...method("get octets(): i32", ["return OCTETS;"], true),
  ];
}

function products(/** @type {Modulus} */ modulus, /** @type {Bounds} */ { limits, product, square }) {
  return [
    ...comment(`out = a * b. The product of their weights is at most ${product}; the result has weight 1.`),
    ...method("mul(out: usize, a: usize, b: usize): void", multiplication(modulus, limits, product).lines),
    ...comment(`out = a * a. The weight of a is at most ${square}; the result has weight 1.`),
    ...method("square(out: usize, a: usize): void", squaring(modulus, limits, square).lines),
    ...comment(`out = a^(2^times), times at least 1. The weight of a is at most ${square}; the result has weight 1.`),
    ...method("squareTimes(out: usize, a: usize, times: i32): void", [
      "this.square(out, a);",
      "for (let i = 1; i < times; i++) this.square(out, out);",
    ]),
  ];
}

function sums(/** @type {Modulus} */ modulus, /** @type {Bounds} */ { limits }) {
  const each = (/** @type {(load: (name: string) => string) => string} */ value) =>
    limits.map((_, i) => `store<i64>(out, ${value((name) => `load<i64>(${name}${offset(i)})`)}${offset(i)});`);
  return [
    ...comment("out = a + b, without a carry: the weight is the sum of theirs."),
    ...method(
      "add(out: usize, a: usize, b: usize): void",
      each((load) => `${load("a")} + ${load("b")}`),
    ),
    ...comment("out = a - b, without a carry: the weight is the sum of theirs."),
    ...method(
      "sub(out: usize, a: usize, b: usize): void",
      each((load) => `${load("a")} - ${load("b")}`),
    ),
    ...comment("out = factor * a, without a carry: the weight grows by the factor's absolute value."),
    ...method(
      "scale(out: usize, a: usize, factor: i64): void",
      each((load) => `${load("a")} * factor`),
    ),
    ...comment(`out = a, carried. The weight of a is at most ${CARRY_WEIGHT}; the result has weight 1.`),
    ...method("carry(out: usize, a: usize): void", carrying(modulus, limits, CARRY_WEIGHT).lines),
    ...comment("out = a; the weight stays."),
    ...method("copy(out: usize, a: usize): void", ["memory.copy(out, a, SIZE);"]),
    ...comment("out = 0."),
    ...method("setZero(out: usize): void", ["memory.fill(out, 0, SIZE);"]),
    ...comment("out = 1, of weight 1."),
    ...method("setOne(out: usize): void", ["memory.copy(out, ONE, SIZE);"]),
  ];
}

function octets(/** @type {Modulus} */ modulus, /** @type {Bounds} */ { product }) {
  const { octets: length, bigEndian, montgomery } = modulus;
  const order = bigEndian ? "highest" : "lowest";
  return [
    ...comment(
      `out = the number of ${length} octets at \`from\`, the ${order} first, of weight 1. Every number is taken, modulo the prime.`,
    ),
    ...method("fromBytes(out: usize, from: usize): void", [
      `readOctets(out, LIMBS, from, OCTETS, ${bigEndian});`,
      montgomery ? "this.mul(out, out, INTO);" : "this.carry(out, out);",
    ]),
    ...comment(
      `Writes a, whose weight is at most ${product}, as ${length} octets, the ${order} first: the number from 0 to prime - 1.`,
    ),
    ...method("toBytes(out: usize, a: usize): void", [
      "this.canonical(a);",
      `writeOctets(SCRATCH, LIMBS, out, OCTETS, ${bigEndian});`,
    ]),
  ];
}

function comparisons(/** @type {Bounds} */ { product }) {
  return [
    ...comment(`Whether a is 0 modulo the prime. Its weight is at most ${product}.`),
    ...method("isZero(a: usize): bool", [
      "this.canonical(a);",
      "let bits: i64 = 0;",
      "for (let at = 0; at < SIZE; at += 8) bits |= load<i64>(SCRATCH + <usize>at);",
      "return bits == 0;",
    ]),
    ...comment(`Whether a and b are the same modulo the prime. Their weights add up to at most ${product}.`),
    ...method("equals(a: usize, b: usize): bool", ["this.sub(SCRATCH, a, b);", "return this.isZero(SCRATCH);"]),
  ];
}

function canonical(/** @type {Modulus} */ modulus) {
  const meaning = "SCRATCH = the number that a stands for, from 0 to prime - 1, its limbs from 0 up.";
  const lines = modulus.montgomery ? canonicalMontgomery() : canonicalFolded(modulus);
  return [...comment(meaning), ...method("private canonical(a: usize): void", lines), ...wrap(modulus)];
}

function canonicalMontgomery() {
  return [
    "// Divided by the radix, even a large a is between -prime and prime.",
    "this.mul(SCRATCH, a, OUT);",
    "carryDown(SCRATCH, LIMBS);",
    "if (load<i64>(SCRATCH, TOP) >= 0) return;",
    "this.add(SCRATCH, SCRATCH, MODULUS);",
    "carryDown(SCRATCH, LIMBS);",
  ];
}

function canonicalFolded(/** @type {Modulus} */ modulus) {
  const { power, rest } = shapeOf(modulus);
  return [
    "this.carry(SCRATCH, a);",
    `// First within a few thousand of 0 to 2^${power} - 1, then inside.`,
    "this.wrap();",
    "this.wrap();",
    `// Now it is the prime or more if and only if adding ${rest} reaches 2^${power}.`,
    `store<i64>(SCRATCH, load<i64>(SCRATCH) + ${rest});`,
    "carryDown(SCRATCH, LIMBS);",
    "const top = load<i64>(SCRATCH, TOP);",
    "store<i64>(SCRATCH, top & TOP_MASK, TOP);",
    "if (top > TOP_MASK) return;",
    `store<i64>(SCRATCH, load<i64>(SCRATCH) - ${rest});`,
    "carryDown(SCRATCH, LIMBS);",
  ];
}

function wrap(/** @type {Modulus} */ modulus) {
  if (modulus.montgomery) return [];
  const { power, rest } = shapeOf(modulus);
  const excess = "(top >> TOP_BITS)";
  return [
    ...comment(`Replaces multiples of 2^${power} in SCRATCH by as many times ${rest}.`),
    ...method("private wrap(): void", [
      "carryDown(SCRATCH, LIMBS);",
      "const top = load<i64>(SCRATCH, TOP);",
      "store<i64>(SCRATCH, top & TOP_MASK, TOP);",
      `store<i64>(SCRATCH, load<i64>(SCRATCH) + ${rest === 1 ? excess : `${excess} * ${rest}`});`,
    ]),
  ];
}

/** The prime as 2^power - rest. */
function shapeOf(/** @type {Modulus} */ modulus) {
  return { power: bitsOf(modulus), rest: -(modulus.terms[1]?.factor ?? 0) };
}

function method(/** @type {string} */ head, /** @type {string[]} */ lines, inline = false) {
  return [...(inline ? ["@inline"] : []), `${head} {`, ...lines, "}", ""];
}

/** A documentation comment, filled up to the line's width; an empty paragraph is an empty line. */
function comment(/** @type {string[]} */ ...paragraphs) {
  const lines = paragraphs.flatMap(filled);
  return lines.length === 1 ? [`/** ${lines[0]} */`] : ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"];
}

function filled(/** @type {string} */ text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (`${last} ${word}`.length <= COMMENT_WIDTH) lines[lines.length - 1] = `${last} ${word}`.trimStart();
    else lines.push(word);
  }
  return lines;
}
