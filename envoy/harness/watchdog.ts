/** Makes sure that nothing outlives the one that started it, however that ends. */
import { spawn } from "node:child_process";

/**
 * Its standard input is a pipe from us that closes when we are gone: by exit, by signal or by a crash, SIGKILL included,
 * which no handler in this process could see.
 */
const WAIT = `
trap '' INT TERM HUP
read -r _
`;

const KILL = `${WAIT}
kill -TERM "$1" 2>/dev/null && sleep 3 && kill -KILL "$1" 2>/dev/null
rm -rf "$2"
`;

const RUN = `${WAIT}
exec "$@"
`;

/**
 * Ends process `pid` and removes `folder` when this process ends.
 *
 * Gives the function that takes the order back: call it once the process has ended.
 */
export function killWhenParentDies(pid: number, folder: string): () => void {
  return watch(KILL, [String(pid), folder]);
}

/**
 * Runs a command, in this working folder, when this process ends.
 *
 * Gives the function that takes the order back.
 */
export function runWhenParentDies(command: readonly string[], env: NodeJS.ProcessEnv): () => void {
  return watch(RUN, command, env);
}

function watch(script: string, args: readonly string[], env = process.env): () => void {
  const watchdog = spawn("/bin/sh", ["-c", script, "watchdog", ...args], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env,
  });
  watchdog.unref();
  // SIGKILL, because it ignores the others, and before its input closes, which would be its signal to act.
  return () => void watchdog.kill("SIGKILL");
}
