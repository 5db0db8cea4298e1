/** Runs conformance cases (`host-tests/host/conformance/cases.ts`) in a real Envoy: one process, a listener for each case. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ConformanceCase } from "../../host-tests/host/conformance/case.ts";
import type { ConformanceRecord } from "../../host-tests/host/conformance/record.ts";
import { PROBE_MODULE } from "../../host-tests/host/conformance/recording.ts";
import { type EnvoyLog, EnvoyProcess } from "../harness/index.ts";
import { CaseRun } from "./case-run.ts";
import { conformanceBootstrap } from "./configuration.ts";

const PROBE = fileURLToPath(new URL(path.join("../..", PROBE_MODULE), import.meta.url));

/** So many cases at the same time: they wait more than they work. */
const BATCH = 8;

/** All those modules are compiled before Envoy is ready. */
const READY_TIMEOUT = 60_000;

/** Envoy is ready before its workers have configured the filters. Then nothing is logged for so long. */
const QUIET = 500;

/** Envoy ended while it ran these cases. */
class EnvoyCrashed extends Error {
  constructor(cases: readonly ConformanceCase[], log: EnvoyLog) {
    super(`Envoy ended in one of:\n${cases.map(({ name }) => `  ${name}`).join("\n")}\n${log.tail()}`);
  }
}

/** Records of all cases, by name. Cases that crash Envoy run in processes of their own. */
export async function runConformanceInEnvoy(
  cases: readonly ConformanceCase[],
): Promise<Record<string, ConformanceRecord>> {
  const records = await runTogether(cases.filter(({ crashes }) => crashes !== true));
  for (const test of cases.filter(({ crashes }) => crashes === true)) {
    Object.assign(records, await runCrashing(test));
  }
  return records;
}

async function runCrashing(test: ConformanceCase): Promise<Record<string, ConformanceRecord>> {
  try {
    return await runTogether([test]);
  } catch (error) {
    if (error instanceof EnvoyCrashed) return { [test.name]: { steps: [], crashed: true } };
    throw error;
  }
}

async function runTogether(cases: readonly ConformanceCase[]): Promise<Record<string, ConformanceRecord>> {
  if (cases.length === 0) return {};
  const runs = await Promise.all(cases.map((test, index) => CaseRun.start(test, index)));
  let envoy: EnvoyProcess | undefined;
  try {
    envoy = await EnvoyProcess.start({
      config: (folder) =>
        conformanceBootstrap(
          runs.map((run) => run.place(folder)),
          PROBE,
        ),
      logLevel: "warn",
      componentLogLevel: { wasm: "info" },
      readyTimeout: READY_TIMEOUT,
    });
    await quiet(envoy.log);
    return await recordAll(runs, envoy);
  } finally {
    await envoy?.stop();
    await Promise.all(runs.map((run) => run.stop()));
  }
}

async function recordAll(runs: readonly CaseRun[], envoy: EnvoyProcess): Promise<Record<string, ConformanceRecord>> {
  const records: Record<string, ConformanceRecord> = {};
  for (let start = 0; start < runs.length; start += BATCH) {
    const batch = runs.slice(start, start + BATCH);
    await Promise.all(batch.map(async (run) => (records[run.test.name] = await run.record(envoy))));
    const tests = batch.map(({ test }) => test);
    if (!envoy.running) throw new EnvoyCrashed(tests, envoy.log);
  }
  return records;
}

async function quiet(log: EnvoyLog): Promise<void> {
  let known: number;
  do {
    known = log.lines.length;
    await sleep(QUIET);
  } while (log.lines.length > known);
}
