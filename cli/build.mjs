/**
 * `npm run build [-- --watch]`: compiles every module that changed to `build/`, and prints a table. With `--watch` it
 * stays and builds again whenever a source changes.
 */
import { existsSync, watch } from "node:fs";
import process from "node:process";
import { fail, prepare } from "./setup.mjs";

const WATCHED = ["assembly", "examples"];

/** Editors write a file in several steps; wait until they are done. */
const SETTLE_MILLISECONDS = 150;

await prepare();
// Imported only now: the compiler is a package, and packages may just have been installed.
const { build } = await import("./build/build.mjs");
const { table } = await import("./build/report.mjs");

const unknown = process.argv.slice(2).filter((argument) => argument !== "--watch");
if (unknown.length > 0) fail(`build: unknown argument ${unknown.join(" ")}\nusage: npm run build [-- --watch]`);

const ok = await buildOnce();
if (process.argv.includes("--watch")) watchSources();
else process.exitCode = ok ? 0 : 1;

async function buildOnce() {
  const results = await build();
  console.log(table(results));
  const failed = results.filter(({ error }) => error !== undefined);
  if (failed.length > 0) console.error(`${failed.length} of ${results.length} modules failed.`);
  return failed.length === 0;
}

function watchSources() {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let building = Promise.resolve(true);
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(buildOnce);
    }, SETTLE_MILLISECONDS);
  };
  for (const folder of WATCHED.filter((name) => existsSync(name))) watch(folder, { recursive: true }, changed);
  watch("asconfig.json", changed);
  console.log(`Watching ${WATCHED.join(", ")}; Ctrl-C ends.`);
}
