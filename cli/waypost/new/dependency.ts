/** How a new project names the Waypost that made it, in its package.json. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageFolder, packageManifest } from "../package-files.ts";

/** What npm notes of a package that it installed. */
interface Installed {
  /** Of a file: `file:` and its path from the folder of `node_modules`. */
  resolved?: string;
}

/**
 * `^1.2.3` when it came from a registry; `file:` and the path from `folder` when it was installed from a file that is still
 * there, or when it is a checkout.
 */
export function dependencyOn(folder: string): string {
  const origin = originOf(packageFolder);
  if (origin === undefined || !existsSync(origin)) return `^${packageManifest().version}`;
  return `file:${path.relative(folder, origin).replaceAll(path.sep, "/")}`;
}

/** The file or folder that the package in `folder` was installed from; undefined: a registry. */
function originOf(folder: string): string | undefined {
  const modules = path.dirname(folder);
  if (path.basename(modules) !== "node_modules") return folder;
  const notes = path.join(modules, ".package-lock.json");
  if (!existsSync(notes)) return undefined;
  const { packages } = JSON.parse(readFileSync(notes, "utf8")) as { packages: Record<string, Installed> };
  const { resolved = "" } = packages[`node_modules/${path.basename(folder)}`] ?? {};
  return resolved.startsWith("file:") ? path.resolve(modules, "..", resolved.slice("file:".length)) : undefined;
}
