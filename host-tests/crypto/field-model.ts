/** A field of `assembly/crypto/field`, run in the module, beside its numbers in BigInt. */
import { boundsOf } from "../../cli/generate/fields/bounds.mjs";
import { LIMB_BITS, type Modulus, valueOf } from "../../cli/generate/fields/moduli.mjs";
import { modulo, power, toNumber, toOctets } from "../fuzz/numbers.ts";
import type { CryptoModule } from "./crypto-module.ts";

/** In the order of `Operation` in assembly/test/crypto/field.ts. */
const OPERATIONS = [
  "mul",
  "square",
  "add",
  "sub",
  "carry",
  "scale",
  "squareTimes",
  "copy",
  "setZero",
  "setOne",
  "fromBytes",
  "toBytes",
  "isZero",
  "equals",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** An element as it is in memory: its limbs, the lowest first. */
export type Limbs = readonly bigint[];

export class FieldModel {
  readonly prime: bigint;
  readonly bounds: ReturnType<typeof boundsOf>;
  private readonly factor: bigint;

  constructor(
    private readonly module: CryptoModule,
    private readonly index: number,
    readonly modulus: Modulus,
  ) {
    this.prime = valueOf(modulus);
    this.bounds = boundsOf(modulus);
    const radix = 1n << BigInt(LIMB_BITS * modulus.limbs);
    this.factor = modulus.montgomery ? power(radix, this.prime - 2n, this.prime) : 1n;
  }

  /** The number that limbs stand for, modulo the prime. */
  number(limbs: Limbs): bigint {
    const sum = limbs.reduce((total, limb, i) => total + (limb << BigInt(LIMB_BITS * i)), 0n);
    return this.reduce(sum * this.factor);
  }

  reduce(value: bigint): bigint {
    return modulo(value, this.prime);
  }

  /** The result of an operation on elements. */
  run(operation: Operation, a: Limbs, b: Limbs | number = 0): bigint[] {
    this.module.reset();
    const left = this.module.put(limbBytes(a));
    const right = typeof b === "number" ? b : b === a ? left : this.module.put(limbBytes(b));
    const out = this.module.put(limbBytes(a.map(() => 0x5a5a5a5an)));
    this.call(operation, out, left, right);
    return this.limbsAt(out);
  }

  /** The same with the result over an operand. */
  runInto(target: "a" | "b", operation: Operation, a: Limbs, b: Limbs): bigint[] {
    this.module.reset();
    const left = this.module.put(limbBytes(a));
    const right = this.module.put(limbBytes(b));
    const out = target === "a" ? left : right;
    this.call(operation, out, left, right);
    return this.limbsAt(out);
  }

  test(operation: "isZero" | "equals", a: Limbs, b: Limbs = a): boolean {
    this.module.reset();
    return this.call(operation, 0, this.module.put(limbBytes(a)), this.module.put(limbBytes(b))) === 1;
  }

  fromNumber(value: bigint): bigint[] {
    this.module.reset();
    const { octets, bigEndian, limbs } = this.modulus;
    const bytes = toOctets(value, octets);
    const out = this.module.put(new Uint8Array(8 * limbs));
    this.call("fromBytes", out, this.module.put(bigEndian ? bytes : bytes.reverse()), 0);
    return this.limbsAt(out);
  }

  /** What `toBytes` writes, as a number. */
  toNumber(a: Limbs): bigint {
    this.module.reset();
    const { octets, bigEndian } = this.modulus;
    const out = this.module.put(new Uint8Array(octets + 8));
    this.call("toBytes", out, this.module.put(limbBytes(a)), 0);
    const bytes = this.module.copy(out, octets + 8);
    if (bytes.readBigUInt64LE(octets) !== 0n) throw new Error("toBytes wrote behind its octets");
    const number = bytes.subarray(0, octets);
    return toNumber(bigEndian ? number : number.reverse());
  }

  /** Whether the limbs are those of an element of this weight. */
  hasWeight(limbs: Limbs, weight: bigint): boolean {
    return limbs.every((limb, i) => abs(limb) <= weight * (this.bounds.limits[i] ?? 0n));
  }

  private call(operation: Operation, out: number, a: number, b: number): number {
    return this.module.call("fieldRun", this.index, OPERATIONS.indexOf(operation), out, a, b);
  }

  private limbsAt(ptr: number): bigint[] {
    const bytes = this.module.copy(ptr, 8 * this.modulus.limbs);
    return Array.from({ length: this.modulus.limbs }, (_, i) => bytes.readBigInt64LE(8 * i));
  }
}

function limbBytes(limbs: Limbs): Uint8Array {
  return new Uint8Array(BigInt64Array.from(limbs).buffer);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
