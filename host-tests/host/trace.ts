/** A readable list of every call across the border between host and guests. */
import { WasmResult } from "./abi.ts";
import type { Context } from "./context.ts";
import type { Vm } from "./vm.ts";

/**
 * How the parameters of a hostcall read: `m` map, `b` buffer, `n` number, `t` text (pointer and size), `d` data
 * (pointer and size, shown as its length), `p` result text (where pointer and size are written), `o` result number
 * (where a u32 is written).
 */
const FORMATS: Readonly<Record<string, string>> = {
  proxy_log: "nt",
  proxy_get_property: "tp",
  proxy_set_property: "tt",
  proxy_get_header_map_value: "mtp",
  proxy_add_header_map_value: "mtt",
  proxy_replace_header_map_value: "mtt",
  proxy_remove_header_map_value: "mt",
  proxy_get_header_map_pairs: "md",
  proxy_set_header_map_pairs: "md",
  proxy_get_buffer_bytes: "bnnp",
  proxy_set_buffer_bytes: "bnnt",
  proxy_get_buffer_status: "bo",
  proxy_send_local_response: "nttdn",
  proxy_http_call: "tdtdno",
  proxy_get_shared_data: "tpo",
  proxy_set_shared_data: "ttn",
  proxy_define_metric: "nto",
  proxy_register_shared_queue: "to",
  proxy_resolve_shared_queue: "tto",
  proxy_enqueue_shared_queue: "nt",
  proxy_dequeue_shared_queue: "np",
  proxy_call_foreign_function: "tdd",
};

const MAPS = [
  "request",
  "request trailers",
  "response",
  "response trailers",
  "grpc initial",
  "grpc trailing",
  "call",
  "call trailers",
];
const BUFFERS = [
  "request body",
  "response body",
  "downstream",
  "upstream",
  "call body",
  "grpc message",
  "vm config",
  "config",
  "data",
];
const RESULTS = Object.keys(WasmResult);
const MAX_TEXT = 120;

export class Tracer {
  readonly lines: string[] = [];
  private depth = 0;

  enter(vm: Vm, context: Context, name: string, parameters: readonly number[]): void {
    if (name === "malloc") return;
    const where = vm.thread.worker === undefined ? "main" : `worker ${vm.thread.worker}`;
    this.lines.push(`${this.indent}${where} → ${name}(${[...parameters].join(", ")}) context ${context.id}`);
    this.depth++;
  }

  leave(_vm: Vm, name: string, result: number): void {
    if (name === "malloc") return;
    this.depth--;
    this.lines.push(`${this.indent}← ${name} = ${result}`);
  }

  trap(_vm: Vm, name: string, message: string): void {
    this.depth = Math.max(0, this.depth - 1);
    this.lines.push(`${this.indent}✗ ${name}: ${message}`);
  }

  hostcall(vm: Vm, name: string, parameters: readonly unknown[], result: number): void {
    const status = RESULTS[result] ?? String(result);
    this.lines.push(`${this.indent}${name}(${describe(vm, FORMATS[name], parameters)}) = ${status}`);
  }

  private get indent(): string {
    return "  ".repeat(this.depth);
  }
}

function describe(vm: Vm, format: string | undefined, parameters: readonly unknown[]): string {
  if (format === undefined)
    return parameters
      .filter((parameter) => parameter !== undefined)
      .map(String)
      .join(", ");
  let index = 0;
  const next = (): number => Number(parameters[index++] ?? 0);
  return Array.from(format, (letter) => {
    if (letter === "m") return MAPS[next()] ?? "?";
    if (letter === "b") return BUFFERS[next()] ?? "?";
    if (letter === "n") return String(next());
    if (letter === "o") return `→ ${vm.memory.readU32(next()) ?? "?"}`;
    if (letter === "d") return `${(next(), next())} bytes`;
    if (letter === "t") return text(vm, next(), next());
    const [pointer, size] = [vm.memory.readU32(next()), vm.memory.readU32(next())];
    return `→ ${text(vm, pointer ?? 0, size ?? 0)}`;
  }).join(", ");
}

function text(vm: Vm, pointer: number, size: number): string {
  const value = vm.memory.readUtf8(pointer, size);
  if (value === undefined) return "(outside)";
  return JSON.stringify(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
}
