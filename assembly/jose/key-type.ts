import { Bytes } from "../text/bytes";

/** What kind of key an algorithm uses: `kty` of RFC 7518 §6.1 and RFC 8037 §2. */
export enum KeyType {
  /** None that is supported. */
  Unsupported,
  RSA,
  EC,
  /** Edwards curves ("octet key pair"). */
  OKP,
  /** A secret shared with the issuer ("octet sequence"). */
  Oct,
}

const RSA = Bytes.constant("RSA");
const EC = Bytes.constant("EC");
const OKP = Bytes.constant("OKP");
const OCT = Bytes.constant("oct");

/** The key type with this `kty`, compared exactly. */
export function keyTypeOf(name: Bytes): KeyType {
  if (name.equals(RSA)) return KeyType.RSA;
  if (name.equals(EC)) return KeyType.EC;
  if (name.equals(OKP)) return KeyType.OKP;
  return name.equals(OCT) ? KeyType.Oct : KeyType.Unsupported;
}
