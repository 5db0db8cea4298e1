/**
 * Finds a program to run, or fetches it: a binary named by an environment variable, one on PATH, a copy fetched before,
 * then whatever else its own places offer. Nothing is installed: what is fetched goes into a cache folder
 * ($WAYPOST_CACHE, else `waypost` in the user's cache folder).
 */
import { access, constants, mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { runCommand } from "./run-command.ts";

/** Milliseconds after which work says that it goes on. */
const PATIENCE = 1_000;

/** A program that ran with `--version`. */
export interface Program {
  /** Absolute path of the binary. */
  path: string;
  /** `1.40.0` */
  version: string;
  /** Where it comes from, as words for people: `ENVOY_BIN`, `PATH`, `cache`, … */
  source: string;
}

export interface FindOptions {
  /** Takes a line of progress when something takes longer than a second; default: standard error. */
  progress?: (line: string) => void;
  env?: NodeJS.ProcessEnv;
}

/** What a place is given. */
export interface Search {
  env: NodeJS.ProcessEnv;
  /** Where fetched binaries of this program are kept. */
  cache: string;
  progress: (line: string) => void;
}

/** One place to look. Gives the binary's path, or throws an Error that says why there is none. */
export interface Place {
  source: string;
  look: (search: Search) => Promise<string>;
}

/** How one program is found. */
export interface Finder {
  /** As people write it, with its article: `an Envoy`. */
  what: string;
  /** The folder's name in the cache. */
  name: string;
  /** The environment variable that names a binary. */
  variable: string;
  /** Runs the binary and gives its version; rejects when it is not the program. */
  versionOf: (binary: string) => Promise<string>;
  /** In the order in which they are looked at. */
  places: readonly Place[];
  /** A sentence: what to install when there is none. */
  advice: string;
}

/**
 * Looks for a program in its order of places.
 *
 * Rejects with one Error that lists what was tried and what to install. A variable that names a binary that does not run
 * is an error at once: who names a binary wants no other.
 */
export async function searchProgram(finder: Finder, options: FindOptions = {}): Promise<Program> {
  const { progress = toStandardError, env = process.env } = options;
  const { what, name, variable, versionOf, places, advice } = finder;
  const named = env[variable];
  if (named) {
    const version = await versionOf(named).catch((error: unknown) => {
      throw new Error(`${variable} does not name ${what} that runs: ${(error as Error).message}`);
    });
    return { path: path.resolve(named), version, source: variable };
  }

  const search = { env, cache: path.join(cacheFolder(env), name), progress };
  const tried = [`${variable}: not set`];
  for (const { source, look } of places) {
    try {
      const binary = await look(search);
      return { path: binary, version: await versionOf(binary), source };
    } catch (error) {
      tried.push(`${source}: ${(error as Error).message}`);
    }
  }
  const bare = what.replace(/^an? /, "");
  throw new Error(`No ${bare} was found. Tried:\n${tried.map((line) => `  ${line}`).join("\n")}\n${advice}`);
}

/** The folder below which Waypost keeps what it fetches. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["WAYPOST_CACHE"];
  if (own) return path.resolve(own);
  const user =
    process.platform === "darwin" ? path.join(homedir(), "Library", "Caches") : path.join(homedir(), ".cache");
  return path.join(env["XDG_CACHE_HOME"] || user, "waypost");
}

/** The first executable file of this name on PATH; rejects when there is none. */
export async function firstOnPath(env: NodeJS.ProcessEnv, name: string): Promise<string> {
  for (const folder of (env["PATH"] ?? "").split(path.delimiter).filter((entry) => entry !== "")) {
    const binary = path.resolve(folder, name);
    if (await isExecutable(binary)) return binary;
  }
  throw new Error(`no ${name}`);
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Whether a version (`1.40.0`, `2.42.0+ds`) comes before one given as numbers. */
export function isOlder(version: string, [oldestMajor, oldestMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/**
 * Fetches into a folder of its own in the cache, which is removed afterwards: `fetch` moves what it wants kept, once that is
 * whole and runs, into place.
 *
 * @param what  words for people, shown when it takes longer: `Downloading Envoy 1.40.0`
 */
export async function fetchIn<T>(search: Search, what: string, fetch: (folder: string) => Promise<T>): Promise<T> {
  const { cache, progress } = search;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, "fetch-"));
  try {
    return await withProgress(what, progress, () => fetch(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withProgress<T>(what: string, progress: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const timer = setTimeout(() => progress(`${what} ...`), PATIENCE);
  try {
    const result = await work();
    const took = performance.now() - started;
    if (took > PATIENCE) progress(`${what}: done in ${(took / 1_000).toFixed(1)} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** The first of several commands that runs with these arguments. */
export async function firstThatRuns(
  commands: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const reasons: string[] = [];
  for (const command of commands) {
    try {
      await runCommand(command, args, { timeout: 30_000, env });
      return command;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(reasons.join("; "));
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
