import { EcdsaPublicKey } from "../crypto/ecdsa/public-key";
import { Ed25519PublicKey } from "../crypto/ed25519/public-key";
import { HmacKey } from "../crypto/hmac";
import { RsaPublicKey } from "../crypto/rsa/public-key";
import { Bytes } from "../text/bytes";
import { AlgorithmRow, Scheme } from "./algorithms";

/** The key of a JWK, ready to verify. What it holds is on the heap. */
export abstract class VerificationKey {
  /** Whether `signature`, as it stands in a JWS, is one over `message`. The algorithm is one that fits the key. */
  abstract verify(row: AlgorithmRow, message: Bytes, signature: Bytes): bool;

  /** Frees what the key holds. */
  abstract release(): void;
}

@final
export class RsaVerificationKey extends VerificationKey {
  constructor(private readonly key: RsaPublicKey) {
    super();
  }

  verify(row: AlgorithmRow, message: Bytes, signature: Bytes): bool {
    return row.scheme == Scheme.Pss
      ? this.key.verifyPss(row.hash, message, signature)
      : this.key.verifyPkcs1(row.hash, message, signature);
  }

  release(): void {
    this.key.release();
  }
}

@final
export class EcdsaVerificationKey extends VerificationKey {
  constructor(private readonly key: EcdsaPublicKey) {
    super();
  }

  verify(row: AlgorithmRow, message: Bytes, signature: Bytes): bool {
    return this.key.verify(row.hash, message, signature);
  }

  release(): void {
    this.key.release();
  }
}

@final
export class Ed25519VerificationKey extends VerificationKey {
  constructor(private readonly key: Ed25519PublicKey) {
    super();
  }

  verify(row: AlgorithmRow, message: Bytes, signature: Bytes): bool {
    return this.key.verify(message, signature);
  }

  release(): void {
    this.key.release();
  }
}

@final
export class HmacVerificationKey extends VerificationKey {
  constructor(private readonly key: HmacKey) {
    super();
  }

  verify(row: AlgorithmRow, message: Bytes, signature: Bytes): bool {
    return this.key.verify(row.hash, message, signature);
  }

  release(): void {
    this.key.release();
  }
}
