/**
 * Where the package's own files lie. They have the same places in a checkout and in what `npm pack` makes of it, so that the
 * program finds them in either.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What is used of the package's package.json. */
export interface PackageManifest {
  name: string;
  version: string;
}

/** Absolute path of the package's folder. */
export const packageFolder = folderOfPackage(path.dirname(fileURLToPath(import.meta.url)));

/** Absolute path of a file of the package. */
export function packageFile(...names: string[]): string {
  return path.join(packageFolder, ...names);
}

/** Absolute path of a prebuilt module, by its name: `jwt-auth`, `waypoint`. In a checkout `npm run build` makes it. */
export function modulePath(name: string): string {
  return packageFile("build", `${name}.wasm`);
}

/** Absolute path of the JSON Schema of a filter's configuration, by its name: `jwt-auth`, `waypoint`. */
export function schemaPath(filter: string): string {
  return packageFile("assembly", "filters", filter, "schema.json");
}

/** The package's package.json. */
export function packageManifest(): PackageManifest {
  return JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as PackageManifest;
}

/** The nearest folder upwards that has a package.json: the program is one file in the package, and several in a checkout. */
function folderOfPackage(folder: string): string {
  if (existsSync(path.join(folder, "package.json"))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder)
    throw new Error("this program was taken out of its package: there is no package.json above it");
  return folderOfPackage(parent);
}
