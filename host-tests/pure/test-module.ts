/** What the wrappers of the modules built from `assembly/test/pure*.ts` share: their memory, and their traps. */
import { readFileSync } from "node:fs";

/** A string goes in as UTF-8. */
export type Input = string | Uint8Array;

/** Address of a `Bytes` in the module's memory; 0 stands for null. */
export type View = number;

/** What each of these modules exports. */
export interface TestExports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(size: number): number;
  reset(): void;
}

/** Exports that are numbers in and a number out; booleans come back as 0 or 1. */
export type Calls = Record<string, (...values: (number | bigint)[]) => number>;

const PAGE = 65536;
const NOTHING = new Uint8Array();

/** The built file of `name`, from `build/test/`. */
export function builtModule(name: string): Uint8Array {
  return readFileSync(new URL(`../../build/test/${name}.wasm`, import.meta.url));
}

/** A copy of the input as bytes. */
export function toBytes(input: Input): Buffer {
  return typeof input === "string" ? Buffer.from(input) : Buffer.from(input);
}

export class TestModule<Exports extends TestExports> {
  readonly exports: Exports;
  private readonly logged: string[] = [];
  private guardEnd = 0;
  private guardPages = 0;

  constructor(wasm: Uint8Array) {
    const log = (_level: number, ptr: number, length: number) => {
      this.logged.push(this.copy(ptr, length).toString());
      return 0;
    };
    const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
    const { exports } = new WebAssembly.Instance(module, { env: { proxy_log: log } });
    this.exports = exports as unknown as Exports;
    this.guarded("_initialize", () => this.exports._initialize());
  }

  /** Size of the module's memory in bytes. */
  get memorySize(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** A copy of the module's memory at `ptr`. */
  copy(ptr: number, length: number): Buffer {
    return Buffer.from(this.exports.memory.buffer.slice(ptr, ptr + length));
  }

  /** Overwrites the module's memory at `ptr`. */
  write(ptr: number, bytes: Uint8Array): void {
    new Uint8Array(this.exports.memory.buffer).set(bytes, ptr);
  }

  /** Address of a copy of `bytes` in the arena, with `behind` after it: what nobody may look at. */
  put(bytes: Uint8Array, behind = NOTHING): number {
    const ptr = this.exports.allocate(bytes.length + behind.length);
    this.write(ptr, bytes);
    this.write(ptr + bytes.length, behind);
    return ptr;
  }

  /** As `put`, at the very end of memory: reading behind it traps. Only one such at a time. */
  putAtEnd(bytes: Uint8Array): number {
    // Pages that the module did not ask for, so its allocator never hands them out.
    const pages = Math.ceil(bytes.length / PAGE) || 1;
    if (this.memorySize !== this.guardEnd || pages > this.guardPages) {
      this.exports.memory.grow(pages);
      this.guardEnd = this.memorySize;
      this.guardPages = pages;
    }
    const ptr = this.memorySize - bytes.length;
    this.write(ptr, bytes);
    return ptr;
  }

  /** A copy of the bytes of `view`; null for 0. */
  read(view: View): Buffer | null {
    if (view === 0) return null;
    const fields = new DataView(this.exports.memory.buffer, view, 8);
    return this.copy(fields.getUint32(0, true), fields.getInt32(4, true));
  }

  /** The bytes of `view` as text; null for 0. */
  text(view: View): string | null {
    return this.read(view)?.toString() ?? null;
  }

  /** Runs `call`; a trap becomes an error that says what the module logged. */
  protected guarded<T>(name: string, call: () => T): T {
    this.logged.length = 0;
    try {
      return call();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      throw new Error([`${name} trapped: ${String(error)}`, ...this.logged].join("\n"), { cause: error });
    }
  }
}

/** One whose exports are called by name. */
export class CallableModule extends TestModule<Calls & TestExports> {
  /** Calls an export. */
  call(name: string, ...values: (number | bigint)[]): number {
    const call = this.exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    return this.guarded(name, () => call(...values));
  }

  /** Moves when something was allocated on the heap and kept. */
  heapMark(): number {
    return this.call("heapMark");
  }

  /** Frees objects that nothing refers to any more. */
  collect(): void {
    this.call("collect");
  }
}
