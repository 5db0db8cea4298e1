import { Modulus } from "../inverse";

/** Teeth of the combs that tables are made for: how many bits of a multiplier one entry of a table stands for. */
export const TEETH: i32 = 8;

/** Parts that each tooth is cut into, with a table for each: of twice as many, half the doublings. */
export const BLOCKS: i32 = 2;

/** An elliptic curve y² = x³ - 3x + b over a prime field, with its base point G of prime order n (SP 800-186 §3.2.1). */
@unmanaged
@final
export class Domain {
  /** Octets of a coordinate, and of r and s. */
  octets: i32;
  /** The prime of the field, p. */
  prime: Modulus;
  /** The order of G, n; it is less than p, and p less than 2n. */
  order: Modulus;
  /** b, as octets. */
  b: usize;
  /** The coordinates of G, as octets: x, then y. */
  generatorOctets: usize;
  /** Bits of a multiplier between two teeth of a comb, a multiple of `BLOCKS`; `TEETH` times as many have room for n. */
  spacing: i32;
  /** Address of G as an affine point, with its table behind it; 0: not made yet. Once made they stay. */
  generator: usize;

  static of(octets: i32, prime: usize, order: usize, b: usize, generatorOctets: usize, spacing: i32): Domain {
    const domain = changetype<Domain>(heap.alloc(offsetof<Domain>()));
    domain.octets = octets;
    domain.prime = Modulus.of(prime, octets);
    domain.order = Modulus.of(order, octets);
    domain.b = b;
    domain.generatorOctets = generatorOctets;
    domain.spacing = spacing;
    domain.generator = 0;
    return domain;
  }

  /** Bits between two blocks of a tooth: doublings that a multiplication with tables takes, and one. */
  get columns(): i32 {
    return this.spacing / BLOCKS;
  }
}
