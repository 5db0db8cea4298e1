/**
 * A vitest reporter that writes what `npm test` adds up, as JSON, to the file named by the environment: also while the tests
 * run, so that of a run that hangs it is known where. A test that fails is named at once; vitest itself waits for its file.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";

/** Environment variable that names the file. */
export const COUNTS_FILE = "WAYPOST_TEST_COUNTS";

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed   tests, files that could not be loaded, and errors outside of tests
 * @property {string[]} skipped  each with its reason
 * @property {string[]} [unfinished]  tests and hooks that run; where there are none of a file, the file
 */

/** @typedef {import("vitest/node").Reporter} Reporter */

/** @implements {Reporter} */
export default class CountsReporter {
  /** @type {Counts} */
  #counts = { passed: 0, failed: 0, skipped: [] };
  /** What runs now, by file. @type {Map<string, string>} */
  #running = new Map();

  /** @param {import("vitest/node").TestModule} module */
  onTestModuleQueued(module) {
    this.#begin(module, "");
  }

  /** @param {import("vitest/node").ReportedHookContext} hook */
  onHookStart({ name, entity }) {
    if ("relativeModuleId" in entity) this.#begin(entity, name);
    else this.#begin(entity.module, `${entity.fullName}: ${name}`);
  }

  /** @param {import("vitest/node").TestCase} test */
  onTestCaseReady(test) {
    this.#begin(test.module, test.fullName);
  }

  /** @param {import("vitest/node").TestCase} test */
  onTestCaseResult(test) {
    count(test, this.#counts);
    if (test.result().state === "failed") console.error(`failed: ${test.module.relativeModuleId} > ${test.fullName}`);
    this.#write();
  }

  /** @param {import("vitest/node").TestModule} module */
  onTestModuleEnd(module) {
    this.#counts.failed += suiteErrors(module);
    this.#running.delete(module.relativeModuleId);
    this.#write();
  }

  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    this.#counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      this.#counts.failed += suiteErrors(module);
      for (const test of module.children.allTests()) count(test, this.#counts);
    }
    this.#running.clear();
    this.#write();
  }

  /** @param {import("vitest/node").TestModule} module  @param {string} what */
  #begin(module, what) {
    this.#running.set(module.relativeModuleId, what);
    this.#write();
  }

  #write() {
    const file = process.env[COUNTS_FILE];
    if (file === undefined) return;
    const unfinished = Array.from(this.#running, ([name, what]) => (what === "" ? name : `${name} > ${what}`));
    writeFileSync(file, JSON.stringify({ ...this.#counts, unfinished }));
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
