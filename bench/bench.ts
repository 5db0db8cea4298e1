/**
 * `npm run bench`: what a request costs in Envoy with each filter, beside Envoy's own. See docs/performance.md.
 *
 * It compares and prints; it never fails because something is slow.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import path from "node:path";
import process from "node:process";
import { Command } from "commander";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { BARE, HEADER_RUST, type BenchGroup } from "./case.ts";
import { benchGroups } from "./cases.ts";
import { findLoadGenerator, type LoadGenerator } from "./load.ts";
import { measureCpu, measureMemory, type Progress, type Settings } from "./measure.ts";
import { meshCases, WITHOUT_FILTERS, type MeshCase } from "./mesh-cases.ts";
import { measureMesh, type MeshSettings } from "./mesh-measure.ts";
import { PAGE, writePage } from "./page.ts";
import { report } from "./report.ts";
import { buildRustFilter, type RustFilter } from "./rust.ts";
import {
  ALGORITHMS_WITH_GOAL,
  evaluate,
  SIZE_LIMITS,
  type Measured,
  type Results,
  type SizeResult,
} from "./results.ts";

interface Options {
  quick?: boolean;
  only?: string;
  json?: boolean;
  write?: boolean;
  from?: string;
}

const FULL: Record<BenchGroup["name"], Settings> = {
  filters: { rounds: 7, seconds: 2, warmUp: true, connections: 8 },
  policies: { rounds: 7, seconds: 2, warmUp: true, connections: 8 },
  metrics: { rounds: 7, seconds: 2, warmUp: true, connections: 8 },
  // Many cases, and what is measured is large: shorter rounds will do.
  algorithms: { rounds: 7, seconds: 1, warmUp: true, connections: 8 },
};
/**
 * The rate of latencies: of a waypoint's CPU, a tenth at most, and of a machine with two CPUs a quarter, with all else that a
 * request meets. So nothing waits in a queue.
 */
const MESH: MeshSettings = { rounds: 5, seconds: 1, connections: 8, rate: 500, workers: [1, 2] };
const MESH_QUICK: MeshSettings = { ...MESH, rounds: 2 };
const QUICK: Settings = { rounds: 3, seconds: 1, warmUp: false, connections: 8 };
const RESULTS_FOLDER = "bench/results";

await new Command("npm run bench --")
  .description("Measures the CPU that a request costs in Envoy with each filter, and the memory of each.")
  .option("--quick", "some three minutes, for a first look only: fewer rounds, and the algorithms that have a goal")
  .option("--only <pattern>", `only cases whose name matches this regular expression, and ${BARE}`)
  .option("--json", "print the results as JSON in place of the tables")
  .option("--write", `put the results of a full run into ${PAGE}`)
  .option("--from <file>", "measure nothing, take the results from a file of bench/results")
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });

async function run({ quick = false, only = "", json = false, write = false, from }: Options): Promise<void> {
  if (write && from === undefined && (quick || only !== "")) throw new Error("--write is for full runs");
  const results = from === undefined ? await measured(quick, only) : resultsIn(from);
  if (write && !results.quotable) throw new Error(`${from ?? ""}: not a full run`);
  if (write) await writePage(results);
  process.stdout.write(`${json ? JSON.stringify(results, null, 1) : report(results)}\n`);
  if (from === undefined) process.stderr.write(`\n${save(results)}\n`);
}

async function measured(quick: boolean, only: string): Promise<Results> {
  if (process.platform !== "linux") throw new Error("CPU time is read from /proc, which only Linux has");
  const envoy = await findEnvoy();
  const load = findLoadGenerator();
  const settingsOf = ({ name }: BenchGroup) => (quick ? QUICK : FULL[name]);
  const pattern = new RegExp(only);
  const rust = rustFilter(pattern);
  process.stderr.write("signing tokens\n");
  const groups = matching(benchGroups(rust, quick ? ALGORITHMS_WITH_GOAL : undefined), pattern);
  const inMesh = matchingInMesh(pattern);
  if (groups.length === 0 && inMesh.length === 0) throw noSuchCase(rust, only);
  const meshSettings = quick ? MESH_QUICK : MESH;
  const progress = startProgress(groups, settingsOf, inMesh, meshSettings);
  const results: Results = {
    date: new Date().toISOString(),
    quotable: !quick && only === "",
    loadGenerator: load.name,
    versions: { envoy: envoy.version, node: process.versions.node, ...ownVersion() },
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, kernel: release() },
    groups: [],
    sizes: sizes(),
  };
  for (const group of groups) {
    const settings = settingsOf(group);
    const cases = await measure(group, load, settings, progress.show);
    results.groups.push({ ...evaluate(group.name, cases, group.absent), settings });
  }
  if (inMesh.length > 0) {
    const cases = await measureMesh(inMesh, load, meshSettings, progress.show);
    results.mesh = { settings: meshSettings, cases };
  }
  progress.end();
  return results;
}

