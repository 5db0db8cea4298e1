/** A thread that compiles one module: the entry is its data, the answer its message. */
import { parentPort, workerData } from "node:worker_threads";
import { compile } from "./compile.mjs";

/** @typedef {{ compiled: import("./compile.mjs").Compiled } | { error: string }} Answer */

parentPort?.postMessage(await answer(/** @type {import("./entries.mjs").Entry} */ (workerData)));

/** @returns {Promise<Answer>} */
async function answer(/** @type {import("./entries.mjs").Entry} */ entry) {
  try {
    return { compiled: await compile(entry) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
