/** The project of a filter of one's own, as `waypost new` makes it: what `waypost build` and `waypost dev` work on. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** Where things are, from the project's folder. */
export const SOURCE = "assembly/index.ts";
export const COMPILER_OPTIONS = "asconfig.json";
export const CONFIGURATION = "waypost.yaml";

export interface Project {
  /** The name in its package.json, without a scope: names the module, and is its `root_id` in the local waypoint. */
  name: string;
  /** Path of the module, from the project's folder. */
  module: string;
}

/** The project in the working folder. Throws an Error that says what is missing. */
export function readProject(): Project {
  const manifest = "package.json";
  requireFile(manifest);
  const { name } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: unknown };
  if (typeof name !== "string" || name === "") throw new Error(`package.json: name: missing: it names the module`);
  for (const file of [SOURCE, COMPILER_OPTIONS]) requireFile(file);
  const bare = name.replace(/^@[^/]*\//, "");
  return { name: bare, module: `build/${bare}.wasm` };
}

function requireFile(file: string): void {
  if (existsSync(file)) return;
  throw new Error(
    `There is no ${path.resolve(file)}: run this in the folder of a filter (\`npx waypost new <name>\` makes one).`,
  );
}
