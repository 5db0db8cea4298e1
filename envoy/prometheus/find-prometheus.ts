/**
 * Finds a Prometheus to run, and `promtool` beside it, or fetches both: PROMETHEUS_BIN, `prometheus` on PATH, a copy
 * fetched before, Debian's package unpacked without installing it (an installed one would start a service).
 */
import { mkdir, readdir, rename } from "node:fs/promises";
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
} from "../find-program.ts";
import { runCommand } from "../run-command.ts";

/** Queries at a fixed time within others (`@`) came with it. */
const OLDEST = [2, 33] as const;

/** Milliseconds that apt may take for its package lists, and for the package. */
const APT_TIMEOUT = 180_000;

const FINDER = {
  what: "a Prometheus",
  name: "prometheus",
  variable: "PROMETHEUS_BIN",
  versionOf,
  places: [
    { source: "PATH", look: onPath },
    { source: "cache", look: inCache },
    { source: "Debian package", look: fromDebian },
  ],
  advice: advice(),
};

/** A Prometheus server and its tool. */
export interface Prometheus extends Program {
  /** Absolute path of `promtool`, in the same folder as the server. */
  promtool: string;
}

let found: Promise<Prometheus> | undefined;

/** The Prometheus of this process: looked for once. Rejects as `searchPrometheus` does. */
export function findPrometheus(options: FindOptions = {}): Promise<Prometheus> {
  found ??= searchPrometheus(options);
  return found;
}

/** Looks for a Prometheus in the documented order. Rejects as `searchProgram` does. */
export async function searchPrometheus(options: FindOptions = {}): Promise<Prometheus> {
  const program = await searchProgram(FINDER, options);
  return { ...program, promtool: promtoolOf(program.path) };
}

function promtoolOf(binary: string): string {
  return path.join(path.dirname(binary), "promtool");
}

/** A server that is too old, or that comes without its tool, is none. */
async function versionOf(binary: string): Promise<string> {
  const output = await runCommand(binary, ["--version"], { timeout: 30_000 });
  const version = /^prometheus, version (\d+\.\d+\.\d+\S*) /.exec(output)?.[1];
  if (version === undefined) throw new Error(`${binary} --version does not answer like Prometheus: ${output.trim()}`);
  if (isOlder(version, OLDEST)) throw new Error(`${binary} is ${version}, older than ${OLDEST.join(".")}`);
  const promtool = promtoolOf(binary);
  if (!(await isExecutable(promtool))) throw new Error(`${binary} is there without ${promtool}`);
  return version;
}

async function onPath({ env }: Search): Promise<string> {
  const binary = await firstOnPath(env, "prometheus");
  await versionOf(binary);
  return binary;
}

/** The newest of those kept; their folders are named by version. */
async function inCache({ cache }: Search): Promise<string> {
  const versions = await readdir(cache).catch(() => []);
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const version of newestFirst) {
    const binary = path.join(cache, version, "prometheus");
    if (await isExecutable(binary)) return binary;
  }
  throw new Error(`none in ${cache}`);
}

async function fromDebian(search: Search): Promise<string> {
  const { env, cache } = search;
  if (process.platform !== "linux") throw new Error("Debian's package is for Linux");
  await firstThatRuns(["dpkg-deb"], ["--version"], env);
  return fetchIn(search, "Downloading Debian's package of Prometheus (about 20 MB)", async (folder) => {
    await aptDownload("prometheus", folder, env);
    const file = (await readdir(folder)).find((name) => name.endsWith(".deb"));
    if (file === undefined) throw new Error("apt-get left no package");
    await runCommand("dpkg-deb", ["--extract", path.join(folder, file), folder], { env });
    return keep(path.join(folder, "usr", "bin"), cache);
  });
}

/** Downloads a package, as any user can; root reads the package lists anew when there are none or they are stale. */
async function aptDownload(name: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const options = { cwd: folder, env, timeout: APT_TIMEOUT };
  try {
    await runCommand("apt-get", ["download", name], options);
  } catch (error) {
    if (process.getuid?.() !== 0) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason} (are the package lists there? root gets them by apt-get update)`, { cause: error });
    }
    await runCommand("apt-get", ["update"], options);
    await runCommand("apt-get", ["download", name], options);
  }
}

/** Moves both programs into the cache; the server last, because it is what is looked for there. */
async function keep(folder: string, cache: string): Promise<string> {
  const version = await versionOf(path.join(folder, "prometheus"));
  const kept = path.join(cache, version);
  await mkdir(kept, { recursive: true });
  for (const name of ["promtool", "prometheus"]) await rename(path.join(folder, name), path.join(kept, name));
  return path.join(kept, "prometheus");
}

function advice(): string {
  const byHand = "or name a binary by PROMETHEUS_BIN, with promtool beside it";
  if (process.platform === "darwin") return `Install it with \`brew install prometheus\`, ${byHand}.`;
  return `On Debian or Ubuntu \`apt-get install prometheus\`; elsewhere put prometheus and promtool on PATH, ${byHand}.`;
}
