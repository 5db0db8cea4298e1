/** The algorithms of `assembly/crypto` (entry: `assembly/test/pure-crypto.ts`), called from TypeScript. */
import { readFileSync } from "node:fs";

const BUILT = "build/test/pure-crypto.wasm";
const PAGE = 65536;

/** The module built with SIMD and without, for what has code for each. */
export const BUILDS = [
  ["SIMD", BUILT],
  ["scalar", "build/test/pure-crypto.scalar.wasm"],
] as const;

type Call = (...values: number[]) => number;

/** Hash functions by their names in Node, in the order of `HashAlgorithm`. */
export const HASHES = ["sha256", "sha384", "sha512"] as const;

export class CryptoModule {
  private readonly exports: Record<string, Call>;
  private readonly memory: WebAssembly.Memory;
  private logged = "";
  private guardEnd = 0;
  private guardPages = 0;

  constructor(file: string = BUILT) {
    const log = (_level: number, ptr: number, length: number) => {
      this.logged = this.read(ptr, length).toString();
      return 0;
    };
    const module = new WebAssembly.Module(readFileSync(file));
    const instance = new WebAssembly.Instance(module, { env: { proxy_log: log } });
    this.exports = instance.exports as Record<string, Call>;
    this.memory = instance.exports["memory"] as WebAssembly.Memory;
    this.call("_initialize");
  }

  /** Whether the module has this function. */
  has(name: string): boolean {
    return this.exports[name] !== undefined;
  }

  /** Calls a function of the module; booleans come back as 0 or 1. A trap becomes an error that says what was logged. */
  call(name: string, ...values: number[]): number {
    const call = this.exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    try {
      return call(...values);
    } catch (error) {
      throw new Error(`${name} trapped: ${this.logged || String(error)}`, { cause: error });
    }
  }

  /** Forgets all that `put` and `view` made. */
  reset(): void {
    this.call("reset");
  }

  /** Address of a copy of `bytes`. */
  put(bytes: Uint8Array): number {
    const ptr = this.call("allocate", bytes.length);
    this.write(ptr, bytes);
    return ptr;
  }

  /** Address of a `Bytes` that views a copy of `bytes`. */
  view(bytes: Uint8Array): number {
    return this.call("view", this.put(bytes), bytes.length);
  }

  /** As `view`, of bytes at the very end of memory: reading behind them traps. Only one such at a time. */
  viewAtEnd(bytes: Uint8Array): number {
    return this.call("view", this.putAtEnd(bytes), bytes.length);
  }

  /** As `put`, at the very end of memory. */
  putAtEnd(bytes: Uint8Array): number {
    // Pages that the module did not ask for, so its allocator never hands them out.
    const pages = Math.ceil(bytes.length / PAGE) || 1;
    if (this.memorySize !== this.guardEnd || pages > this.guardPages) {
      this.memory.grow(pages);
      this.guardEnd = this.memorySize;
      this.guardPages = pages;
    }
    const ptr = this.memorySize - bytes.length;
    this.write(ptr, bytes);
    return ptr;
  }

  /** Overwrites the module's memory at `ptr`. */
  write(ptr: number, bytes: Uint8Array): void {
    new Uint8Array(this.memory.buffer).set(bytes, ptr);
  }

  /** Bytes of the module's memory. */
  get memorySize(): number {
    return this.memory.buffer.byteLength;
  }

  /** A copy of the module's memory at `ptr`. */
  read(ptr: number, length: number): Buffer {
    return Buffer.from(this.memory.buffer.slice(ptr, ptr + length));
  }
}
