/** Runs `npm run image`'s program on the modules of this checkout, seen from a folder of its own. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { listEntries } from "../../cli/build/entries.mjs";

/** The checkout. */
export const root = path.resolve(import.meta.dirname, "../..");

/** The names of the modules that are shipped. */
export const SHIPPED = listEntries()
  .filter(({ kind }) => kind === "filter")
  .map(({ name }) => name);

/** A folder that looks like the checkout to the program, with modules of its own, and that is no git checkout. */
export function newFolder(modified = new Date()): string {
  const folder = mkdtempSync(path.join(tmpdir(), "waypost-image-"));
  for (const name of ["assembly", "examples", "node_modules", "package.json", "package-lock.json", "asconfig.json"]) {
    symlinkSync(path.join(root, name), path.join(folder, name));
  }
  mkdirSync(path.join(folder, "build/.inputs"), { recursive: true });
  for (const name of SHIPPED) {
    for (const file of [`build/${name}.wasm`, `build/.inputs/${name}.json`]) {
      cpSync(path.join(root, file), path.join(folder, file));
      utimesSync(path.join(folder, file), modified, modified);
    }
  }
  return folder;
}

/** Runs it in `folder`. Gives what it printed; rejects with an Error that has it when it fails. */
export async function runImage(
  folder: string,
  args: readonly string[] = [],
  { env = { SOURCE_DATE_EPOCH: "1790000000" }, umask = "022" }: { env?: NodeJS.ProcessEnv; umask?: string } = {},
): Promise<string> {
  const inherited = { ...process.env };
  delete inherited.SOURCE_DATE_EPOCH;
  const program = path.join(root, "cli/image/command.ts");
  const command = `umask ${umask} && exec "$0" --import tsx "$@"`;
  const { stdout, stderr } = await promisify(execFile)("sh", ["-c", command, process.execPath, program, ...args], {
    cwd: folder,
    env: { ...inherited, ...env },
  });
  return stdout + stderr;
}

/** Puts a file somewhere below a folder. */
export function put(folder: string, file: string, content: string): void {
  const full = path.join(folder, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
}
