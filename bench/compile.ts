/** Runs the compilers of others, for the rivals that are built from source. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { cacheFolder } from "../envoy/find-program.ts";

/** The target of Rust without a system interface: part of every toolchain that can compile to Wasm at all. */
export const WASM_TARGET = "wasm32-unknown-unknown";

/** Where rivals are built. */
export function rivalsFolder(): string {
  const folder = path.join(cacheFolder(), "rivals");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Runs a compiler in a folder of sources; answers what it had against it.
 *
 * @param settings environment variables beside those of this process
 */
export function compile(
  sources: string,
  compiler: string,
  options: string[],
  settings: NodeJS.ProcessEnv,
): string | undefined {
  const { error, status, stderr } = spawnSync(compiler, options, {
    cwd: sources,
    env: { ...process.env, ...settings },
    encoding: "utf8",
  });
  if (error !== undefined) return `there is no ${compiler} on the PATH`;
  if (status === 0) return undefined;
  const told = stderr.split("\n").filter((line) => line.trim() !== "");
  return told.findLast((line) => /error|failed/i.test(line))?.trim() ?? `${compiler} failed`;
}
