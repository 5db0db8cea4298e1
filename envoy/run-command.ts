/** Runs helper programs, bounded in time. */
import { spawn } from "node:child_process";

export interface RunOptions {
  /** Longest run, in milliseconds; default 10 minutes. */
  timeout?: number;
  /** The run is given up when no output matches `pattern` within so many milliseconds. */
  firstSign?: { pattern: RegExp; within: number };
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** The folder to run in; default: that of this process. */
  cwd?: string;
}

const DEFAULT_TIMEOUT = 600_000;
const SHOWN_LINES = 3;

/**
 * Runs a program to its end and gives what it wrote to standard output and standard error.
 *
 * Rejects with an Error of one line when it cannot be started, fails, or takes too long.
 */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { timeout = DEFAULT_TIMEOUT, firstSign, env = process.env, cwd } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env, cwd });
    let output = "";
    const giveUp = (why: string) => {
      finish(new Error(`${command}: ${why}`));
      child.kill("SIGKILL");
    };
    const limit = setTimeout(() => giveUp(`took longer than ${timeout / 1_000} s`), timeout);
    const sign =
      firstSign && setTimeout(() => giveUp(`nothing came within ${firstSign.within / 1_000} s`), firstSign.within);
    const finish = (error?: Error) => {
      clearTimeout(limit);
      clearTimeout(sign);
      if (error === undefined) resolve(output);
      else reject(error);
    };
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (firstSign?.pattern.test(output)) clearTimeout(sign);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", (error) => finish(new Error(`${command}: ${error.message}`)));
    child.on("close", (code) => {
      finish(code === 0 ? undefined : new Error(`${command}: ${lastLines(output) || `ended with code ${code}`}`));
    });
  });
}

function lastLines(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .slice(-SHOWN_LINES)
    .join(" / ");
}
