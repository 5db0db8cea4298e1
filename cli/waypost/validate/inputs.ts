/** From the paths of a command line to texts: files, folders, standard input. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fieldOf, itemsOf, textOf } from "./tree.ts";
import type { Input } from "./validate.ts";
import { YamlText } from "./yaml-documents.ts";

export const STANDARD_INPUT = "-";

/** Several times what the largest manifests have. */
const MAX_BYTES = 16 * 1024 * 1024;

const EXTENSIONS = [".yaml", ".yml", ".json"];
const KUSTOMIZATIONS = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** A path that gives no text. */
export class UnreadableInput extends Error {
  constructor(
    readonly file: string,
    readonly why: string,
  ) {
    super(`${file}: ${why}`);
  }
}

/** The texts below `paths` one by one, in the order of paths and names; in place of what cannot be read, why not. */
export async function* inputs(paths: readonly string[]): AsyncGenerator<Input | UnreadableInput> {
  for (const given of paths) {
    try {
      const files = given === STANDARD_INPUT ? [given] : await filesBelow(given);
      for (const file of files) yield await input(file, file !== given);
    } catch (error) {
      yield error instanceof UnreadableInput ? error : new UnreadableInput(given, reason(error));
    }
  }
}

async function input(file: string, isFound: boolean): Promise<Input | UnreadableInput> {
  try {
    const text = await read(file);
    // A command whose output is piped here and that fails writes nothing: that must not look as if all were well.
    if (file === STANDARD_INPUT && text.trim() === "") return new UnreadableInput(file, "standard input is empty");
    return { file, text, isFound };
  } catch (error) {
    return new UnreadableInput(file, reason(error));
  }
}

/** The path itself when it is a file; else what is in the folder and of the right name, without patches of kustomize. */
async function filesBelow(given: string): Promise<string[]> {
  if (!(await stat(given)).isDirectory()) return [given];
  const files = await walk(given);
  const patches = await Promise.all(
    files.filter((file) => KUSTOMIZATIONS.includes(path.basename(file))).map(patchesOf),
  );
  const left = new Set(patches.flat());
  return files.filter((file) => EXTENSIONS.includes(path.extname(file)) && !left.has(file));
}

async function walk(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.map(async (entry): Promise<string[]> => {
    const file = path.join(folder, entry.name);
    // A pipe in a folder would be read for ever.
    if (!entry.isDirectory()) return entry.isFile() || entry.isSymbolicLink() ? [file] : [];
    return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : walk(file);
  });
  return (await Promise.all(files)).flat();
}

/** Files that a kustomization patches others with: parts of manifests, which say nothing by themselves. */
async function patchesOf(kustomization: string): Promise<string[]> {
  const [first] = new YamlText(await read(kustomization)).documents();
  const tree = first?.tree;
  const patches = itemsOf(tree, "patches").map((patch) => textOf(patch, "path"));
  const merged = fieldOf(tree, "patchesStrategicMerge") === undefined ? [] : itemsOf(tree, "patchesStrategicMerge");
  const names = [...patches, ...merged.map((item) => (item.kind === "scalar" ? String(item.value) : undefined))];
  return names.flatMap((name) => (name === undefined ? [] : path.join(path.dirname(kustomization), name)));
}

/** The text of a file, a pipe or standard input. */
async function read(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file === STANDARD_INPUT ? process.stdin : createReadStream(file)) {
    length += (chunk as Buffer).length;
    if (length > MAX_BYTES) throw new UnreadableInput(file, `larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    chunks.push(chunk as Buffer);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UnreadableInput(file, "not text in UTF-8");
  }
}

function reason(error: unknown): string {
  if (error instanceof UnreadableInput) return error.why;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES") return "no permission to read it";
  return message;
}
