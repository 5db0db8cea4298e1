/** The algorithms of `assembly/crypto` (entry: `assembly/test/pure-crypto.ts`), called from TypeScript. */
import { builtModule, CallableModule } from "../pure/test-module.ts";

const BUILT = "pure-crypto";

/** The module built with SIMD and without, for what has code for each. */
export const BUILDS = [
  ["SIMD", BUILT],
  ["scalar", "pure-crypto.scalar"],
] as const;

/** Hash functions by their names in Node, in the order of `HashAlgorithm`. */
export const HASHES = ["sha256", "sha384", "sha512"] as const;

export class CryptoModule extends CallableModule {
  constructor(name: string = BUILT) {
    super(builtModule(name));
  }

  /** Whether the module has this function. */
  has(name: string): boolean {
    return this.exports[name] !== undefined;
  }

  /** Forgets all that `put` and `view` made. */
  reset(): void {
    this.call("reset");
  }

  /** Address of a `Bytes` that views a copy of `bytes`. */
  view(bytes: Uint8Array): number {
    return this.call("view", this.put(bytes), bytes.length);
  }

  /** As `view`, of bytes at the very end of memory: reading behind them traps. Only one such at a time. */
  viewAtEnd(bytes: Uint8Array): number {
    return this.call("view", this.putAtEnd(bytes), bytes.length);
  }
}
