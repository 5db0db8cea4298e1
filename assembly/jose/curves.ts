import { Bytes } from "../text/bytes";
import { KeyType } from "./key-type";

/** A curve of RFC 7518 §6.2.1.1 or RFC 8037 §2. */
@unmanaged
@final
export class Curve {
  /** Its `crv`. */
  name: Bytes;
  /** The `kty` that goes with it. */
  keyType: KeyType;
  /** Octets of a coordinate (RFC 7518 §6.2.1.2, RFC 8037 §2). */
  coordinateLength: i32;
  /** The next row of the table; null after the last. */
  next: Curve | null;

  /** The curve with this `crv`, compared exactly, for keys of this type; null when there is none. */
  static named(name: Bytes, keyType: KeyType): Curve | null {
    let curve = firstCurve;
    while (curve !== null && !(curve.keyType == keyType && curve.name.equals(name))) curve = curve.next;
    return curve;
  }
}

// Rows are unmanaged and chained: finding one in a request indexes nothing and allocates nothing.
let firstCurve: Curve | null = null;

function addCurve(name: string, keyType: KeyType, coordinateLength: i32): Curve {
  const curve = changetype<Curve>(heap.alloc(offsetof<Curve>()));
  curve.name = Bytes.constant(name);
  curve.keyType = keyType;
  curve.coordinateLength = coordinateLength;
  curve.next = firstCurve;
  firstCurve = curve;
  return curve;
}

/** secp256r1 */
export const P256 = addCurve("P-256", KeyType.EC, 32);
/** secp384r1 */
export const P384 = addCurve("P-384", KeyType.EC, 48);
/** secp521r1 */
export const P521 = addCurve("P-521", KeyType.EC, 66);
/** edwards25519 */
export const ED25519 = addCurve("Ed25519", KeyType.OKP, 32);
