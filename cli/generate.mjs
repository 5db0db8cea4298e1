/** `npm run generate`: writes the sources that are made by programs (`cli/generate/`). A test fails when one is out of date. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { prepare } from "./setup.mjs";

await prepare();
// Imported only now: the formatter is a package, and packages may just have been installed.
const { generateAll } = await import("./generate/all.mjs");

for (const [file, text] of await generateAll()) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`${file}: written`);
}
