/** `node cli/run.mjs <program.ts> [arguments]`: builds what changed and runs a TypeScript program of this checkout. */
import process from "node:process";
import { fail, prepare, runTypeScript } from "./setup.mjs";

const [program, ...args] = process.argv.slice(2);
if (program === undefined) fail("usage: node cli/run.mjs <program.ts> [arguments]");

await prepare();
const { buildOrFail } = await import("./build/build.mjs");
await buildOrFail();
process.exitCode = await runTypeScript(program, args);
