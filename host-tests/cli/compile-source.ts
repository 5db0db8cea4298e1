import { readFile } from "node:fs/promises";
import asc from "assemblyscript/asc";
import CallbackExports from "../../cli/callback-exports.mjs";

/** Where the source appears to be; never written. */
export const ENTRY = "assembly/modules/fixture.ts";

/** A module, when there is one, and what the compiler said. */
interface Compiled {
  wasm?: Uint8Array;
  said: string;
}

/** Compiles a source as if it were a module's entry file; `options` are the compiler's, by default the project's. */
export async function compileSource(source: string, options = ["--config", "asconfig.json"]): Promise<Compiled> {
  const compiled: Compiled = { said: "" };
  const { stderr } = await asc.main([ENTRY, ...options, "-O0", "--outFile", "fixture.wasm", "--noColors"], {
    transforms: [CallbackExports],
    readFile: async (file) => (file === ENTRY ? source : readFile(file, "utf8").catch(() => null)),
    writeFile: (_file, contents) => {
      if (typeof contents !== "string") compiled.wasm = contents;
    },
  });
  compiled.said = stderr.toString();
  return compiled;
}
