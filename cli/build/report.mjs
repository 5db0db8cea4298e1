/** What the build prints. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { seconds } from "../setup.mjs";

/**
 * @typedef {object} Result
 * @property {import("./entries.mjs").Entry} entry
 * @property {number} time    milliseconds that compiling took; 0: was up to date
 * @property {string} [error] why there is no module
 */

/** Shows one line that says how far the build is; on a terminal it replaces itself. */
export class Progress {
  #done = 0;
  #live = process.stderr.isTTY;

  constructor(/** @type {number} */ total) {
    this.total = total;
  }

  start(/** @type {string} */ name) {
    this.#write(`[${this.#done}/${this.total}] compiling ${name} ...`);
  }

  /** Shows that a module is done, and what the compiler said about it. */
  finish(/** @type {Result} */ { entry, time, error }, /** @type {string} */ said) {
    this.#done += 1;
    const state = error === undefined ? `compiled ${entry.name}` : `FAILED ${entry.name}`;
    this.#write(`[${this.#done}/${this.total}] ${state} (${seconds(time)})`);
    if (said !== "") process.stderr.write(`\n${said}\n\n`);
  }

  end() {
    if (this.#live) process.stderr.write("\r\x1b[K");
  }

  #write(/** @type {string} */ line) {
    process.stderr.write(this.#live ? `\r\x1b[K${line}` : `${line}\n`);
  }
}

/** A row for each module: name, size, size as sent (gzip), and the time that compiling took. */
export function table(/** @type {Result[]} */ results) {
  const rows = results.map(({ entry, time, error }) => {
    if (error !== undefined) return [entry.name, "", "", "failed"];
    const wasm = readFileSync(entry.output);
    return [entry.name, kib(wasm.length), kib(gzipSync(wasm).length), time === 0 ? "up to date" : seconds(time)];
  });
  return format([["module", "size", "gzip", "time"], ...rows]);
}

/** Rows below each other: the first column is text, the others are numbers. */
export function format(/** @type {string[][]} */ rows) {
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map(([name = "", ...cells]) =>
      [name.padEnd(width(0)), ...cells.map((cell, i) => cell.padStart(width(i + 1)))].join("  "),
    )
    .join("\n");
}

/** `1536` as `1.5 KiB`. */
export function kib(/** @type {number} */ bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
