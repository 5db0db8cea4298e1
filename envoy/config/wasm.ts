/** Wasm filters, as Istio translates a WasmPlugin or TrafficExtension (pilot/pkg/model/extensions.go). */
import { any, type Any, defined, type HttpFilter } from "./types.ts";

export type FailurePolicy = "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD";

export interface WasmPlugin {
  /** `<namespace>.<name>` */
  name: string;
  /** Path of the `.wasm` file. */
  file: string;
  /** Istio's `pluginName`; default: empty. */
  rootId?: string;
  /** The configuration's bytes as text; empty or absent: the plugin gets none. */
  configuration?: string;
  /** What `proxy_on_vm_start` reads, as text; empty or absent: nothing. Istio sets none. */
  vmConfiguration?: string;
  /** Default FAIL_CLOSED, as Istio's. */
  failurePolicy?: FailurePolicy;
  /** Istio's `vmConfig.env`. */
  environment?: Record<string, string>;
}

/** The type of a Wasm filter, for `type_urls` of ECDS. */
export const WASM_FILTER = "envoy.extensions.filters.http.wasm.v3.Wasm";

/** The typed configuration of a Wasm filter. */
export function wasmConfig(plugin: WasmPlugin): Any {
  const { name, file, rootId = "", failurePolicy = "FAIL_CLOSED", environment } = plugin;
  return any(WASM_FILTER, {
    config: defined({
      name,
      root_id: rootId,
      failure_policy: failurePolicy,
      configuration: stringValue(plugin.configuration),
      vm_config: defined({
        configuration: stringValue(plugin.vmConfiguration),
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { filename: file } },
        environment_variables: environment && { key_values: environment },
      }),
    }),
  });
}

function stringValue(value = ""): Any | undefined {
  return value === "" ? undefined : any("google.protobuf.StringValue", { value });
}

/** A Wasm filter that is part of the listener. */
export function wasmFilter(plugin: WasmPlugin): HttpFilter {
  return { name: plugin.name, typed_config: wasmConfig(plugin) };
}
