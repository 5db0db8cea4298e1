/** What a module must be for Envoy to load it: a missing or foreign import is refused there, with less to go on. */

/** Hostcalls of proxy-wasm ABI 0.2.1, imported from `env` (proxy-wasm/spec, abi-versions/v0.2.1). */
const HOSTCALLS = new Set([
  "proxy_add_header_map_value",
  "proxy_call_foreign_function",
  "proxy_close_stream",
  "proxy_continue_stream",
  "proxy_define_metric",
  "proxy_dequeue_shared_queue",
  "proxy_done",
  "proxy_enqueue_shared_queue",
  "proxy_get_buffer_bytes",
  "proxy_get_buffer_status",
  "proxy_get_current_time_nanoseconds",
  "proxy_get_header_map_pairs",
  "proxy_get_header_map_size",
  "proxy_get_header_map_value",
  "proxy_get_log_level",
  "proxy_get_metric",
  "proxy_get_property",
  "proxy_get_shared_data",
  "proxy_get_status",
  "proxy_grpc_call",
  "proxy_grpc_cancel",
  "proxy_grpc_close",
  "proxy_grpc_send",
  "proxy_grpc_stream",
  "proxy_http_call",
  "proxy_increment_metric",
  "proxy_log",
  "proxy_record_metric",
  "proxy_register_shared_queue",
  "proxy_remove_header_map_value",
  "proxy_replace_header_map_value",
  "proxy_resolve_shared_queue",
  "proxy_send_local_response",
  "proxy_set_buffer_bytes",
  "proxy_set_effective_context",
  "proxy_set_header_map_pairs",
  "proxy_set_property",
  "proxy_set_shared_data",
  "proxy_set_tick_period_milliseconds",
]);

/** Functions of WASI that Envoy offers too: the stock runtime ends a VM by one, our SDK takes random bytes from the other. */
const WASI = new Set(["proc_exit", "random_get"]);

/** Advice for the imports that AssemblyScript itself brings in. */
const ADVICE = new Map([
  ["abort", "compile with `--use abort=` and the name of a function of your own (see asconfig.json)"],
  ["seed", "Math.random is the usual cause; use another source of randomness"],
]);

/**
 * What is wrong with a module, one line each; empty when Envoy will load it.
 *
 * @param {Uint8Array} wasm
 * @param {import("./entries.mjs").Entry["kind"]} kind  a `test` module is not loaded by a proxy and needs no callbacks
 * @returns {string[]}
 */
export function checkModule(wasm, kind) {
  const module = new WebAssembly.Module(/** @type {BufferSource} */ (wasm));
  const problems = WebAssembly.Module.imports(module).flatMap(checkImport);
  if (kind !== "test") problems.push(...checkExports(WebAssembly.Module.exports(module)));
  return problems;
}

function checkImport(/** @type {WebAssembly.ModuleImportDescriptor} */ { module, name, kind }) {
  if (kind === "function" && module === "env" && HOSTCALLS.has(name)) return [];
  if (kind === "function" && module === "wasi_snapshot_preview1" && WASI.has(name)) return [];
  const advice = module === "env" ? ADVICE.get(name) : undefined;
  return [`imports ${module}.${name}, which no proxy offers${advice ? `: ${advice}` : ""}`];
}

function checkExports(/** @type {WebAssembly.ModuleExportDescriptor[]} */ exports) {
  const names = new Set(exports.map(({ name }) => name));
  // The stock runtime is of ABI 0.2.0 and names its allocator `malloc`.
  const stock = names.has("proxy_abi_version_0_2_0");
  const required = stock
    ? ["memory", "malloc", "_initialize"]
    : ["proxy_abi_version_0_2_1", "memory", "proxy_on_memory_allocate", "_initialize"];
  return required.filter((name) => !names.has(name)).map((name) => `does not export ${name}`);
}
