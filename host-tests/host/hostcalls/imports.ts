/** What a module may import: hostcalls by section of the ABI, and WASI. */
import { HOSTCALLS, HOSTCALLS_BY_ABI, WASI, WasmResult } from "../abi.ts";
import type { FunctionImport } from "../wasm-binary.ts";
import type { Vm } from "../vm.ts";
import { bufferCalls } from "./buffers.ts";
import { callCalls } from "./calls.ts";
import { foreignCalls } from "./foreign.ts";
import { generalCalls } from "./general.ts";
import { headerCalls } from "./headers.ts";
import { metricCalls } from "./metrics.ts";
import { sharedCalls } from "./shared.ts";
import { streamCalls } from "./streams.ts";
import { wasiCalls } from "./wasi.ts";

/** A hostcall. The parameters are i32 numbers, but for the offsets of metrics and of WASI, which are i64. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each hostcall has its own parameters
export type Hostcall = (...args: any[]) => unknown;
export type Hostcalls = Readonly<Record<string, Hostcall>>;

const WASI_NOT_CAPABLE = 76;

export function createImports(vm: Vm): WebAssembly.Imports {
  const env = { ...HOSTCALLS, ...HOSTCALLS_BY_ABI[vm.abi] };
  const calls: Hostcalls = {
    ...generalCalls(vm),
    ...headerCalls(vm),
    ...bufferCalls(vm),
    ...streamCalls(vm),
    ...callCalls(vm),
    ...sharedCalls(vm),
    ...metricCalls(vm),
    ...foreignCalls(vm),
  };
  const wasi = wasiCalls(vm);
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const entry of vm.options.module.types.imports) {
    const module = (imports[entry.module] ??= {});
    if (entry.kind !== "function") module[entry.name] = createStorage(entry);
    else if (entry.module === "env") module[entry.name] = guard(vm, entry, env, calls, WasmResult.InternalFailure);
    else module[entry.name] = guard(vm, entry, WASI, wasi, WASI_NOT_CAPABLE);
  }
  return imports;
}

/** Memories and tables that a module imports are made for it. */
function createStorage({ kind, limits = { initial: 0 } }: FunctionImport): WebAssembly.ImportValue {
  return kind === "memory" ? new WebAssembly.Memory(limits) : new WebAssembly.Table({ ...limits, element: "anyfunc" });
}

/** Checks that the hostcall may run, and traces it. One that a capability restriction forbids always fails. */
function guard(
  vm: Vm,
  entry: FunctionImport,
  known: Readonly<Record<string, string>>,
  calls: Hostcalls,
  forbidden: number,
): Hostcall {
  const implementation = calls[entry.name];
  if (implementation === undefined || known[entry.name] === undefined) throw new Error(`no hostcall ${entry.name}`);
  const name = `${entry.module}.${entry.name}`;
  const always = entry.name === "pthread_equal" || entry.name === "emscripten_notify_memory_growth";
  const call: Hostcall = always || vm.capabilityAllowed(entry.name) ? implementation : () => forbidden;
  const { tracer } = vm.host;
  // Twelve parameters are the most that any hostcall has; spreading them would make an array for each call.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- passed through as they are
  return (a: any, b: any, c: any, d: any, e: any, f: any, g: any, h: any, i: any, j: any, k: any, l: any) => {
    vm.checkAllowed(name);
    if (tracer === undefined) return call(a, b, c, d, e, f, g, h, i, j, k, l);
    const result = call(a, b, c, d, e, f, g, h, i, j, k, l);
    tracer.hostcall(vm, entry.name, [a, b, c, d, e, f, g, h, i, j, k, l], Number(result ?? 0));
    return result;
  };
}
