/**
 * What every entry script does first: looks at the Node version and installs the packages when they are missing or older
 * than package-lock.json. Plain JavaScript without imports from packages, so that it runs straight after `git clone`.
 */
import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The oldest Node that runs Waypost and its tools, as in package.json. */
const MIN_NODE = [20, 19];

/** Folder of the checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Makes the checkout ready to run and makes it the working folder. Ends the process with a clear text when that cannot
 * be done.
 */
export async function prepare() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [minMajor = 0, minMinor = 0] = MIN_NODE;
  if (major < minMajor || (major === minMajor && minor < minMinor)) {
    fail(`Waypost needs Node ${MIN_NODE.join(".")} or later; this is Node ${process.versions.node}.`);
  }
  process.chdir(root);
  if (packagesAreCurrent()) return;
  const started = Date.now();
  process.stderr.write("Installing packages (npm ci) ...\n");
  const code = await run(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0) fail("npm ci failed; see above. It needs the npm registry (or a mirror set with `npm config`).");
  process.stderr.write(`Packages installed in ${seconds(Date.now() - started)}.\n`);
}

/** npm's own copy of the lock file is written last by an install: it dates what is installed. */
function packagesAreCurrent() {
  const installed = path.join(root, "node_modules", ".package-lock.json");
  const wanted = path.join(root, "package-lock.json");
  const installedAt = modifiedAt(installed);
  if (installedAt === 0) return false;
  return installedAt >= modifiedAt(wanted) || samePackages(installed, wanted);
}

/** A checkout or a touch makes the lock file newer without changing what it asks for. */
function samePackages(/** @type {string} */ installed, /** @type {string} */ wanted) {
  const have = readLock(installed);
  const want = readLock(wanted);
  for (const [name, entry] of Object.entries(want)) {
    // The root has no entry; packages for other platforms are not installed.
    if (name === "" || (entry.optional && have[name] === undefined)) continue;
    if (have[name]?.version !== entry.version || have[name]?.integrity !== entry.integrity) return false;
  }
  return true;
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockEntry */

function readLock(/** @type {string} */ file) {
  return /** @type {{ packages: { [name: string]: LockEntry } }} */ (JSON.parse(readFileSync(file, "utf8"))).packages;
}

function modifiedAt(/** @type {string} */ file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The npm command. */
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/**
 * Runs a program to its end with this terminal.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, limit?: number }} [options]  `limit`: milliseconds after which it is ended, with all
 *   that it started
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it
 */
export function run(command, args, { env = process.env, limit } = {}) {
  return new Promise((resolve, reject) => {
    // In a group of its own it can be ended with all that it started.
    const detached = limit !== undefined;
    const child = spawn(command, args, { stdio: "inherit", cwd: root, env, detached });
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      if (!detached) child.kill(signal);
      else if (child.pid !== undefined) process.kill(-child.pid, signal);
    };
    const timer = limit === undefined ? undefined : setTimeout(() => stop("SIGKILL"), limit);
    // Ctrl-C reaches the whole foreground group; the child decides when it has cleaned up, and we wait for it.
    const interrupt = () => detached && stop("SIGINT");
    const forward = () => stop("SIGTERM");
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", forward);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", forward);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a TypeScript program of this checkout with tsx.
 *
 * @param {string} program path from the checkout's folder
 * @param {string[]} args
 */
export function runTypeScript(program, args) {
  // tsx follows the paths of tsconfig.json, which lead to types and not to what runs.
  const env = { ...process.env, TSX_TSCONFIG_PATH: path.join(root, "cli", "tsconfig.run.json") };
  return run(process.execPath, ["--import", "tsx", program, ...args], { env });
}

/**
 * Runs the command line program of an installed package.
 *
 * @param {string} name of the package
 * @param {string[]} args
 * @param {{ program?: string, limit?: number }} [options]  `program`: its name, when it is not that of the package;
 *   `limit`: milliseconds after which it is ended
 */
export function runPackage(name, args, { program = name, ...options } = {}) {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = /** @type {{ bin: string | { [name: string]: string } }} */ (
    JSON.parse(readFileSync(manifest, "utf8"))
  );
  const script = typeof bin === "string" ? bin : bin[program];
  if (script === undefined) throw new Error(`the package ${name} has no program ${program}`);
  return run(process.execPath, [path.join(path.dirname(manifest), script), ...args], options);
}

/** `2345` as `2.3 s`. */
export function seconds(/** @type {number} */ milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** @returns {never} */
export function fail(/** @type {string} */ message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
