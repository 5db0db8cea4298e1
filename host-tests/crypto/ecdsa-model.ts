/** ECDSA over the curves of RFC 7518 in BigInt, written to be read: what crafted cases are made and judged with. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { inverse, modulo, toNumber, toOctets } from "../fuzz/numbers.ts";
import type { Random } from "../fuzz/random.ts";

export interface Affine {
  x: bigint;
  y: bigint;
}

/** A point; null stands for infinity. */
export type Point = Affine | null;

export class CurveModel {
  /** Octets of a coordinate. */
  readonly octets: number;
  constructor(
    readonly name: string,
    readonly p: bigint,
    readonly n: bigint,
    readonly b: bigint,
    readonly g: Affine,
    /** Bits between two teeth of the combs in assembly/crypto/ecdsa/comb.ts. */
    readonly spacing: number,
  ) {
    this.octets = Math.ceil(p.toString(16).length / 2);
  }

  isOnCurve(x: bigint, y: bigint): boolean {
    return modulo(y * y - x ** 3n + 3n * x - this.b, this.p) === 0n;
  }

  negate(point: Point): Point {
    return point === null ? null : { x: point.x, y: modulo(-point.y, this.p) };
  }

  add(left: Point, right: Point): Point {
    if (left === null) return right;
    if (right === null) return left;
    const { p } = this;
    if (left.x === right.x && left.y !== right.y) return null;
    const slope =
      left.x === right.x
        ? (3n * left.x * left.x - 3n) * inverse(2n * left.y, p)
        : (right.y - left.y) * inverse(right.x - left.x, p);
    const x = modulo(slope * slope - left.x - right.x, p);
    return { x, y: modulo(slope * (left.x - x) - left.y, p) };
  }

  /** scalar * point, for any integer. In coordinates X / Z and Y / Z, so that there is one inversion only. */
  multiply(scalar: bigint, point: Point = this.g): Point {
    let factor = modulo(scalar, this.n);
    const isNegative = 2n * factor > this.n;
    if (isNegative) factor = this.n - factor;
    let sum: Projective = { x: 0n, y: 1n, z: 0n };
    if (point !== null) {
      for (const bit of factor.toString(2)) {
        sum = this.addProjective(sum, sum);
        if (bit === "1") sum = this.addProjective(sum, { ...point, z: 1n });
      }
    }
    if (sum.z === 0n) return null;
    const scale = inverse(sum.z, this.p);
    const result = { x: modulo(sum.x * scale, this.p), y: modulo(sum.y * scale, this.p) };
    return isNegative ? this.negate(result) : result;
  }

  /** A multiplier from 1 to n - 1. */
  randomScalar(random: Random): bigint {
    return (toNumber(random.bytes(this.octets + 8)) % (this.n - 1n)) + 1n;
  }

  /** A point as a key of Node's; throws when Node does not take it. */
  nodeKey({ x, y }: Affine): KeyObject {
    const coordinate = (value: bigint) => this.encode(value).toString("base64url");
    return createPublicKey({ format: "jwk", key: { kty: "EC", crv: this.name, x: coordinate(x), y: coordinate(y) } });
  }

  /** FIPS 186-5 §6.4.2, for a hash that is a number already. */
  verify(key: Point, e: bigint, r: bigint, s: bigint): boolean {
    const { n } = this;
    if (r < 1n || r >= n || s < 1n || s >= n) return false;
    const w = inverse(s, n);
    const sum = this.add(this.multiply(e * w), this.multiply(r * w, key));
    return sum !== null && sum.x % n === r;
  }

  /** A number as octets of a coordinate's length, the highest first. */
  encode(value: bigint): Buffer {
    return toOctets(value, this.octets);
  }

  signature(r: bigint, s: bigint): Buffer {
    return Buffer.concat([this.encode(r), this.encode(s)]);
  }

  // J. Renes, C. Costello and L. Batina, "Complete addition formulas for prime order elliptic curves" (2015), algorithm 4.
  private addProjective(left: Projective, right: Projective): Projective {
    const { p, b } = this;
    const t0 = (left.x * right.x) % p;
    const t1 = (left.y * right.y) % p;
    const t2 = (left.z * right.z) % p;
    const xy = (left.x * right.y + left.y * right.x) % p;
    const yz = (left.y * right.z + left.z * right.y) % p;
    const xz = (left.x * right.z + left.z * right.x) % p;
    const u = (3n * (xz - b * t2)) % p;
    const v = (3n * (b * xz - 3n * t2 - t0)) % p;
    const w = 3n * (t0 - t2);
    return {
      x: (xy * (t1 + u) - yz * v) % p,
      y: ((t1 - u) * (t1 + u) + w * v) % p,
      z: (yz * (t1 - u) + xy * w) % p,
    };
  }
}

interface Projective {
  x: bigint;
  y: bigint;
  z: bigint;
}

/** In the order of `EllipticCurve` in assembly/crypto/ecdsa/public-key.ts; numbers from SP 800-186 §3.2.1. */
export const CURVES = [
  new CurveModel(
    "P-256",
    2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    },
    32,
  ),
  new CurveModel(
    "P-384",
    2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    },
    48,
  ),
  new CurveModel(
    "P-521",
    2n ** 521n - 1n,
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    {
      x: 0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
      y: 0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
    },
    66,
  ),
] as const;
