import { Bytes } from "../text/bytes";

/** An elliptic curve of RFC 7518 §6.2.1.1. */
@unmanaged
@final
export class Curve {
  /** Its `crv`. */
  name: Bytes;
  /** Octets of a coordinate, and of each half of an ECDSA signature (RFC 7518 §6.2.1.2 and §3.4). */
  coordinateLength: i32;
  /** Its OBJECT IDENTIFIER, tag and length included (RFC 5480 §2.1.1.1). */
  oid: Bytes;
  /** The next row of the table; null after the last. */
  next: Curve | null;

  /** The curve with this `crv`, compared exactly; null when there is none. */
  static named(name: Bytes): Curve | null {
    let curve = firstCurve;
    while (curve !== null && !curve.name.equals(name)) curve = curve.next;
    return curve;
  }
}

// Rows are unmanaged and chained: finding one in a request indexes nothing and allocates nothing.
let firstCurve: Curve | null = null;

function addCurve(name: string, coordinateLength: i32, oid: usize, oidLength: i32): Curve {
  const curve = changetype<Curve>(heap.alloc(offsetof<Curve>()));
  curve.name = Bytes.constant(name);
  curve.coordinateLength = coordinateLength;
  curve.oid = Bytes.view(oid, oidLength).persist();
  curve.next = firstCurve;
  firstCurve = curve;
  return curve;
}

/** secp256r1 */
export const P256 = addCurve(
  "P-256",
  32,
  memory.data<u8>([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),
  10,
);
/** secp384r1 */
export const P384 = addCurve("P-384", 48, memory.data<u8>([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]), 7);
/** secp521r1 */
export const P521 = addCurve("P-521", 66, memory.data<u8>([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]), 7);
