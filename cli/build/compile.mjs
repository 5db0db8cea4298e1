/** Compiles one module with the AssemblyScript compiler, and notes every file that the compiler looked at. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import asc from "assemblyscript/asc";
import CallbackExports from "../callback-exports.mjs";
import { sha256 } from "./cache.mjs";
import { checkModule } from "./module-check.mjs";

/** The compiler says so when its last optimization gained nothing, which is how each `converge` ends. */
const CONVERGENCE_NOTE = /^Last converge was suboptimal\.$/gm;

/**
 * @typedef {object} Compiled
 * @property {Uint8Array} wasm
 * @property {{ [file: string]: string | null }} inputs  hash of each file that was read; null: looked for, not there
 * @property {string} warnings  the compiler's text, empty when it had nothing to say
 */

/**
 * Compiles `entry`. Throws an Error whose message is what the compiler, or our check of the module, has to say.
 *
 * @param {import("./entries.mjs").Entry} entry
 * @returns {Promise<Compiled>}
 */
export async function compile(entry) {
  /** @type {Compiled["inputs"]} */
  const inputs = {};
  /** @type {Uint8Array | undefined} */
  let wasm;

  const args = [entry.source, "--config", entry.config, "--outFile", entry.output];
  if (entry.simd) args.push("--enable", "simd");

  const { error, stderr } = await asc.main(args, {
    async readFile(file, baseDir) {
      const name = path.join(baseDir, file);
      const text = await readFile(name, "utf8").catch(() => null);
      inputs[path.relative(".", name)] = text === null ? null : sha256(text);
      return text;
    },
    // By the compiler's interface, because in asconfig.json it takes no path relative to that file.
    transforms: [CallbackExports],
    writeFile(file, contents) {
      if (file === entry.output && typeof contents !== "string") wasm = contents;
    },
  });

  const said = stderr.toString().replace(CONVERGENCE_NOTE, "").trim();
  if (error || wasm === undefined) throw new Error(said || error?.message || "the compiler gave no module");
  const problems = checkModule(wasm, entry.kind);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${entry.output}: ${problem}`).join("\n"));
  return { wasm, inputs, warnings: said };
}
