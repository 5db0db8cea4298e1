/** Keys of `assembly/crypto/ecdsa`, called from TypeScript. */
import { CURVES, type CurveModel } from "./ecdsa-model.ts";
import { CryptoModule, HASHES } from "./crypto-module.ts";

export type Hash = (typeof HASHES)[number];

/** The use of a key that its table is built at: `USES_BEFORE_TABLE`. */
export const TABLE_USE = 4;

/** Ways to multiply, in the order of `Way` in assembly/test/crypto/ecdsa.ts. */
export const WAYS = ["tables", "window", "complete"] as const;

export class EcdsaKey {
  private constructor(
    private readonly module: CryptoModule,
    private readonly address: number,
    private readonly model: CurveModel,
  ) {}

  /** The key, or null when the module refuses it. `curve` is an index into `CURVES`. */
  static create(module: CryptoModule, curve: number, x: Uint8Array, y: Uint8Array): EcdsaKey | null {
    module.reset();
    const address = module.call("ecdsaCreate", curve, module.view(x), module.view(y));
    return address === 0 ? null : new EcdsaKey(module, address, modelOf(curve));
  }

  /** As `create`, for a key that is known to be good. */
  static of(module: CryptoModule, curve: number, x: bigint, y: bigint): EcdsaKey {
    const model = modelOf(curve);
    const key = EcdsaKey.create(module, curve, model.encode(x), model.encode(y));
    if (key === null) throw new Error(`refused: ${x}, ${y}`);
    return key;
  }

  verify(hash: Hash, message: Uint8Array, signature: Uint8Array): boolean {
    this.module.reset();
    const view = this.module.view(message);
    // At the end of memory, so that reading behind it traps.
    const end = this.module.viewAtEnd(signature);
    return this.module.call("ecdsaVerify", this.address, HASHES.indexOf(hash), view, end) !== 0;
  }

  verifyDigest(digest: Uint8Array, signature: Uint8Array): boolean {
    this.module.reset();
    const view = this.module.view(digest);
    return this.module.call("ecdsaVerifyDigest", this.address, view, this.module.viewAtEnd(signature)) !== 0;
  }

  /** Uses the key until it has its table. */
  buildTable(): void {
    for (let i = 0; i < TABLE_USE; i++) this.verifyDigest(new Uint8Array(32), this.model.signature(1n, 1n));
  }

  release(): void {
    this.module.call("ecdsaRelease", this.address);
  }
}

function modelOf(curve: number): CurveModel {
  const model = CURVES[curve];
  if (model === undefined) throw new RangeError(`there is no curve ${curve}`);
  return model;
}
