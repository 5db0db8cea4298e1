/** Other ways to write a signature down: some a verifier must take as well, most it must not. */
import type { SignatureAlgorithm, SignatureForm } from "./format.ts";

/** Orders of the groups: SEC 2 §2.4.2, §2.5.1 and §2.6.1; RFC 8032 §5.1. */
const ORDERS: Partial<Record<SignatureAlgorithm, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  EdDSA: (1n << 252n) + 27742317777372353535851937790883648493n,
  Ed25519: (1n << 252n) + 27742317777372353535851937790883648493n,
};

/** The signature in another form. Throws an Error when its algorithm has no such form. */
export function inForm(signature: Buffer, form: SignatureForm, alg: SignatureAlgorithm): Buffer {
  const half = signature.length / 2;
  const [r, s] = [signature.subarray(0, half), signature.subarray(half)];
  switch (form) {
    case "longer":
      return Buffer.concat([Buffer.from([0]), signature]);
    case "shorter":
      return signature.subarray(0, -1);
    case "der":
      return sequence(integer(r), integer(s));
    case "negated":
      return Buffer.concat([r, withBigEndian(s, (value) => orderOf(alg) - value)]);
    case "unreduced":
      // RFC 8032 §5.1.2 has S in little-endian.
      return Buffer.concat([r, withBigEndian(Buffer.from(s).reverse(), (value) => value + orderOf(alg)).reverse()]);
  }
}

function orderOf(alg: SignatureAlgorithm): bigint {
  const order = ORDERS[alg];
  if (order === undefined) throw new Error(`mutate.signature: ${alg} has no such form`);
  return order;
}

function withBigEndian(octets: Buffer, change: (value: bigint) => bigint): Buffer {
  const value = change(BigInt(`0x${octets.toString("hex")}`));
  return Buffer.from(value.toString(16).padStart(octets.length * 2, "0"), "hex");
}

/** ASN.1 DER: an INTEGER that is not negative. */
function integer(octets: Buffer): Buffer {
  const start = octets.findIndex((octet) => octet !== 0);
  const value = octets.subarray(start < 0 ? -1 : start);
  const padded = value.readUInt8(0) >= 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}

function sequence(...values: Buffer[]): Buffer {
  const contents = Buffer.concat(values);
  const length = contents.length < 0x80 ? [contents.length] : [0x81, contents.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), contents]);
}
