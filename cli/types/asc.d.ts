import type { Transform } from "./transform.d.ts";

/**
 * What we use of the AssemblyScript compiler's interface. Its own types declare the globals of AssemblyScript (`i32`,
 * `console`, `memory`, …) for whole programs, where they would hide those of Node.
 */

/** Reads, writes and lists files in the compiler's place; a missing file is null. */
export interface CompilerOptions {
  readFile?(file: string, baseDir: string): Promise<string | null> | string | null;
  writeFile?(file: string, contents: Uint8Array | string, baseDir: string): void;
  listFiles?(folder: string, baseDir: string): Promise<string[] | null> | string[] | null;
  /** Classes of transforms (`assemblyscript/transform`). */
  transforms?: (new () => Transform)[];
}

export interface CompilerResult {
  error: Error | null;
  stdout: { toString(): string };
  stderr: { toString(): string };
}

declare const asc: {
  /** Runs the compiler with command line arguments. Does not throw: an error is in the result. */
  main(args: string[], options?: CompilerOptions): Promise<CompilerResult>;
};
export default asc;
