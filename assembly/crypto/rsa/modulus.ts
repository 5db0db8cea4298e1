import * as arena from "../../memory/arena";
import { Bytes } from "../../text/bytes";
import * as limbs from "./limbs";
import { limb, LIMB_MASK } from "./limbs";
import * as montgomery from "./montgomery";

/** An RSA modulus N, with all that is calculated once for it. What it owns is on the heap; `release` gives it back. */
@final
export class Modulus {
  /** Octets of N. */
  readonly octets: i32;
  /** Limbs of N, and of operands. */
  private readonly count: i32;
  private readonly size: i32;
  /** Limbs of N; then operands: (M + 1) / 2^(26 SCALE_LIMBS), and R^2 modulo N. */
  private readonly block: usize;
  private readonly inverse: f64;

  /** `modulus` is odd, of `bits` bits, 2048 at least, and has no leading zero octets. */
  constructor(
    modulus: Bytes,
    public readonly bits: i32,
  ) {
    const count = limbs.limbCount(bits);
    const size = montgomery.operandLimbs(bits);
    this.octets = modulus.length;
    this.count = count;
    this.size = size;
    this.block = heap.alloc(((<usize>count) << 2) + 2 * montgomery.operandSize(size));
    limbs.fromOctets(this.block, count, modulus.ptr, modulus.length);
    this.inverse = limbs.reciprocal(this.block, count);
    this.scale();
    this.squareOfR();
  }

  /** Frees what it owns. It must not be used afterwards. */
  release(): void {
    heap.free(this.block);
  }

  /**
   * Writes number^exponent mod N, `octets` octets, to `out`, which may be `number`. False, with nothing written, unless the
   * number, of `octets` octets, is less than N. The exponent is odd and at least 3.
   */
  power(number: usize, exponent: u64, out: usize): bool {
    const size = this.size;
    const operandSize = montgomery.operandSize(size);
    const base = arena.allocate(3 * operandSize + montgomery.scratchSize(size) + ((<usize>(size + 1)) << 2));
    const montgomeryBase = base + operandSize;
    const result = montgomeryBase + operandSize;
    const scratch = result + operandSize;
    const value = scratch + montgomery.scratchSize(size);

    limbs.fromOctets(value, size, number, this.octets);
    if (!limbs.isLess(value, this.block, this.count)) return false;
    montgomery.encode(base, value, size);
    montgomery.multiply(montgomeryBase, base, this.rSquared, this.scaled, size, scratch);
    memory.copy(result, montgomeryBase, operandSize);
    // From the second highest bit of the exponent down. The lowest is 1, and there a factor without R takes R away.
    for (let bit: u64 = ((<u64>1) << 62) >> clz(exponent); bit != 0; bit >>= 1) {
      montgomery.square(result, result, this.scaled, size, scratch);
      if ((exponent & bit) == 0) continue;
      montgomery.multiply(result, result, bit == 1 ? base : montgomeryBase, this.scaled, size, scratch);
    }
    montgomery.decode(value, result, this.scaled, size);
    this.reduce(value, size);
    limbs.toOctets(out, this.octets, value, this.count);
    return true;
  }

  private get scaled(): usize {
    return this.block + ((<usize>this.count) << 2);
  }

  private get rSquared(): usize {
    return this.scaled + montgomery.operandSize(this.size);
  }

  /** The number of `length` limbs, and one more of memory, modulo N. */
  private reduce(number: usize, length: i32): void {
    store<u32>(limb(number, length), 0);
    limbs.reduce(number, length, this.block, this.count, this.inverse);
  }

  /** Finds the multiple M of N whose lowest SCALE_LIMBS limbs are -1, a limb at a time. */
  private scale(): void {
    const size = this.size;
    const multiple = arena.allocate((<usize>size) << 2);
    memory.fill(multiple, 0, (<usize>size) << 2);
    const inverse = limbs.inverseOfLimb(load<u32>(this.block));
    for (let i = 0; i < montgomery.SCALE_LIMBS; i++) {
      const factor = (LIMB_MASK - load<u32>(limb(multiple, i))) * inverse;
      limbs.addProduct(limb(multiple, i), size - i, factor & LIMB_MASK, this.block, this.count);
    }
    const high = limb(multiple, montgomery.SCALE_LIMBS);
    const length = size - montgomery.SCALE_LIMBS;
    limbs.addOne(high, length);
    memory.copy(multiple, high, (<usize>length) << 2);
    memory.fill(limb(multiple, length), 0, (<usize>montgomery.SCALE_LIMBS) << 2);
    montgomery.encode(this.scaled, multiple, size);
  }

  private squareOfR(): void {
    const length = 2 * this.size + 1;
    const power = arena.allocate((<usize>(length + 1)) << 2);
    memory.fill(power, 0, (<usize>(length + 1)) << 2);
    store<u32>(limb(power, 2 * this.size), 1);
    this.reduce(power, length);
    montgomery.encode(this.rSquared, power, this.size);
  }
}
