/** The steps from a saved source to a tested module, each a process of its own: a compiler or a test may crash, or never end. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export interface StepResult {
  ok: boolean;
  /** What it wrote, to standard output and standard error. */
  output: string;
}

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

function runStep(args: readonly string[], signal: AbortSignal): Promise<StepResult> {
  const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...colors },
      signal,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => (output += error.message));
    child.on("close", (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
