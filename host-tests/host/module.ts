/** A WebAssembly module that is ready to be loaded into a host: compiled once, used by every VM. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ABI_EXPORTS, CALLBACKS, CALLBACKS_0_1_0, HOSTCALLS, HOSTCALLS_BY_ABI, WASI, type AbiVersion } from "./abi.ts";
import { readModuleTypes, type ModuleTypes } from "./wasm-binary.ts";

const WASI_MODULES = ["wasi_unstable", "wasi_snapshot_preview1"];

export interface FilterModule {
  readonly compiled: WebAssembly.Module;
  readonly types: ModuleTypes;
  /** Undefined when the module declares none that Envoy knows. */
  readonly abi: AbiVersion | undefined;
  /** SHA-256 of the bytes: part of what decides which plugins share a VM. */
  readonly hash: string;
  readonly byteLength: number;
}

/**
 * Reads and compiles a module.
 * @param source path of a `.wasm` file, or its bytes
 * @throws when the file cannot be read or is not WebAssembly. Whether Envoy would load it is decided by `addFilter`.
 */
export async function loadModule(source: string | URL | Uint8Array): Promise<FilterModule> {
  const bytes = source instanceof Uint8Array ? source : await readFile(source);
  const compiled = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  const types = readModuleTypes(bytes);
  const declared = Object.keys(ABI_EXPORTS).find((name) => types.exportedFunctions.has(name));
  return {
    compiled,
    types,
    abi: declared === undefined ? undefined : ABI_EXPORTS[declared],
    hash: createHash("sha256").update(bytes).digest("hex"),
    byteLength: bytes.length,
  };
}

/** Why Envoy would not load the module, in Envoy's words; undefined when it would. */
export function loadError(module: FilterModule): string | undefined {
  if (module.abi === undefined) return "Missing or unknown Proxy-Wasm ABI version";
  return importError(module, module.abi) ?? exportError(module, module.abi);
}

function importError(module: FilterModule, abi: AbiVersion): string | undefined {
  for (const entry of module.types.imports) {
    if (entry.kind === "memory" || entry.kind === "table") continue;
    const name = `${entry.module}.${entry.name}`;
    const expected = entry.kind === "function" ? hostFunctionType(entry.module, entry.name, abi) : undefined;
    if (expected === undefined) return `Failed to load Wasm module due to a missing import: ${name}`;
    if (entry.type !== expected) {
      const [want, have] = [describe(entry.type ?? "?"), describe(expected)];
      const problem = `Failed to load Wasm module due to an import type mismatch: ${name}`;
      return `${problem}, want: ${want}, but host exports: ${have}`;
    }
  }
  return undefined;
}

function hostFunctionType(module: string, name: string, abi: AbiVersion): string | undefined {
  if (module === "env") return HOSTCALLS[name] ?? HOSTCALLS_BY_ABI[abi][name];
  return WASI_MODULES.includes(module) ? WASI[name] : undefined;
}

function exportError(module: FilterModule, abi: AbiVersion): string | undefined {
  const exported = module.types.exportedFunctions;
  const callbacks = abi === "0.1.0" ? CALLBACKS_0_1_0 : CALLBACKS;
  for (const [name, expected] of Object.entries(callbacks)) {
    const actual = exported.get(name);
    if (actual === undefined || actual === expected) continue;
    const [want, have] = [describe(expected), describe(actual)];
    return `Bad function signature for: ${name}, want: ${want}, but the module exports: ${have}`;
  }
  if (exported.has("malloc") || exported.has("proxy_on_memory_allocate")) return undefined;
  return "Wasm module is missing malloc function.";
}

/** `ii:i` as Envoy prints it: `i32 i32 -> i32`. */
function describe(type: string): string {
  const names: Record<string, string> = { i: "i32", I: "i64", f: "f32", F: "f64" };
  const side = (letters = ""): string =>
    Array.from(letters, (letter) => names[letter] ?? "unknown").join(" ") || "void";
  const [parameters, results] = type.split(":");
  return `${side(parameters)} -> ${side(results)}`;
}
