/**
 * `npm test [-- <pattern>… --only unit|fuzz|e2e|docker]`: check, build, unit tests, a minute of the fuzzer, end-to-end tests
 * with a real Envoy, then with docker compose. Patterns choose test files by their path; with one, or with `--only`, the check
 * is left out. Ends with one line of counts.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { fail, prepare, root, run, runPackage, runTypeScript, seconds } from "./setup.mjs";
import { COUNTS_FILE } from "./test/counts.mjs";

/** Exit code of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** The stages with tests, in their order. */
const STAGES = ["unit", "fuzz", "e2e", "docker"];

/** Minutes that a stage may take. They need a fifth of it; one that hangs ends by this, and says where it hung. */
const LIMIT_MINUTES = 20;

/** How long the fuzzer runs; from another seed each time, which it prints. */
const FUZZ_SECONDS = 60;

const { only, patterns } = readArguments();
await prepare();

/** @type {{ name: string, time: number, ok: boolean }[]} */
const stages = [];
/** @type {import("./test/counts.mjs").Counts} */
const total = { passed: 0, failed: 0, skipped: [] };

if (only === undefined && patterns.length === 0) {
  await stage("check", async () => plain(await run(process.execPath, ["cli/check.mjs"])));
}
const built = await stage("build", async () => plain(await run(process.execPath, ["cli/build.mjs"])));
for (const name of only === undefined ? STAGES : [only]) {
  // The fuzzer has no files to choose from.
  if (name === "fuzz" && patterns.length > 0) continue;
  const work = () => (name === "fuzz" ? fuzz() : testProject(name));
  await stage(name, async () => (built ? work() : { passed: 0, failed: 1, skipped: [] }));
}
summarize();

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
    if (values.only !== undefined && !STAGES.includes(values.only)) {
      fail(`--only ${values.only}: expected one of ${STAGES.join(", ")}`);
    }
    return { only: values.only, patterns: positionals };
  } catch (error) {
    return fail(
      `${error instanceof Error ? error.message : String(error)}\nusage: npm test [-- <pattern> --only ${STAGES.join("|")}]`,
    );
  }
}

/**
 * Runs a stage, adds its counts to the total, and answers whether all is well.
 *
 * @param {string} name
 * @param {() => Promise<import("./test/counts.mjs").Counts>} work
 */
async function stage(name, work) {
  console.log(`\n=== ${name} ===`);
  const started = Date.now();
  const counts = await work();
  const time = Date.now() - started;
  const ok = counts.failed === 0;
  stages.push({ name, time, ok });
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped.push(...counts.skipped);
  console.log(`=== ${name}: ${ok ? "ok" : "FAILED"} in ${seconds(time)} ===`);
  return ok;
}

/** Counts of a stage without tests: as a whole it fails or does not. */
function plain(/** @type {number} */ exitCode) {
  if (exitCode === INTERRUPTED) process.exit(INTERRUPTED);
  return { passed: 0, failed: exitCode === 0 ? 0 : 1, skipped: [] };
}

function testProject(/** @type {string} */ project) {
  const args = [
    "run",
    "--project",
    project,
    "--reporter=default",
    `--reporter=${path.join(root, "cli/test/counts.mjs")}`,
  ];
  if (patterns.length > 0) args.push("--passWithNoTests", ...patterns);
  return counted(() => runPackage("vitest", args, { limit: LIMIT_MINUTES * 60_000 }));
}

function fuzz() {
  return counted(() => runTypeScript("host-tests/fuzz/fuzz.ts", ["--seconds", String(FUZZ_SECONDS)]));
}

/**
 * Runs a program that writes its counts to the file named by the environment.
 *
 * @param {() => Promise<number>} start  gives its exit code
 * @returns {Promise<import("./test/counts.mjs").Counts>}
 */
async function counted(start) {
  const folder = mkdtempSync(path.join(tmpdir(), "waypost-test-"));
  const file = path.join(folder, "counts.json");
  process.env[COUNTS_FILE] = file;
  try {
    const exitCode = await start();
    if (exitCode === INTERRUPTED) process.exit(INTERRUPTED);
    const counts = readCounts(file);
    for (const name of counts.unfinished ?? []) console.log(`did not end: ${name}`);
    return withExitCode(counts, exitCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {import("./test/counts.mjs").Counts} */
function readCounts(/** @type {string} */ file) {
  try {
    return /** @type {import("./test/counts.mjs").Counts} */ (JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { passed: 0, failed: 0, skipped: [] };
  }
}

/** A run that says it failed has failed, also when it crashed before it could count. */
function withExitCode(/** @type {import("./test/counts.mjs").Counts} */ counts, /** @type {number} */ exitCode) {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function summarize() {
  console.log("");
  if (total.passed + total.failed + total.skipped.length === 0) {
    console.log("No test was run: no test file matches.");
    total.failed = 1;
  }
  for (const line of total.skipped) console.log(`skipped: ${line}`);
  for (const { name, time, ok } of stages) {
    console.log(`${name.padEnd(6)} ${seconds(time).padStart(8)}  ${ok ? "ok" : "FAILED"}`);
  }
  const skipped = total.skipped.length === 0 ? "" : `, ${total.skipped.length} skipped`;
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}
