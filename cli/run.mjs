/**
 * `node cli/run.mjs [--filters] <program.ts> [arguments]`: builds what changed, or of that the filters alone, and runs a TypeScript
 * program of this checkout.
 */
import process from "node:process";
import { fail, prepare, runTypeScript } from "./setup.mjs";

const FILTERS = "--filters";
const given = process.argv.slice(2);
const [program, ...args] = given[0] === FILTERS ? given.slice(1) : given;
if (program === undefined) fail(`usage: node cli/run.mjs [${FILTERS}] <program.ts> [arguments]`);

await prepare();
const { buildOrFail } = await import("./build/build.mjs");
const { listEntries } = await import("./build/entries.mjs");
const filters = listEntries().filter(({ kind, name }) => kind === "filter" && !name.endsWith(".scalar"));
await buildOrFail(given[0] === FILTERS ? filters.map(({ name }) => name) : undefined);
process.exitCode = await runTypeScript(program, args);
