import { Bytes } from "../text/bytes";
import { Algorithm, rowOf } from "./algorithms";
import { Curve } from "./curves";
import { KeyType } from "./key-type";
import { VerificationKey } from "./verification-key";

/** A key that can verify signatures (RFC 7517). What it refers to is on the heap. */
@final
export class Jwk {
  /** The SubjectPublicKeyInfo of an RSA key, in DER; null for other keys. */
  spki: Bytes | null = null;
  /** Octets of the secret of an `oct` key; 0 for other keys. */
  secretLength: i32 = 0;

  constructor(
    /** Its `kid`; null when it has none. */
    readonly kid: Bytes | null,
    readonly keyType: KeyType,
    /** Its curve; null when `keyType` has none. */
    readonly curve: Curve | null,
    /** Its `alg`; `Unsupported` when it has none and so serves every algorithm that goes with its type and curve. */
    readonly algorithm: Algorithm,
    readonly key: VerificationKey,
  ) {}

  /** Whether it names the one algorithm that it is for. */
  get hasAlgorithm(): bool {
    return this.algorithm != Algorithm.Unsupported;
  }

  /** Whether it may verify a signature made with `algorithm` (RFC 7518 §3.4: ES384 on P-384 only; §3.2: long secrets). */
  fits(algorithm: Algorithm): bool {
    const row = rowOf(algorithm);
    if (row === null || !row.fits(this.keyType, this.curve)) return false;
    return (!this.hasAlgorithm || this.algorithm == algorithm) && this.secretLength >= row.minSecretLength;
  }

  hasKid(kid: Bytes): bool {
    const own = this.kid;
    return own !== null && own.equals(kid);
  }

  /** Frees what the key refers to. */
  release(): void {
    const kid = this.kid;
    if (kid !== null) kid.release();
    const spki = this.spki;
    if (spki !== null) spki.release();
    this.key.release();
  }
}
