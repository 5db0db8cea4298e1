/** A vitest reporter that writes what `npm test` adds up, as JSON, to the file named by the environment. */
import { writeFileSync } from "node:fs";
import process from "node:process";

/** Environment variable that names the file. */
export const COUNTS_FILE = "WAYPOST_TEST_COUNTS";

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed   tests, files that could not be loaded, and errors outside of tests
 * @property {string[]} skipped  each with its reason
 */

/** @typedef {import("vitest/node").Reporter} Reporter */

/** @implements {Reporter} */
export default class CountsReporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      counts.failed += suiteErrors(module);
      for (const test of module.children.allTests()) count(test, counts);
    }
    const file = process.env[COUNTS_FILE];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}

/** Errors of a file or of hooks, which belong to no test. */
function suiteErrors(/** @type {import("vitest/node").TestModule} */ module) {
  let errors = module.errors().length;
  for (const suite of module.children.allSuites()) errors += suite.errors().length;
  return errors;
}

function count(/** @type {import("vitest/node").TestCase} */ test, /** @type {Counts} */ counts) {
  const result = test.result();
  if (result.state === "passed") counts.passed += 1;
  else if (result.state === "failed") counts.failed += 1;
  else if (result.state === "skipped") {
    counts.skipped.push(`${test.module.relativeModuleId} > ${test.fullName}: ${result.note ?? "no reason given"}`);
  }
  // A test that never came to its turn: the run was cut short.
  else counts.failed += 1;
}
