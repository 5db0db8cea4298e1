import * as arena from "../../memory/arena";
import { Bytes } from "../../text/bytes";
import { HashAlgorithm } from "../hash";
import { Modulus } from "./modulus";
import { isPkcs1Encoding } from "./pkcs1";
import { isPssEncoding } from "./pss";

/** Sizes of a modulus in bits. The lower limit is that of RFC 7518 §3.3 and §3.5, the upper one OpenSSL's and BoringSSL's. */
const MIN_MODULUS_BITS: i32 = 2048;
const MAX_MODULUS_BITS: i32 = 16_384;

/** As BoringSSL: a larger exponent only makes verification slow. */
const MAX_EXPONENT_BITS: i32 = 33;

/** An RSA public key that verifies signatures (RFC 8017). What it owns is on the heap; `release` gives it back. */
@final
export class RsaPublicKey {
  private constructor(
    private readonly modulus: Modulus,
    private readonly exponent: u64,
  ) {}

  /**
   * A key of these two numbers, the highest octet first; copies them. Null unless the modulus is odd and of 2048 to 16384 bits,
   * and the exponent is odd, at least 3 and of at most 33 bits, so that it is less than the modulus (RFC 8017 §3.1).
   */
  static create(modulus: Bytes, exponent: Bytes): RsaPublicKey | null {
    const n = withoutZeros(modulus);
    const bits = bitLength(n);
    if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS || !isOdd(n)) return null;
    const e = withoutZeros(exponent);
    if (bitLength(e) < 2 || bitLength(e) > MAX_EXPONENT_BITS || !isOdd(e)) return null;
    let value: u64 = 0;
    for (let i = 0; i < e.length; i++) value = (value << 8) | e[i];
    return new RsaPublicKey(new Modulus(n, bits), value);
  }

  /** Frees what the key owns. It must not be used afterwards. */
  release(): void {
    this.modulus.release();
  }

  /** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): RS256, RS384, RS512. */
  verifyPkcs1(hash: HashAlgorithm, message: Bytes, signature: Bytes): bool {
    const encoded = this.open(signature);
    return encoded !== null && isPkcs1Encoding(encoded, hash, message);
  }

  /** RSASSA-PSS (RFC 8017 §8.1.2) with MGF1 of the same hash and a salt as long as the hash: PS256, PS384, PS512. */
  verifyPss(hash: HashAlgorithm, message: Bytes, signature: Bytes): bool {
    const encoded = this.open(signature);
    return encoded !== null && isPssEncoding(encoded, this.modulus.bits - 1, hash, message);
  }

  /** RSAVP1 (RFC 8017 §5.2.2): the encoded message, as long as the modulus; null for what no signature can be. */
  private open(signature: Bytes): Bytes | null {
    const length = this.modulus.octets;
    if (signature.length != length) return null;
    const encoded = arena.allocate(<usize>length);
    return this.modulus.power(signature.ptr, this.exponent, encoded) ? Bytes.view(encoded, length) : null;
  }
}

function withoutZeros(number: Bytes): Bytes {
  let zeros = 0;
  while (zeros < number.length && number[zeros] == 0) zeros++;
  return number.slice(zeros);
}

/** Bits of a number whose first octet is not 0. */
function bitLength(number: Bytes): i32 {
  return (number.length << 3) - (number.length == 0 ? 0 : clz<u32>(number[0]) - 24);
}

function isOdd(number: Bytes): bool {
  return (number[number.length - 1] & 1) == 1;
}
