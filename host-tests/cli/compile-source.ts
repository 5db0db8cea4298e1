import { readFile } from "node:fs/promises";
import asc from "assemblyscript/asc";
import CallbackExports from "../../cli/callback-exports.mjs";

/** Where the source appears to be; never written. */
export const ENTRY = "assembly/modules/fixture.ts";

/** Compiles a source as if it were a module's entry file, with the project's options, and gives what the compiler says. */
export async function compileSource(source: string): Promise<string> {
  const { stderr } = await asc.main([ENTRY, "--config", "asconfig.json", "-O0", "--noEmit", "--noColors"], {
    transforms: [CallbackExports],
    readFile: async (file) => (file === ENTRY ? source : readFile(file, "utf8").catch(() => null)),
  });
  return stderr.toString();
}
