/** The primes whose arithmetic is generated, and how their numbers are laid out in limbs. */

/** Bits of a limb. */
export const LIMB_BITS = 29;

/**
 * @typedef {object} Term  One summand of a modulus: `factor * 2^exponent`.
 * @property {number} exponent
 * @property {number} factor
 *
 * @typedef {object} Modulus
 * @property {string} file         name of the file below `assembly/crypto/field/`, without extension
 * @property {string} className
 * @property {string} title        the prime as it is written in standards
 * @property {string} source       where it is defined
 * @property {number} limbs
 * @property {number} octets       of an encoded element
 * @property {boolean} bigEndian   how an element is encoded
 * @property {boolean} montgomery  whether elements are kept multiplied by 2^(29 * limbs)
 * @property {Term[]} terms        the prime as a sum, its power of two first
 */

/** @type {Modulus[]} */
export const MODULI = [
  {
    file: "f25519",
    className: "Curve25519Field",
    title: "2^255 - 19",
    source: "RFC 7748 §4.1",
    limbs: 9,
    octets: 32,
    bigEndian: false,
    montgomery: false,
    terms: [
      { exponent: 255, factor: 1 },
      { exponent: 0, factor: -19 },
    ],
  },
  {
    file: "p256",
    className: "P256Field",
    title: "2^256 - 2^224 + 2^192 + 2^96 - 1",
    source: "SP 800-186 §3.2.1",
    limbs: 9,
    octets: 32,
    bigEndian: true,
    montgomery: true,
    terms: powers(256, -224, 192, 96),
  },
  {
    file: "p384",
    className: "P384Field",
    title: "2^384 - 2^128 - 2^96 + 2^32 - 1",
    source: "SP 800-186 §3.2.1",
    limbs: 14,
    octets: 48,
    bigEndian: true,
    montgomery: true,
    terms: powers(384, -128, -96, 32),
  },
  {
    file: "p521",
    className: "P521Field",
    title: "2^521 - 1",
    source: "SP 800-186 §3.2.1",
    limbs: 18,
    octets: 66,
    bigEndian: true,
    montgomery: false,
    terms: powers(521),
  },
];

/** Powers of two with signs, and -1: the shape of the NIST primes. */
function powers(/** @type {number[]} */ ...exponents) {
  const terms = exponents.map((exponent) => ({ exponent: Math.abs(exponent), factor: Math.sign(exponent) }));
  return [...terms, { exponent: 0, factor: -1 }];
}

/** The prime itself. */
export function valueOf(/** @type {Modulus} */ modulus) {
  return modulus.terms.reduce((sum, { exponent, factor }) => sum + BigInt(factor) * (1n << BigInt(exponent)), 0n);
}

/** Bits of the prime. */
export function bitsOf(/** @type {Modulus} */ modulus) {
  return Math.max(...modulus.terms.map(({ exponent }) => exponent));
}
