/**
 * The arithmetic below RSA, judged by BigInt: random and extreme operands at every number of limbs, because a wrong bound of
 * an accumulator shows in few of them.
 */
import { describe, expect, test } from "vitest";
import { inverse, modulo, toNumber } from "../fuzz/numbers.ts";
import { Random } from "../fuzz/random.ts";
import { BUILDS, CryptoModule } from "./crypto-module.ts";
import { seed } from "./random-input.ts";

const context = `SEED=${seed}`;

const LIMB_BITS = 26;
const LIMB_MASK = (1n << BigInt(LIMB_BITS)) - 1n;
/** Bits of the digits of the SIMD arithmetic, which reach from -4096 to 4095 and, carried lazily, a little further. */
const DIGIT_BITS = 13;

function bits(count: number): bigint {
  return 1n << BigInt(count);
}

function randomBelow(random: Random, limit: bigint): bigint {
  return toNumber(random.bytes(limit.toString(16).length / 2 + 9)) % limit;
}

/** A number with this digit in every place of so many bits, the digit also negative; brought below `limit`. */
function repeated(digit: number, width: number, limit: bigint): bigint {
  const places = Math.floor((limit.toString(2).length - 1) / width);
  let number = 0n;
  for (let place = 0; place < places; place++) number += BigInt(digit) << BigInt(place * width);
  return modulo(number, limit);
}

/** Numbers below `limit` whose digits or limbs are as large as can be, or are 0. */
function extremes(limit: bigint): bigint[] {
  const length = limit.toString(2).length;
  return [
    0n,
    1n,
    limit - 1n,
    limit - 2n,
    limit / 2n,
    bits(length - 1) - 1n,
    bits(length - 1) % limit,
    ...[-4096, 4095, -4095, 2048].map((digit) => repeated(digit, DIGIT_BITS, limit)),
    // Signs in turn: -4096 and 4095, or 4095 and -4096.
    repeated(4095 * 8192 - 4096, LIMB_BITS, limit),
    repeated(-4096 * 8192 + 4095, LIMB_BITS, limit),
    repeated(2 ** 26 - 1, LIMB_BITS, limit),
    repeated(2 ** 25, LIMB_BITS, limit),
  ];
}

