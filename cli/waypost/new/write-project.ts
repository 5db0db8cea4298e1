/** Writes a project from the template. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageFile } from "../package-files.ts";
import { dependencyOn } from "./dependency.ts";

/** The template is a whole project of this name. */
const TEMPLATE = ["cli", "waypost", "new", "template"];
const TEMPLATE_NAME = /my-filter/g;

/** npm leaves files of this name out of packages. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/**
 * Writes the project of a filter into a folder, which is made when it is not there, and gives the files' paths from there.
 * Throws an Error when the folder has files, or is none.
 */
export function writeProject(name: string, folder: string): string[] {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there?.isDirectory() === false) throw new Error(`${folder} is not a folder: name another one with --folder`);
  if (there !== undefined && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty: name another folder with --folder, or empty it`);
  const template = packageFile(...TEMPLATE);
  return readdirSync(template, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(template, path.join(entry.parentPath, entry.name)))
    .sort()
    .map((file) => {
      const written = (RENAMED[file] ?? file).replace(TEMPLATE_NAME, name);
      const text = readFileSync(path.join(template, file), "utf8").replace(TEMPLATE_NAME, name);
      mkdirSync(path.dirname(path.join(folder, written)), { recursive: true });
      writeFileSync(path.join(folder, written), file === "package.json" ? withWaypost(text, folder) : text);
      return written;
    });
}

/** A package.json that depends on this Waypost. */
function withWaypost(text: string, folder: string): string {
  const manifest = JSON.parse(text) as { devDependencies: Record<string, string> };
  manifest.devDependencies["waypost"] = dependencyOn(folder);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
