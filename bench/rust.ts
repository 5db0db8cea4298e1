/** Builds the filter of the Rust SDK (crate `proxy-wasm`) that ours are measured beside, from `rust/`, into the cache folder. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HEADER_RUST, type AbsentCase, type BenchCase } from "./case.ts";
import { compile, rivalsFolder, WASM_TARGET } from "./compile.ts";
import { ADDS_HEADER, HELLO, wasmFile } from "./filters.ts";

const sources = fileURLToPath(new URL("rust/header-filter", import.meta.url));

/** The SDK knows both; a toolchain may have either. */
const TARGETS = [WASM_TARGET, "wasm32-wasip1"];

/** The module's file, or why there is none. */
export type RustFilter = { file: string } | { reason: string };

/** Built with the versions of `Cargo.lock`; the first time cargo fetches them. */
export function buildRustFilter(): RustFilter {
  const folder = rivalsFolder();
  const problems: string[] = [];
  for (const target of TARGETS) {
    const options = ["build", "--locked", "--release", "--target", target];
    const problem = compile(sources, "cargo", options, { CARGO_TARGET_DIR: folder });
    if (problem === undefined) return { file: path.join(folder, target, "release", "header_filter.wasm") };
    problems.push(problem);
  }
  return { reason: problems[0] ?? "" };
}

/** The case of that filter. `more`: what it has of the group that it is in. */
export function headerRust(
  rust: RustFilter,
  more: Omit<BenchCase, "name" | "title" | "filters">,
): BenchCase | AbsentCase {
  const about = { name: HEADER_RUST, title: "Rust SDK, adds a header" };
  if ("reason" in rust) return { ...about, reason: rust.reason };
  return { ...about, filters: { AUTHN: [wasmFile(HEADER_RUST, rust.file, HELLO)] }, ...more, checks: ADDS_HEADER };
}
