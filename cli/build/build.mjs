/** Compiles what changed, on as many threads as there are processors. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fail } from "../setup.mjs";
import { isUpToDate, save, toolchainHash } from "./cache.mjs";
import { listEntries } from "./entries.mjs";
import { Progress } from "./report.mjs";

/** @typedef {import("./entries.mjs").Entry} Entry */
/** @typedef {import("./report.mjs").Result} Result */
/** @typedef {import("./worker.mjs").Answer} Answer */

/**
 * Builds everything that is out of date, and prints what the compiler says.
 *
 * @param {readonly string[]} [names] only these modules
 * @returns {Promise<Result[]>} one for each module there is
 */
export async function build(names) {
  const toolchain = toolchainHash();
  const entries = listEntries().filter(({ name }) => names === undefined || names.includes(name));
  const compiled = await compileAll(
    entries.filter((entry) => !isUpToDate(entry, toolchain)),
    toolchain,
  );
  return entries.map((entry) => compiled.get(entry) ?? { entry, time: 0 });
}

/**
 * Builds as `build` does; ends the process when a module does not compile.
 *
 * @param {readonly string[]} [names]
 */
export async function buildOrFail(names) {
  const failed = (await build(names)).filter(({ error }) => error !== undefined);
  if (failed.length > 0) fail(`The build failed: ${failed.map(({ entry }) => entry.name).join(", ")}.`);
}

async function compileAll(/** @type {Entry[]} */ entries, /** @type {string} */ toolchain) {
  /** @type {Map<Entry, Result>} */
  const results = new Map();
  const progress = new Progress(entries.length);
  const queue = [...entries];

  async function work() {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      progress.start(entry.name);
      const started = performance.now();
      const answer = await compileInThread(entry);
      const time = performance.now() - started;
      const result = "error" in answer ? { entry, time, error: answer.error } : { entry, time };
      results.set(entry, result);
      if ("compiled" in answer) save(entry, answer.compiled.wasm, answer.compiled.inputs, toolchain);
      progress.finish(result, "error" in answer ? answer.error : answer.compiled.warnings);
    }
  }

  await Promise.all(Array.from({ length: Math.min(availableParallelism(), entries.length) }, work));
  progress.end();
  return results;
}

/** One thread a module: a compiler that crashes takes nothing else with it. */
function compileInThread(/** @type {Entry} */ entry) {
  /** @type {Promise<Answer>} */
  const answer = new Promise((resolve) => {
    const worker = new Worker(new URL("./worker.mjs", import.meta.url), { workerData: entry });
    const crashed = (/** @type {unknown} */ reason) => {
      resolve({ error: `the compiler crashed: ${String(reason)}` });
    };
    worker.on("message", resolve);
    worker.on("error", crashed);
    worker.on("exit", crashed);
  });
  return answer;
}