/** The rival that has to be built first, when it is asked for. */
function rustFilter(pattern: RegExp): RustFilter {
  if (!pattern.test(HEADER_RUST)) return { reason: "not asked for" };
  process.stderr.write("building the filter of the Rust SDK\n");
  const rust = buildRustFilter();
  if ("reason" in rust) process.stderr.write(`not measured: ${HEADER_RUST}: ${rust.reason}\n`);
  return rust;
}

/** The groups with those of their cases that match; groups without any left out. */
function matching(groups: readonly BenchGroup[], pattern: RegExp): BenchGroup[] {
  return groups
    .map((group) => ({
      ...group,
      cases: group.cases.filter(({ name }) => name === BARE || pattern.test(name)),
      absent: group.absent.filter(({ name }) => pattern.test(name)),
    }))
    .filter(({ cases }) => cases.length > 1);
}

/** The cases in a mesh that match, with the one that they are compared with; or none. */
function matchingInMesh(pattern: RegExp): MeshCase[] {
  const all = meshCases();
  if (!all.some(({ name }) => pattern.test(name))) return [];
  return all.filter(({ name }) => name === WITHOUT_FILTERS || pattern.test(name));
}

function noSuchCase(rust: RustFilter, only: string): Error {
  const names = [...benchGroups(rust).flatMap(({ cases }) => cases), ...meshCases()].map(({ name }) => name);
  return new Error(`--only ${only}: no such case; there are ${[...new Set(names)].join(", ")}`);
}

async function measure(
  group: BenchGroup,
  load: LoadGenerator,
  settings: Settings,
  progress: Progress,
): Promise<Measured[]> {
  const costs = await measureCpu(group, load, settings, progress);
  const all: Measured[] = [];
  for (const one of group.cases) {
    const { name, title, rivals, measuresMemory } = one;
    if (measuresMemory) progress(`memory: ${name}`);
    const memory = measuresMemory ? await measureMemory(one, load, settings) : undefined;
    all.push({ name, title, rivals, costs: costs.get(name) ?? [], memory });
  }
  return all;
}

function sizes(): SizeResult[] {
  return Object.entries(SIZE_LIMITS).map(([module, limit]) => {
    const { size } = statSync(path.join("build", `${module}.wasm`));
    return { module, bytes: size, limit };
  });
}

/** One line that says how far the run is: on a terminal it replaces itself, elsewhere each part has one. */
function startProgress(
  groups: readonly BenchGroup[],
  settingsOf: (group: BenchGroup) => Settings,
  inMesh: readonly MeshCase[],
  mesh: MeshSettings,
): { show: Progress; end: () => void } {
  const seconds = groups.map((group) => {
    const { rounds, seconds: load, warmUp } = settingsOf(group);
    const memory = group.cases.filter(({ measuresMemory }) => measuresMemory).length;
    return (group.cases.length * (rounds + (warmUp ? 1 : 0)) + memory) * (load + 0.2);
  });
  const loads = inMesh.length * mesh.workers.length * (2 * mesh.rounds + 1);
  const total = seconds.reduce((sum, one) => sum + one, loads * (mesh.seconds + 0.3));
  const minutes = Math.ceil(total / 60);
  const count = groups.reduce((sum, { cases }) => sum + cases.length, inMesh.length);
  process.stderr.write(`${count} cases, about ${minutes} min\n`);
  const live = process.stderr.isTTY;
  let part = "";
  const show = (what: string) => {
    const [next = ""] = what.split(":");
    if (live) process.stderr.write(`\r\x1b[K${what}`);
    else if (next !== part) process.stderr.write(`${next}\n`);
    part = next;
  };
  const end = () => {
    if (live) process.stderr.write("\r\x1b[K");
  };
  return { show, end };
}

function ownVersion(): Record<string, string> {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  try {
    const commit = execFileSync("git", ["describe", "--always", "--dirty"], { stdio: ["ignore", "pipe", "ignore"] });
    return { waypost: version, commit: commit.toString().trim() };
  } catch {
    // Not a checkout, or no git.
    return { waypost: version };
  }
}

function save(results: Results): string {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const file = path.join(RESULTS_FOLDER, `${results.date.replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  return file;
}

/** The results of an earlier run, judged by today's goals. JSON has null for what is not a number. */
function resultsIn(file: string): Results {
  const revive = (_key: string, value: unknown) => value ?? Number.NaN;
  const results = JSON.parse(readFileSync(file, "utf8"), revive) as Results;
  const groups = results.groups.map(({ name, cases, absent, settings }) => ({
    ...evaluate(name, cases, absent),
    settings,
  }));
  return { ...results, groups };
}
