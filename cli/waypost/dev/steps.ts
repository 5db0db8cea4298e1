/** The steps from a saved source to a tested module, each a process of its own: a compiler or a test may crash, or never end. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { runWhenParentDies } from "../../../envoy/harness/watchdog.ts";

export interface StepResult {
  ok: boolean;
  /** What it wrote, to standard output and standard error. */
  output: string;
}

/** Runs until its end, or until it is aborted. */
export type Step = (signal: AbortSignal) => Promise<StepResult>;

/** Runs `waypost build`, until its end or until it is aborted. */
export function runBuild(signal: AbortSignal): Promise<StepResult> {
  const [, program = ""] = process.argv;
  return runStep([...process.execArgv, program, "build"], signal);
}

/** Runs the project's tests once, until their end or until they are aborted. Throws an Error when there is no vitest. */
export function runTests(signal: AbortSignal): Promise<StepResult> {
  return runStep([vitest(), "run"], signal);
}

/** The program of the project's vitest. */
function vitest(): string {
  const require = createRequire(path.resolve("package.json"));
  try {
    const manifest = require.resolve("vitest/package.json");
    const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { vitest: string } };
    return path.join(path.dirname(manifest), bin.vitest);
  } catch (error) {
    throw new Error("vitest is not installed here: `npm install --save-dev vitest` does it", { cause: error });
  }
}

/** Runs Node with these arguments until its end, or until it is aborted: then all that it started ends with it. */
export function runStep(args: readonly string[], signal: AbortSignal): Promise<StepResult> {
  const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...colors },
      // A group of its own: vitest alone would leave the process of a test that never ends.
      detached: true,
    });
    const forget = child.pid === undefined ? () => {} : endWhenAborted(child.pid, signal);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => (output += error.message));
    child.on("close", (code) => {
      forget();
      resolve({ ok: code === 0, output: output.trim() });
    });
  });
}

/** Ends a process group when it is aborted, or when we die. Gives what takes that back: for when it has ended by itself. */
function endWhenAborted(group: number, signal: AbortSignal): () => void {
  const abort = () => kill(group);
  const disarm = runWhenParentDies(["/bin/sh", "-c", `kill -KILL -${group}`], process.env);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  return () => {
    signal.removeEventListener("abort", abort);
    disarm();
  };
}

function kill(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
