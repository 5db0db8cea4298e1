/** What there is to build. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/**
 * @typedef {object} Entry
 * @property {string} name    what the table calls it, and its file below `build/` without `.wasm`
 * @property {string} source  entry file, from the checkout's folder
 * @property {string} output  the module's file, from the checkout's folder
 * @property {string} config  the asconfig.json with its compiler options
 * @property {"filter" | "test" | "example"} kind
 * @property {boolean} simd   whether the compiler may use SIMD instructions; to the source it is `ASC_FEATURE_SIMD`
 */

const SHARED_CONFIG = "asconfig.json";

/** Modules for which the source has SIMD code. From the same source comes `<name>.scalar`, for hosts without SIMD. */
const SIMD_MODULES = ["jwt-auth", "waypoint", "test/bench-crypto", "test/pure-crypto"];

/** Every module: `assembly/modules/*.ts`, `assembly/test/*.ts` (never shipped) and `examples/<name>/index.ts`. */
export function listEntries() {
  const entries = [
    ...sourcesIn("assembly/modules").map((source) => entry("filter", baseName(source), source)),
    ...sourcesIn("assembly/test").map((source) => entry("test", `test/${baseName(source)}`, source)),
    ...foldersIn("examples")
      .filter((folder) => existsSync(`${folder}/index.ts`))
      .map((folder) => entry("example", `examples/${path.basename(folder)}`, `${folder}/index.ts`)),
  ];
  return entries.flatMap((entry) => (SIMD_MODULES.includes(entry.name) ? [withSimd(entry), scalar(entry)] : [entry]));
}

/** @returns {Entry} */
function withSimd(/** @type {Entry} */ entry) {
  return { ...entry, simd: true };
}

/** @returns {Entry} */
function scalar(/** @type {Entry} */ entry) {
  return { ...entry, name: `${entry.name}.scalar`, output: outputOf(`${entry.name}.scalar`) };
}

/** @returns {Entry} */
function entry(/** @type {Entry["kind"]} */ kind, /** @type {string} */ name, /** @type {string} */ source) {
  const own = path.posix.join(path.posix.dirname(source), SHARED_CONFIG);
  return { kind, name, source, output: outputOf(name), config: existsSync(own) ? own : SHARED_CONFIG, simd: false };
}

function outputOf(/** @type {string} */ name) {
  return `build/${name}.wasm`;
}

function sourcesIn(/** @type {string} */ folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .sort()
    .map((file) => `${folder}/${file}`);
}

function foldersIn(/** @type {string} */ folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((child) => child.isDirectory())
    .map((child) => `${folder}/${child.name}`)
    .sort();
}

function baseName(/** @type {string} */ source) {
  return path.basename(source, ".ts");
}
