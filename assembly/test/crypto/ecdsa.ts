import { buildComb, combSize } from "../../crypto/ecdsa/comb";
import { P256, P384, P521 } from "../../crypto/ecdsa/curves";
import { Domain } from "../../crypto/ecdsa/domain";
import { multiplyComplete, multiplyWithTables, multiplyWithWindow } from "../../crypto/ecdsa/multiply";
import { isInfinity, MAX_POINT_SIZE } from "../../crypto/ecdsa/point";
import { PrimeField } from "../../crypto/ecdsa/prime-field";
import { EcdsaPublicKey, EllipticCurve } from "../../crypto/ecdsa/public-key";
import { P256Field } from "../../crypto/field/p256";
import { P384Field } from "../../crypto/field/p384";
import { P521Field } from "../../crypto/field/p521";
import { HashAlgorithm } from "../../crypto/hash";
import { loadBigEndian, MAX_LIMBS } from "../../crypto/limbs";
import { Bytes } from "../../text/bytes";

export { tableBytesUsed } from "../../crypto/table-budget";

export function ecdsaCreate(curve: EllipticCurve, x: Bytes, y: Bytes): EcdsaPublicKey | null {
  return EcdsaPublicKey.create(curve, x, y);
}

export function ecdsaVerify(key: EcdsaPublicKey, hash: HashAlgorithm, message: Bytes, signature: Bytes): bool {
  return key.verify(hash, message, signature);
}

export function ecdsaVerifyDigest(key: EcdsaPublicKey, digest: Bytes, signature: Bytes): bool {
  return key.verifyDigest(digest.ptr, digest.length, signature);
}

export function ecdsaRelease(key: EcdsaPublicKey): void {
  key.release();
}

/** Frees the objects of keys that were released; the others must not be used afterwards. */
export function ecdsaCollect(): void {
  __collect();
}

/** A way to multiply. */
enum Way {
  Tables,
  Window,
  Complete,
}

/**
 * Whether u1·G + u2·Q comes out as infinity. All are octets: the multipliers of a coordinate's length, Q both coordinates. A
 * key on the curve has been created before.
 */
export function ecdsaSumIsInfinity(curve: EllipticCurve, way: Way, key: usize, u1: usize, u2: usize): bool {
  if (curve == EllipticCurve.P256) return sumIsInfinity<P256Field>(P256, way, key, u1, u2);
  if (curve == EllipticCurve.P384) return sumIsInfinity<P384Field>(P384, way, key, u1, u2);
  return sumIsInfinity<P521Field>(P521, way, key, u1, u2);
}

function sumIsInfinity<F extends PrimeField>(domain: Domain, way: Way, octets: usize, u1: usize, u2: usize): bool {
  const field = changetype<F>(0);
  const point = memory.data(MAX_POINT_SIZE);
  const key = memory.data(MAX_POINT_SIZE);
  const a = memory.data(MAX_LIMBS << 2);
  const b = memory.data(MAX_LIMBS << 2);
  field.fromBytes(key, octets);
  field.fromBytes(key + field.size, octets + <usize>domain.octets);
  loadBigEndian(a, domain.order.count, u1, domain.octets);
  loadBigEndian(b, domain.order.count, u2, domain.octets);

  const generator = domain.generator;
  const generatorTable = generator + 2 * field.size;
  if (way == Way.Tables) {
    const table = heap.alloc(combSize<F>());
    buildComb<F>(domain, key, table);
    multiplyWithTables<F>(domain, point, a, generatorTable, b, table);
    heap.free(table);
  } else if (way == Way.Window) {
    multiplyWithWindow<F>(domain, point, a, generatorTable, b, key);
  } else {
    multiplyComplete<F>(domain, point, a, generator, b, key);
  }
  return isInfinity<F>(point);
}
