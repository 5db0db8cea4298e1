/** `npm run image [-- arguments]`: OCI images of the modules, without a container daemon. See cli/image/command.ts. */
import process from "node:process";
import { prepare, runTypeScript } from "./setup.mjs";

await prepare();
const { buildOrFail } = await import("./build/build.mjs");
const { listEntries } = await import("./build/entries.mjs");
const shipped = listEntries().filter(({ kind }) => kind === "filter");
await buildOrFail(shipped.map(({ name }) => name));
process.exitCode = await runTypeScript("cli/image/command.ts", process.argv.slice(2));
