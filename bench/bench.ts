/**
 * `npm run bench`: what a request costs in Envoy with each filter, beside Envoy's own. See docs/performance.md.
 *
 * It compares and prints; it never fails because something is slow.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import path from "node:path";
import process from "node:process";
import { Command } from "commander";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { BARE, benchCases, type BenchCase } from "./cases.ts";
import { findLoadGenerator, type LoadGenerator } from "./load.ts";
import { measureCpu, measureMemory, type Progress, type Settings } from "./measure.ts";
import { report } from "./report.ts";
import { evaluate, type Measured, type Results } from "./results.ts";

interface Options {
  quick?: boolean;
  only?: string;
  json?: boolean;
}

const FULL: Settings = { rounds: 9, seconds: 2, warmUp: true, connections: 8 };
const QUICK: Settings = { rounds: 3, seconds: 1, warmUp: false, connections: 8 };
const RESULTS_FOLDER = "bench/results";

await new Command("npm run bench --")
  .description("Measures the CPU that a request costs in Envoy with each filter, and the memory of each.")
  .option("--quick", "under a minute, for a first look only")
  .option("--only <pattern>", `only cases whose name matches this regular expression, and ${BARE}`)
  .option("--json", "print the results as JSON in place of the table")
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });

async function run({ quick = false, only = "", json = false }: Options): Promise<void> {
  if (process.platform !== "linux") throw new Error("CPU time is read from /proc, which only Linux has");
  const settings = quick ? QUICK : FULL;
  const cases = chosen(benchCases({ withPool: !quick }), new RegExp(only));
  const envoy = await findEnvoy();
  const load = findLoadGenerator();

  const progress = startProgress(cases, settings);
  const measured = await measure(cases, load, settings, progress.show);
  progress.end();

  const results: Results = {
    date: new Date().toISOString(),
    quotable: !quick,
    settings: { ...settings, loadGenerator: load.name },
    versions: { envoy: envoy.version, node: process.versions.node, ...ownVersion() },
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, kernel: release() },
    ...evaluate(measured),
  };
  const file = save(results);
  process.stdout.write(json ? `${JSON.stringify(results, null, 1)}\n` : `${report(results)}\n\n${file}\n`);
}

function chosen(cases: readonly BenchCase[], pattern: RegExp): BenchCase[] {
  const some = cases.filter(({ name }) => name === BARE || pattern.test(name));
  if (some.length > 1) return some;
  throw new Error(`--only ${pattern.source}: no such case; there are ${cases.map(({ name }) => name).join(", ")}`);
}

async function measure(
  cases: readonly BenchCase[],
  load: LoadGenerator,
  settings: Settings,
  progress: Progress,
): Promise<Measured[]> {
  const costs = await measureCpu(cases, load, settings, progress);
  const measured: Measured[] = [];
  for (const one of cases) {
    const { name, title, algorithm, measuresMemory } = one;
    if (measuresMemory) progress(`memory: ${name}`);
    measured.push({
      name,
      title,
      rivals: { cached: "native-cache-rs256", uncached: `native-${algorithm.toLowerCase()}` },
      costs: costs.get(name) ?? [],
      memory: measuresMemory ? await measureMemory(one, load, settings) : undefined,
    });
  }
  return measured;
}

/** One line that says how far the run is: on a terminal it replaces itself, elsewhere each part has one. */
function startProgress(cases: readonly BenchCase[], settings: Settings): { show: Progress; end: () => void } {
  const { rounds, seconds, warmUp } = settings;
  const loads = cases.length * (rounds + (warmUp ? 1 : 0)) + cases.filter((one) => one.measuresMemory).length;
  process.stderr.write(`${cases.length} cases, about ${Math.ceil((loads * (seconds + 0.3)) / 60)} min\n`);
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
