import { digestLength, HashAlgorithm } from "../crypto/hash";
import { Bytes } from "../text/bytes";
import { Curve, ED25519, P256, P384, P521 } from "./curves";
import { KeyType } from "./key-type";

/** A signature algorithm of RFC 7518 §3.1 or RFC 8037 §3.1. */
export enum Algorithm {
  /** No row of the table: never accepted. `none` is one of these. */
  Unsupported,
  RS256,
  RS384,
  RS512,
  PS256,
  PS384,
  PS512,
  ES256,
  ES384,
  ES512,
  EdDSA,
  HS256,
  HS384,
  HS512,
}

/** How a signature is made of a hash and a key. */
export enum Scheme {
  /** RSASSA-PKCS1-v1_5 (RFC 7518 §3.3). */
  Pkcs1,
  /** RSASSA-PSS with MGF1, and a salt as long as the hash (RFC 7518 §3.5). */
  Pss,
  /** Two numbers, r and s, one after the other (RFC 7518 §3.4). */
  Ecdsa,
  /** Ed25519 (RFC 8037 §3.1). */
  Eddsa,
  /** A message authentication code (RFC 7518 §3.2). */
  Hmac,
}

/** What there is to know about an algorithm. Everything that depends on one asks its row. */
@unmanaged
@final
export class AlgorithmRow {
  algorithm: Algorithm;
  /** Its `alg`. */
  name: Bytes;
  scheme: Scheme;
  keyType: KeyType;
  /** The only curve it may be used with (RFC 7518 §3.4); null when `keyType` has none. */
  curve: Curve | null;
  hash: HashAlgorithm;
  /** The next row of the table; null after the last. */
  next: AlgorithmRow | null;

  /** Whether a key of this type on this curve may be used with the algorithm. */
  fits(keyType: KeyType, curve: Curve | null): bool {
    return this.keyType == keyType && this.curve === curve;
  }

  /** Octets that a secret must have at least: as many as the hash (RFC 7518 §3.2). 0: it uses no secret. */
  get minSecretLength(): i32 {
    return this.keyType == KeyType.Oct ? digestLength(this.hash) : 0;
  }
}

// Rows are unmanaged and chained: finding one in a request indexes nothing and allocates nothing.
let firstRow: AlgorithmRow | null = null;

function addRow(
  algorithm: Algorithm,
  name: string,
  scheme: Scheme,
  keyType: KeyType,
  curve: Curve | null,
  hash: HashAlgorithm,
): void {
  const added = changetype<AlgorithmRow>(heap.alloc(offsetof<AlgorithmRow>()));
  added.algorithm = algorithm;
  added.name = Bytes.constant(name);
  added.scheme = scheme;
  added.keyType = keyType;
  added.curve = curve;
  added.hash = hash;
  added.next = firstRow;
  firstRow = added;
}

// The last row is found first.
addRow(Algorithm.HS512, "HS512", Scheme.Hmac, KeyType.Oct, null, HashAlgorithm.SHA512);
addRow(Algorithm.HS384, "HS384", Scheme.Hmac, KeyType.Oct, null, HashAlgorithm.SHA384);
addRow(Algorithm.PS512, "PS512", Scheme.Pss, KeyType.RSA, null, HashAlgorithm.SHA512);
addRow(Algorithm.PS384, "PS384", Scheme.Pss, KeyType.RSA, null, HashAlgorithm.SHA384);
addRow(Algorithm.RS512, "RS512", Scheme.Pkcs1, KeyType.RSA, null, HashAlgorithm.SHA512);
addRow(Algorithm.RS384, "RS384", Scheme.Pkcs1, KeyType.RSA, null, HashAlgorithm.SHA384);
addRow(Algorithm.ES512, "ES512", Scheme.Ecdsa, KeyType.EC, P521, HashAlgorithm.SHA512);
addRow(Algorithm.ES384, "ES384", Scheme.Ecdsa, KeyType.EC, P384, HashAlgorithm.SHA384);
addRow(Algorithm.HS256, "HS256", Scheme.Hmac, KeyType.Oct, null, HashAlgorithm.SHA256);
// RFC 9864 §2.2 names the curve where RFC 8037 named the family. To us, who know one curve, both say the same.
addRow(Algorithm.EdDSA, "Ed25519", Scheme.Eddsa, KeyType.OKP, ED25519, HashAlgorithm.SHA512);
addRow(Algorithm.EdDSA, "EdDSA", Scheme.Eddsa, KeyType.OKP, ED25519, HashAlgorithm.SHA512);
addRow(Algorithm.PS256, "PS256", Scheme.Pss, KeyType.RSA, null, HashAlgorithm.SHA256);
addRow(Algorithm.ES256, "ES256", Scheme.Ecdsa, KeyType.EC, P256, HashAlgorithm.SHA256);
addRow(Algorithm.RS256, "RS256", Scheme.Pkcs1, KeyType.RSA, null, HashAlgorithm.SHA256);

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

/** Names of all that are supported, for error messages: `RS256, ES256, …`. */
export function algorithmNames(): string {
  let names = "";
  let row = firstRow;
  while (row !== null) {
    names += (names.length > 0 ? ", " : "") + row.name.toString();
    row = row.next;
  }
  return names;
}
