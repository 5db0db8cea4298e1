/** `waypost build`: compiles the filter in the working folder. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { seconds } from "../setup.mjs";
import { COMPILER_OPTIONS, readProject, SOURCE } from "./project.ts";

/** The sub-command, for `waypost` to add. */
export function buildCommand(): Command {
  return new Command("build")
    .description("compiles assembly/index.ts to build/<name>.wasm, and checks that Envoy will load it")
    .action(build);
}

/** Compiles, and prints what came out. Rejects with an Error whose message is what the compiler or our check says. */
async function build(): Promise<void> {
  const { name, module } = readProject();
  // Imported only now: the compiler is large, and nothing else of the program needs it.
  const { compile } = await import("../build/compile.mjs");
  const started = performance.now();
  const entry = {
    name,
    source: SOURCE,
    output: module,
    config: COMPILER_OPTIONS,
    simd: false,
    kind: "filter",
  } as const;
  const { wasm, warnings } = await compile(entry);
  if (warnings !== "") console.error(warnings);
  writeWhole(module, wasm);
  console.log(`${module}: ${(wasm.length / 1024).toFixed(1)} KiB in ${seconds(performance.now() - started)}`);
}

/** Moved into place: who reads meanwhile, or writes too, sees the old one or the new one. */
function writeWhole(file: string, content: Uint8Array): void {
  const partial = `${file}.${process.pid}.partial`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(partial, content);
  renameSync(partial, file);
}
