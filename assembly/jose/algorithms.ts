import { Bytes } from "../text/bytes";
import { Curve, P256, P384, P521 } from "./curves";

/** A signature algorithm of RFC 7518 §3.1. */
export enum Algorithm {
  /** No row of the table: never accepted. `none` is one of these. */
  Unsupported,
  RS256,
  RS384,
  RS512,
  ES256,
  ES384,
  ES512,
}

/** What kind of key an algorithm uses: `kty` of RFC 7518 §6.1. */
export enum KeyType {
  /** None that is supported. */
  Unsupported,
  RSA,
  EC,
}

const RSA = Bytes.constant("RSA");
const EC = Bytes.constant("EC");

/** The key type with this `kty`, compared exactly. */
export function keyTypeOf(name: Bytes): KeyType {
  if (name.equals(RSA)) return KeyType.RSA;
  return name.equals(EC) ? KeyType.EC : KeyType.Unsupported;
}

/** What there is to know about an algorithm. Everything that depends on one asks its row. */
@unmanaged
@final
export class AlgorithmRow {
  algorithm: Algorithm;
  /** Its `alg`. */
  name: Bytes;
  keyType: KeyType;
  /** The only curve it may be used with (RFC 7518 §3.4); null when `keyType` has none. */
  curve: Curve | null;
  /** The name of its hash function, as Envoy's `verify_signature` takes it. */
  hash: Bytes;
  /** The next row of the table; null after the last. */
  next: AlgorithmRow | null;

  /** Octets of each half (r, s) of an ECDSA signature; 0 for other algorithms. */
  get coordinateLength(): i32 {
    const curve = this.curve;
    return curve === null ? 0 : curve.coordinateLength;
  }

  /** Whether a key of this type on this curve may be used with the algorithm. */
  fits(keyType: KeyType, curve: Curve | null): bool {
    return this.keyType == keyType && this.curve === curve;
  }
}

// Rows are unmanaged and chained: finding one in a request indexes nothing and allocates nothing.
let firstRow: AlgorithmRow | null = null;

function addRow(algorithm: Algorithm, name: string, keyType: KeyType, curve: Curve | null, hash: string): void {
  const added = changetype<AlgorithmRow>(heap.alloc(offsetof<AlgorithmRow>()));
  added.algorithm = algorithm;
  added.name = Bytes.constant(name);
  added.keyType = keyType;
  added.curve = curve;
  added.hash = Bytes.constant(hash);
  added.next = firstRow;
  firstRow = added;
}

// The last row is found first.
addRow(Algorithm.ES512, "ES512", KeyType.EC, P521, "sha512");
addRow(Algorithm.ES384, "ES384", KeyType.EC, P384, "sha384");
addRow(Algorithm.RS512, "RS512", KeyType.RSA, null, "sha512");
addRow(Algorithm.RS384, "RS384", KeyType.RSA, null, "sha384");
addRow(Algorithm.ES256, "ES256", KeyType.EC, P256, "sha256");
addRow(Algorithm.RS256, "RS256", KeyType.RSA, null, "sha256");

/** The row of `algorithm`; null for `Unsupported`. */
export function rowOf(algorithm: Algorithm): AlgorithmRow | null {
  let row = firstRow;
  while (row !== null && row.algorithm != algorithm) row = row.next;
  return row;
}

/** The algorithm with this `alg`; names are case-sensitive (RFC 7515 §4.1.1). */
export function algorithmOf(name: Bytes): Algorithm {
  let row = firstRow;
  while (row !== null && !row.name.equals(name)) row = row.next;
  return row === null ? Algorithm.Unsupported : row.algorithm;
}
