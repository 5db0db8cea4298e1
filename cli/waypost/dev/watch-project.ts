/** Tells what is saved in a project. */
import path from "node:path";
import { watch, type FSWatcher } from "chokidar";
import { COMPILER_OPTIONS, CONFIGURATION } from "../project.ts";

/** What a saved file asks for: a build with all that follows, the tests again, or the new configuration in the waypoint. */
export type Change = "source" | "tests" | "configuration";

/** Below these, and below folders that begin with a dot, nothing is anybody's work. */
const IGNORED = ["node_modules", "build", "coverage"];

/** Editors write a file in several steps; milliseconds of quiet that mean they are done. */
const SETTLED = { stabilityThreshold: 100, pollInterval: 20 };

/**
 * Calls `changed` for each file of the project in the working folder that is saved or removed, until it is closed, and `failed`
 * with what it cannot watch: a folder that is not ours to read, or more files than the system watches.
 */
export function watchProject(changed: (change: Change) => void, failed: (error: Error) => void): FSWatcher {
  const ignored = (file: string) => isIgnored(path.relative(".", file));
  // Links lead out of the project, or in a circle.
  const watcher = watch(".", { ignoreInitial: true, ignored, awaitWriteFinish: SETTLED, followSymlinks: false });
  watcher.on("error", (error) => failed(error as Error));
  return watcher.on("all", (_event, file) => {
    const change = changeOf(file);
    if (change !== undefined) changed(change);
  });
}

function isIgnored(file: string): boolean {
  const [top = ""] = file.split(path.sep);
  return IGNORED.includes(top) || top.startsWith(".");
}

function changeOf(file: string): Change | undefined {
  if (file === CONFIGURATION) return "configuration";
  if (file === COMPILER_OPTIONS) return "source";
  const [top] = file.split(path.sep);
  if (top === "assembly") return "source";
  // What tests read besides: the schema, manifests.
  return /\.(ts|json|yaml)$/.test(file) ? "tests" : undefined;
}
