/** What `npm pack` runs first: makes everything of the package that is not in the checkout. */
import { prepare } from "./setup.mjs";

await prepare();
// Imported only now: they use packages, and packages may just have been installed.
const { buildOrFail } = await import("./build/build.mjs");
const { listEntries } = await import("./build/entries.mjs");
const { buildPackage } = await import("./package/build.mjs");
const shipped = listEntries().filter(({ kind }) => kind === "filter");
await buildOrFail(shipped.map(({ name }) => name));
await buildPackage();