describe.each(BUILDS)("%s", (_build, file) => {
  const module = new CryptoModule(file);
  const scale = bits(LIMB_BITS * module.call("rsaScaleLimbs"));

  /** Address of a number in so many limbs. */
  function put(number: bigint, limbs: number): number {
    const memory = Buffer.alloc(4 * limbs);
    for (let i = 0; i < limbs; i++) memory.writeUInt32LE(Number((number >> BigInt(LIMB_BITS * i)) & LIMB_MASK), 4 * i);
    return module.put(memory);
  }

  function get(address: number, limbs: number): bigint {
    const memory = module.copy(address, 4 * limbs);
    let number = 0n;
    for (let i = limbs - 1; i >= 0; i--) number = (number << BigInt(LIMB_BITS)) + BigInt(memory.readUInt32LE(4 * i));
    return number;
  }

  /** Montgomery arithmetic for a modulus of so many bits, scaled by `(M + 1) / scale`. */
  class Montgomery {
    readonly modulus: bigint;
    private readonly limbs: number;
    private readonly scaled: number;
    private readonly scratch: number;

    constructor(modulusBits: number, scaledModulus: bigint) {
      module.reset();
      this.modulus = scaledModulus * scale - 1n;
      this.limbs = module.call("rsaOperandLimbs", modulusBits);
      this.scaled = this.encode(scaledModulus);
      // Not cleared: what it holds must play no part.
      this.scratch = module.put(Buffer.alloc(module.call("rsaScratchSize", this.limbs), 0xa5));
    }

    encode(number: bigint): number {
      const operand = this.operand();
      module.call("rsaEncode", operand, put(number, this.limbs), this.limbs);
      return operand;
    }

    operand(): number {
      return module.put(Buffer.alloc(module.call("rsaOperandSize", this.limbs), 0x5a));
    }

    /** The number of an operand, below the modulus. */
    decode(operand: number): bigint {
      const number = put(0n, this.limbs);
      module.call("rsaDecode", number, operand, this.scaled, this.limbs);
      const value = get(number, this.limbs);
      expect(value < 2n * this.modulus, context).toBe(true);
      return value % this.modulus;
    }

    multiply(out: number, left: number, right: number): void {
      module.call("rsaMultiply", out, left, right, this.scaled, this.limbs, this.scratch);
    }

    square(out: number, operand: number): void {
      module.call("rsaSquare", out, operand, this.scaled, this.limbs, this.scratch);
    }

    /** Multiplies and squares; then squares the result, whose digits are carried lazily, a few times. */
    check(left: bigint, right: bigint): void {
      const withoutR = inverse(bits(LIMB_BITS * this.limbs), this.modulus);
      const [a, b, out] = [this.encode(left), this.encode(right), this.operand()];
      this.multiply(out, a, b);
      let expected = (left * right * withoutR) % this.modulus;
      expect(this.decode(out), context).toBe(expected);
      this.multiply(out, out, out);
      expected = (expected * expected * withoutR) % this.modulus;
      expect(this.decode(out), context).toBe(expected);
      this.square(out, a);
      expected = (left * left * withoutR) % this.modulus;
      for (let again = 0; again < 2; again++) {
        expect(this.decode(out), context).toBe(expected);
        this.square(out, out);
        expected = (expected * expected * withoutR) % this.modulus;
      }
      expect(this.decode(out), context).toBe(expected);
    }
  }

  /** Scaled moduli for moduli of so many bits: as small and as large as they can be, and with extreme digits. */
  function scaledModuli(modulusBits: number, random: Random): bigint[] {
    const limit = bits(modulusBits) + 1n;
    return [
      limit,
      limit - 1n,
      bits(modulusBits - 1) / scale + 1n,
      ...extremes(limit).slice(7),
      randomBelow(random, limit),
    ];
  }

  test("operands of every number of blocks up to 4096 bits", () => {
    const random = new Random(seed);
    for (let modulusBits = 2048; modulusBits <= 4096; modulusBits += 26) {
      const montgomery = new Montgomery(modulusBits, randomBelow(random, bits(modulusBits)) + 2n);
      montgomery.check(montgomery.modulus - 1n, randomBelow(random, montgomery.modulus));
    }
  });

  test.each([2048, 2049, 2074, 2075, 3072, 4096])("extreme operands and moduli, %d bits", (modulusBits) => {
    const random = new Random(seed + modulusBits);
    for (const scaledModulus of scaledModuli(modulusBits, random)) {
      const { modulus } = new Montgomery(modulusBits, scaledModulus);
      const operands = [...extremes(modulus), randomBelow(random, modulus)];
      for (const left of operands) {
        const montgomery = new Montgomery(modulusBits, scaledModulus);
        montgomery.check(left, random.pick(operands));
      }
    }
  });

  test.each([8192, 16_383, 16_384])("extreme operands and moduli, %d bits", (modulusBits) => {
    const random = new Random(seed + modulusBits);
    for (const scaledModulus of scaledModuli(modulusBits, random)) {
      const montgomery = new Montgomery(modulusBits, scaledModulus);
      const operands = extremes(montgomery.modulus);
      montgomery.check(random.pick(operands), random.pick(operands));
    }
  });

  test("a long chain of squares of random numbers", () => {
    const random = new Random(seed);
    const montgomery = new Montgomery(2048, randomBelow(random, bits(2048)) + 2n);
    const withoutR = inverse(bits(LIMB_BITS * module.call("rsaOperandLimbs", 2048)), montgomery.modulus);
    let expected = randomBelow(random, montgomery.modulus);
    const operand = montgomery.encode(expected);
    for (let i = 0; i < 2000; i++) {
      montgomery.square(operand, operand);
      expected = (expected * expected * withoutR) % montgomery.modulus;
      if (i % 50 === 0) expect(montgomery.decode(operand), context).toBe(expected);
    }
    expect(montgomery.decode(operand), context).toBe(expected);
  });

  describe("division", () => {
    function remainder(number: bigint, length: number, divisor: bigint, count: number): bigint {
      module.reset();
      const address = put(number, length + 1);
      module.call("rsaReduce", address, length, put(divisor, count), count);
      // Above the remainder all is 0.
      return get(address, length + 1);
    }

    test("agrees with BigInt where an estimated digit of the quotient is nearly wrong", () => {
      const random = new Random(seed);
      for (let i = 0; i < 2000; i++) {
        const count = 3 + random.below(10);
        const top = random.pick([1n, 2n, LIMB_MASK, BigInt(1 + random.below(2 ** 26 - 1))]) << BigInt(26 * (count - 1));
        const lowest = bits(26 * (count - 1));
        const divisor = top + random.pick([0n, 1n, lowest - 1n, randomBelow(random, lowest)]);
        const quotientLimbs = random.below(6);
        const most = bits(26 * quotientLimbs);
        const quotient = random.pick([0n, 1n, most - 1n, most / 2n, randomBelow(random, most)]);
        const rest = random.pick([0n, 1n, divisor - 1n, randomBelow(random, divisor)]);
        const number = quotient * divisor + rest;
        expect(remainder(number, count + quotientLimbs, divisor, count), context).toBe(rest);
      }
    });
  });
});
