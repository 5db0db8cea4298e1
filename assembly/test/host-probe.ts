/**
 * A module that does what its configuration says, and logs what comes of it: the conformance tests of the Node host run
 * it there and in a real Envoy. The configuration is a script: a callback's name at the start of a line, below it,
 * indented, the commands it runs (`probe/commands.ts`), one of them `return N`. A callback without an entry does
 * nothing. A minus sign before the name: the call itself is not logged, because how often it comes varies.
 */
import "../abi/abort";
import * as host from "./probe/env";
import { log, run, setContexts } from "./probe/commands";
import { out } from "./probe/text";

/** Script of each root context; root of each context; the stream context that was created last, of each root. */
const scripts = new Map<u32, Map<string, string[]>>();
const roots = new Map<u32, u32>();
const streams = new Map<u32, u32>();

const PLUGIN_CONFIGURATION: u32 = 7;

function parse(configuration: string): Map<string, string[]> {
  const script = new Map<string, string[]>();
  const lines = configuration.split("\n");
  let commands: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trimEnd();
    if (line.length == 0) continue;
    if (line.charCodeAt(0) == 0x20) {
      commands.push(line.trimStart());
    } else {
      commands = [];
      script.set(line, commands);
    }
  }
  return script;
}

/** Runs the commands of a callback; what `return` says, else `otherwise`. */
function callback(name: string, id: u32, details: string, otherwise: u32 = 0): u32 {
  const root = roots.has(id) ? roots.get(id) : id;
  if (!scripts.has(root)) return otherwise;
  const script = scripts.get(root);
  const isQuiet = script.has("-" + name);
  if (!isQuiet && !script.has(name)) return otherwise;
  if (!isQuiet) log(name + details);
  setContexts(root, streams.has(root) ? streams.get(root) : 0);
  const commands = script.get(isQuiet ? "-" + name : name);
  let result = otherwise;
  for (let i = 0; i < commands.length; i++) {
    if (commands[i].startsWith("return ")) result = <u32>parseInt(commands[i].substring(7));
    else run(commands[i]);
  }
  return result;
}

function numbers(a: u32, b: u32 = 0xffffffff, c: u32 = 0xffffffff, d: u32 = 0xffffffff): string {
  let text = " " + a.toString();
  if (b != 0xffffffff) text += " " + b.toString();
  if (c != 0xffffffff) text += " " + c.toString();
  if (d != 0xffffffff) text += " " + d.toString();
  return text;
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  if (parent == 0) return;
  roots.set(id, parent);
  streams.set(parent, id);
  callback("on_context_create", id, "");
}

export function proxy_on_vm_start(id: u32, size: u32): u32 {
  return 1;
}

export function proxy_on_configure(id: u32, size: u32): u32 {
  host.proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, size, out(), out(8));
  scripts.set(id, parse(String.UTF8.decodeUnsafe(load<u32>(out()), load<u32>(out(8)))));
  return callback("on_configure", id, numbers(size), 1);
}

export function proxy_on_tick(id: u32): void {
  callback("on_tick", id, "");
}

export function proxy_on_queue_ready(id: u32, token: u32): void {
  callback("on_queue_ready", id, "");
}

export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
  return callback("on_request_headers", id, numbers(end));
}

export function proxy_on_request_body(id: u32, size: u32, end: u32): u32 {
  return callback("on_request_body", id, numbers(size, end));
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  return callback("on_request_trailers", id, numbers(count));
}

export function proxy_on_response_headers(id: u32, count: u32, end: u32): u32 {
  return callback("on_response_headers", id, numbers(end));
}

export function proxy_on_response_body(id: u32, size: u32, end: u32): u32 {
  return callback("on_response_body", id, numbers(size, end));
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  return callback("on_response_trailers", id, numbers(count));
}

export function proxy_on_http_call_response(id: u32, token: u32, count: u32, size: u32, trailers: u32): void {
  callback("on_http_call_response", id, numbers(token, count == 0 ? 0 : 1, size, trailers));
}

export function proxy_on_grpc_receive_initial_metadata(id: u32, token: u32, count: u32): void {
  callback("on_grpc_receive_initial_metadata", id, numbers(token));
}

export function proxy_on_grpc_receive(id: u32, token: u32, size: u32): void {
  callback("on_grpc_receive", id, numbers(token, size));
}

export function proxy_on_grpc_receive_trailing_metadata(id: u32, token: u32, count: u32): void {
  callback("on_grpc_receive_trailing_metadata", id, numbers(token));
}

export function proxy_on_grpc_close(id: u32, token: u32, code: u32): void {
  callback("on_grpc_close", id, numbers(token, code));
}

export function proxy_on_done(id: u32): u32 {
  return callback(roots.has(id) ? "on_done" : "on_root_done", id, "", 1);
}

export function proxy_on_log(id: u32): void {
  callback("on_log", id, "");
}

export function proxy_on_delete(id: u32): void {
  callback(roots.has(id) ? "on_delete" : "on_root_delete", id, "");
}
