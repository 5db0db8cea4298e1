/**
 * Which modules are up to date. Beside the modules lies one record for each: what was read to compile it, and what came
 * out. A module is up to date when all of that is still so; times play no part.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

/**
 * @typedef {object} Record
 * @property {string} toolchain  hash of the compiler's version and of our part of the build
 * @property {{ [file: string]: string | null }} inputs  hash of each file the compiler read; null: looked for, not there
 * @property {string} output     hash of the module
 */

/** Files outside the import closure that decide what comes out. */
const BUILD_FILES = ["callback-exports", "build/entries", "build/compile", "build/module-check"].map(
  (name) => `cli/${name}.mjs`,
);

/** Hash of everything that all modules depend on. */
export function toolchainHash() {
  const require = createRequire(import.meta.url);
  const versions = ["assemblyscript", "binaryen"].map((name) => readVersion(require, name));
  return sha256([...versions, ...BUILD_FILES.map((file) => readFileSync(file, "utf8"))].join("\0"));
}

function readVersion(/** @type {NodeJS.Require} */ require, /** @type {string} */ name) {
  // Neither package exports its package.json, so the file is looked for where packages lie.
  for (const folder of require.resolve.paths(name) ?? []) {
    const text = readIfThere(path.join(folder, name, "package.json"));
    if (text !== null) return /** @type {{ version: string }} */ (JSON.parse(text.toString())).version;
  }
  return "unknown";
}

/** Whether the module of `entry` is what a compilation now would give. */
export function isUpToDate(/** @type {import("./entries.mjs").Entry} */ entry, /** @type {string} */ toolchain) {
  const record = recordOf(entry);
  return (
    record !== null &&
    record.toolchain === toolchain &&
    hashOf(entry.output) === record.output &&
    Object.entries(record.inputs).every(([file, hash]) => hashOf(file) === hash)
  );
}

/** What the last compilation of `entry` noted; null: there was none. @returns {Record | null} */
export function recordOf(/** @type {import("./entries.mjs").Entry} */ entry) {
  const text = readIfThere(recordFile(entry));
  return text === null ? null : /** @type {Record} */ (JSON.parse(text.toString()));
}

/**
 * Writes a module and its record. Each appears whole or not at all: tests and Envoy may be reading.
 *
 * @param {import("./entries.mjs").Entry} entry
 * @param {Uint8Array} wasm
 * @param {Record["inputs"]} inputs
 * @param {string} toolchain
 */
export function save(entry, wasm, inputs, toolchain) {
  writeWhole(entry.output, wasm);
  /** @type {Record} */
  const record = { toolchain, inputs, output: sha256(wasm) };
  writeWhole(recordFile(entry), JSON.stringify(record, null, 1));
}

function recordFile(/** @type {import("./entries.mjs").Entry} */ entry) {
  return `build/.inputs/${entry.name}.json`;
}

function writeWhole(/** @type {string} */ file, /** @type {Uint8Array | string} */ content) {
  mkdirSync(path.dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, content);
  renameSync(partial, file);
}

function hashOf(/** @type {string} */ file) {
  const content = readIfThere(file);
  return content === null ? null : sha256(content);
}

function readIfThere(/** @type {string} */ file) {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** Hash of a text or of bytes, in hexadecimal. */
export function sha256(/** @type {string | Uint8Array} */ content) {
  return createHash("sha256").update(content).digest("hex");
}
