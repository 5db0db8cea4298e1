/** Builds the contenders of others, from the sources in `rivals/`, into the cache folder. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compile, rivalsFolder, WASM_TARGET } from "../compile.ts";
import type { Absent, Contender } from "./contender.ts";
import { bareKey, spki } from "./keys.ts";
import { nativeRing } from "./native.ts";
import { wasmContender, type KeyEncoding } from "./wasm.ts";

const sources = fileURLToPath(new URL("rivals", import.meta.url));

/** All that can be built here; of the others, why not. */
export function buildRivals(progress: (what: string) => void): (Contender | Absent)[] {
  const target = rivalsFolder();
  const rust = (part: string[]) =>
    compile(path.join(sources, "rust"), "cargo", ["build", "--release", "--locked", ...part], rustSettings(target));
  const wasm = (part: string) => path.join(target, WASM_TARGET, "release", `${part.replaceAll("-", "_")}.wasm`);
  const inWasm = (part: string, name: string, title: string, keyEncoding: KeyEncoding) => {
    progress(`building ${title}`);
    const problem = rust(["--lib", "--package", part, "--target", WASM_TARGET]);
    return problem === undefined
      ? wasmContender(name, title, wasm(part), keyEncoding)
      : { title, reason: `${problem} (needs Rust with the target ${WASM_TARGET}, and for ring clang)` };
  };

  return [
    inWasm("rival-rustcrypto", "rustcrypto", "RustCrypto (Wasm)", spki),
    inWasm("rival-ring", "ring-wasm", "ring (Wasm)", bareKey),
    buildGo(target, progress),
    buildNativeRing(target, rust, progress),
  ];
}

// SIMD, because ours has it, and because RustCrypto's SHA-256 is faster with it.
function rustSettings(target: string): NodeJS.ProcessEnv {
  return { CARGO_TARGET_DIR: target, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: "-C target-feature=+simd128" };
}

function buildGo(target: string, progress: (what: string) => void): Contender | Absent {
  const title = "Go (Wasm)";
  const file = path.join(target, "go.wasm");
  progress(`building ${title}`);
  const options = ["build", "-buildmode=c-shared", "-o", file, "."];
  const problem = compile(path.join(sources, "go"), "go", options, { GOOS: "wasip1", GOARCH: "wasm" });
  return problem === undefined ? wasmContender("go", title, file, spki) : { title, reason: problem };
}

function buildNativeRing(
  target: string,
  rust: (part: string[]) => string | undefined,
  progress: (what: string) => void,
): Contender | Absent {
  progress("building ring");
  const problem = rust(["--bin", "rival-ring-native"]);
  return problem === undefined
    ? nativeRing(path.join(target, "release", "rival-ring-native"))
    : { title: "ring", reason: problem };
}
