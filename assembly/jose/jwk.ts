import { Bytes } from "../text/bytes";
import { Algorithm, KeyType, rowOf } from "./algorithms";
import { Curve } from "./curves";

/** A public key that can verify signatures (RFC 7517). What it refers to is on the heap. */
@final
export class Jwk {
  constructor(
    /** Its `kid`; null when it has none. */
    readonly kid: Bytes | null,
    readonly keyType: KeyType,
    /** Its curve; null for RSA. */
    readonly curve: Curve | null,
    /** Its `alg`; `Unsupported` when it has none and so serves every algorithm that goes with its type and curve. */
    readonly algorithm: Algorithm,
    /**
     * Its SubjectPublicKeyInfo in DER. That a point lies on its curve is checked by whoever verifies with it; until then it
     * is only known to have the right size.
     */
    readonly spki: Bytes,
  ) {}

  /** Whether it names the one algorithm that it is for. */
  get hasAlgorithm(): bool {
    return this.algorithm != Algorithm.Unsupported;
  }

  /** Whether it may verify a signature made with `algorithm` (RFC 7518 §3.4: ES384 on P-384 only). */
  fits(algorithm: Algorithm): bool {
    const row = rowOf(algorithm);
    if (row === null || !row.fits(this.keyType, this.curve)) return false;
    return !this.hasAlgorithm || this.algorithm == algorithm;
  }

  hasKid(kid: Bytes): bool {
    const own = this.kid;
    return own !== null && own.equals(kid);
  }

  /** Frees what the key refers to. */
  release(): void {
    const kid = this.kid;
    if (kid !== null) kid.release();
    this.spki.release();
  }
}
