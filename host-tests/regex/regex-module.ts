/** `assembly/regex`, called from TypeScript: bytes and strings in, plain values out. */
import process from "node:process";
import { builtModule, CallableModule, toBytes, type Input } from "../pure/test-module.ts";

export type { Input };

/** Start and end of each group in bytes, the whole match first; null: it did not take part. */
export type Captures = ([start: number, end: number] | null)[];

export class RegexModule extends CallableModule {
  /** Instantiates a module built from `assembly/test/pure-regex.ts`: the built one, or the bytes given. */
  constructor(wasm: Uint8Array = builtModule("pure-regex")) {
    super(wasm);
  }

  /** Compiles a pattern for the calls below: null, or what is wrong with it. */
  compile(pattern: string, ignoreCase = false): string | null {
    this.call("reset");
    const isGood = this.call("compile", ...this.pass(pattern), Number(ignoreCase)) !== 0;
    return isGood ? null : (this.text(this.call("problem")) ?? "");
  }

  /** How many groups capture. */
  get groups(): number {
    return this.call("groups");
  }

  groupNamed(name: string): number {
    this.call("reset");
    return this.call("groupNamed", ...this.pass(name));
  }

  matches(text: Input): boolean {
    this.call("reset");
    return this.call("matches", ...this.pass(text)) !== 0;
  }

  /** The captures of the first match from `from` on; null: there is none. */
  search(text: Input, from = 0): Captures | null {
    this.call("reset");
    return this.call("search", ...this.pass(text), from) === 0 ? null : this.captures();
  }

  /** The captures when the whole text matches; null: it does not. */
  fullCapture(text: Input): Captures | null {
    this.call("reset");
    return this.call("fullCapture", ...this.pass(text)) === 0 ? null : this.captures();
  }

  /** As `search`, or with `whole` as `fullCapture`, by the engine for long texts. */
  followThreads(text: Input, from: number, whole: boolean): Captures | null {
    this.call("reset");
    if (this.call("followThreads", ...this.pass(text), from, Number(whole)) === 0) return null;
    return this.readCaptures((group, side) => this.call("slot", group * 2 + side));
  }

  /** Every match in `text` replaced; throws when the rewrite is refused. */
  replaceAll(text: Input, rewrite: string): Uint8Array {
    const problem = this.rewriteProblem(rewrite);
    if (problem !== null) throw new Error(problem);
    return this.read(this.call("replaceAll", ...this.pass(text))) ?? new Uint8Array();
  }

  /** Prepares a rewrite: null, or what is wrong with it. */
  rewriteProblem(rewrite: string): string | null {
    this.call("reset");
    return this.text(this.call("setRewrite", ...this.pass(rewrite)));
  }

  /** Runs an export again and again with the same text, within the module: nanoseconds. */
  repeat(name: "matches" | "search" | "fullCapture", text: Input, times: number): number {
    this.call("reset");
    const [ptr, length] = this.pass(text);
    const call = this.exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) call(ptr, length, 0);
    return Number(process.hrtime.bigint() - start);
  }

  private captures(): Captures {
    return this.readCaptures((group, side) => this.call(side === 0 ? "captureStart" : "captureEnd", group));
  }

  private readCaptures(read: (group: number, side: 0 | 1) => number): Captures {
    return Array.from({ length: this.groups + 1 }, (_, group) => {
      const start = read(group, 0);
      return start < 0 ? null : [start, read(group, 1)];
    });
  }

  // With a byte behind the input that no matcher may look at and be content with.
  private pass(input: Input): [ptr: number, length: number] {
    const bytes = toBytes(input);
    return [this.put(bytes, Buffer.from("a")), bytes.length];
  }
}
