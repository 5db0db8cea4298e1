import { HashAlgorithm } from "../../crypto/hash";
import { reciprocal, reduce } from "../../crypto/rsa/limbs";
import { SCALE_LIMBS } from "../../crypto/rsa/montgomery";
import { RsaPublicKey } from "../../crypto/rsa/public-key";
import { Bytes } from "../../text/bytes";

export {
  decode as rsaDecode,
  encode as rsaEncode,
  multiply as rsaMultiply,
  operandLimbs as rsaOperandLimbs,
  operandSize as rsaOperandSize,
  scratchSize as rsaScratchSize,
  square as rsaSquare,
} from "../../crypto/rsa/montgomery";

export function rsaScaleLimbs(): i32 {
  return SCALE_LIMBS;
}

export function rsaReduce(number: usize, length: i32, divisor: usize, count: i32): void {
  reduce(number, length, divisor, count, reciprocal(divisor, count));
}

export function rsaCreate(modulus: Bytes, exponent: Bytes): RsaPublicKey | null {
  return RsaPublicKey.create(modulus, exponent);
}

export function rsaVerifyPkcs1(key: RsaPublicKey, hash: HashAlgorithm, message: Bytes, signature: Bytes): bool {
  return key.verifyPkcs1(hash, message, signature);
}

export function rsaVerifyPss(key: RsaPublicKey, hash: HashAlgorithm, message: Bytes, signature: Bytes): bool {
  return key.verifyPss(hash, message, signature);
}

export function rsaRelease(key: RsaPublicKey): void {
  key.release();
}
