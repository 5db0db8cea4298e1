/** `assembly/regex`, called from TypeScript: bytes and strings in, plain values out. */
import { readFileSync } from "node:fs";

const BUILT = "build/test/pure-regex.wasm";

export type Input = string | Uint8Array;
type Call = (...values: number[]) => number;

/** Start and end of each group in bytes, the whole match first; null: it did not take part. */
export type Captures = ([start: number, end: number] | null)[];

export class RegexModule {
  private readonly exports: Record<string, Call>;
  private readonly memory: WebAssembly.Memory;
  private readonly logged: string[] = [];

  /** Instantiates a module built from `assembly/test/pure-regex.ts`: the built one, or the bytes given. */
  constructor(wasm: Uint8Array = readFileSync(BUILT)) {
    const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
    const instance = new WebAssembly.Instance(module, {
      env: {
        proxy_log: (_level: number, ptr: number, length: number) => {
          this.logged.push(Buffer.from(this.copy(ptr, length)).toString());
          return 0;
        },
      },
    });
    this.exports = instance.exports as Record<string, Call>;
    this.memory = instance.exports["memory"] as WebAssembly.Memory;
    this.call("_initialize");
  }

  /** Size of the module's memory in bytes. */
  get memorySize(): number {
    return this.memory.buffer.byteLength;
  }

  /** Moves when something was allocated on the heap and kept. */
  heapMark(): number {
    return this.call("heapMark");
  }

  /** Frees objects that nothing refers to any more. */
  collect(): void {
    this.call("collect");
  }

  /** Compiles a pattern for the calls below: null, or what is wrong with it. */
  compile(pattern: string, ignoreCase = false): string | null {
    this.call("reset");
    const isGood = this.call("compile", ...this.put(pattern), Number(ignoreCase)) !== 0;
    return isGood ? null : (this.text(this.call("problem")) ?? "");
  }

  /** How many groups capture. */
  get groups(): number {
    return this.call("groups");
  }

  groupNamed(name: string): number {
    this.call("reset");
    return this.call("groupNamed", ...this.put(name));
  }

  matches(text: Input): boolean {
    this.call("reset");
    return this.call("matches", ...this.put(text)) !== 0;
  }

  /** The captures of the first match from `from` on; null: there is none. */
  search(text: Input, from = 0): Captures | null {
    this.call("reset");
    return this.call("search", ...this.put(text), from) === 0 ? null : this.captures();
  }

  /** The captures when the whole text matches; null: it does not. */
  fullCapture(text: Input): Captures | null {
    this.call("reset");
    return this.call("fullCapture", ...this.put(text)) === 0 ? null : this.captures();
  }

  /** Every match in `text` replaced; throws when the rewrite is refused. */
  replaceAll(text: Input, rewrite: string): Uint8Array {
    const problem = this.rewriteProblem(rewrite);
    if (problem !== null) throw new Error(problem);
    return this.bytes(this.call("replaceAll", ...this.put(text))) ?? new Uint8Array();
  }

  /** Prepares a rewrite: null, or what is wrong with it. */
  rewriteProblem(rewrite: string): string | null {
    this.call("reset");
    return this.text(this.call("setRewrite", ...this.put(rewrite)));
  }

  /** Runs an export again and again with the same text, within the module. */
  repeat(name: "matches" | "search" | "fullCapture", text: Input, times: number): void {
    this.call("reset");
    const [ptr, length] = this.put(text);
    const call = this.exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    for (let i = 0; i < times; i++) call(ptr, length, 0);
  }

  private captures(): Captures {
    return Array.from({ length: this.groups + 1 }, (_, group) => {
      const start = this.call("captureStart", group);
      return start < 0 ? null : [start, this.call("captureEnd", group)];
    });
  }

  private call(name: string, ...values: number[]): number {
    const call = this.exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    try {
      return call(...values);
    } catch (error) {
      throw new Error([`${name} trapped: ${String(error)}`, ...this.logged.splice(0)].join("\n"), { cause: error });
    }
  }

  // With a byte behind the input that no matcher may look at and be content with.
  private put(input: Input): [ptr: number, length: number] {
    const bytes = typeof input === "string" ? Buffer.from(input) : input;
    const ptr = this.call("allocate", bytes.length + 1);
    const target = new Uint8Array(this.memory.buffer, ptr, bytes.length + 1);
    target.set(bytes);
    target[bytes.length] = 0x61;
    return [ptr, bytes.length];
  }

  private copy(ptr: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer.slice(ptr, ptr + length));
  }

  private bytes(view: number): Uint8Array | null {
    if (view === 0) return null;
    const fields = new DataView(this.memory.buffer, view, 8);
    return this.copy(fields.getUint32(0, true), fields.getInt32(4, true));
  }

  private text(view: number): string | null {
    const bytes = this.bytes(view);
    return bytes === null ? null : Buffer.from(bytes).toString();
  }
}
