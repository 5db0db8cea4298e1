/** edwards25519 (RFC 8032 §5.1) in BigInt, to make keys and signatures that no library makes, and to judge products. */
import { createHash } from "node:crypto";
import { modulo, power, toNumber, toOctets } from "../fuzz/numbers.ts";

const P = 2n ** 255n - 19n;
const D = mod(-121665n * power(121666n, P - 2n, P));
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n, P);

/** The order of the base point. */
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export const NEUTRAL: Point = { x: 0n, y: 1n };
export const BASE = decode(Buffer.from(`58${"66".repeat(31)}`, "hex"));

/** A point of order 8; its multiples are all points of small order. */
export const TORSION = decode(Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "hex"));

export function add(a: Point, b: Point): Point {
  const product = mod(D * a.x * b.x * a.y * b.y);
  return {
    x: mod((a.x * b.y + a.y * b.x) * power(1n + product, P - 2n, P)),
    y: mod((a.y * b.y + a.x * b.x) * power(1n - product, P - 2n, P)),
  };
}

export function negate({ x, y }: Point): Point {
  return { x: mod(-x), y };
}

/** The product with a scalar from 0 up. */
export function multiply(scalar: bigint, point: Point): Point {
  // Projective, (X : Y : Z), because inversions are slow.
  let [x, y, z] = [0n, 1n, 1n];
  for (const bit of scalar.toString(2)) {
    [x, y, z] = projectiveSum([x, y, z], [x, y, z]);
    if (bit === "1") [x, y, z] = projectiveSum([x, y, z], [point.x, point.y, 1n]);
  }
  const inverse = power(z, P - 2n, P);
  return { x: mod(x * inverse), y: mod(y * inverse) };
}

type Projective = readonly [bigint, bigint, bigint];

function projectiveSum([x1, y1, z1]: Projective, [x2, y2, z2]: Projective): [bigint, bigint, bigint] {
  const a = mod(z1 * z2);
  const b = mod(a * a);
  const c = mod(x1 * x2);
  const d = mod(y1 * y2);
  const e = mod(D * c * d);
  return [mod(a * (b - e) * ((x1 + y1) * (x2 + y2) - c - d)), mod(a * (b + e) * (d + c)), mod((b - e) * (b + e))];
}

export function encode({ x, y }: Point): Buffer {
  return octets(y | ((x & 1n) << 255n));
}

/** The point that octets stand for, canonical or not. Throws where there is none. */
export function decode(encoded: Uint8Array): Point {
  const number = numberOf(encoded);
  const y = mod(number & (2n ** 255n - 1n));
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n, P));
  let x = power(square, (P + 3n) / 8n, P);
  if (mod(x * x) !== square) x = mod(x * ROOT_OF_MINUS_1);
  if (mod(x * x) !== square) throw new RangeError("not on the curve");
  return { x: (x & 1n) === number >> 255n ? x : mod(-x), y };
}

/** SHA-512 of all parts, modulo L. */
export function challenge(...parts: Uint8Array[]): bigint {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return numberOf(hash.digest()) % L;
}

/** A number as 32 octets, the lowest first. */
export function octets(value: bigint): Buffer {
  return toOctets(value, 32).reverse();
}

/** The number that octets stand for, the lowest first. */
export function numberOf(bytes: Uint8Array): bigint {
  return toNumber(Buffer.from(bytes).reverse());
}

function mod(value: bigint): bigint {
  return modulo(value, P);
}
