import * as arena from "../memory/arena";
import { collectSoon } from "../memory/collector";
import { Callout } from "../sdk/callout";
import { readBuffer } from "../sdk/context";
import * as registry from "../sdk/registry";
import { BufferType, DataStatus, HeadersStatus, TrailersStatus } from "./types";
import "./abort";

/**
 * The callbacks of proxy-wasm ABI 0.2.1. A module exports those that its filters need, because the host enters the VM for
 * each one that is exported, and no others:
 *
 * ```ts
 * export * from "../abi/callbacks/required";
 * export { proxy_on_request_headers, … } from "../abi/callbacks";
 * ```
 *
 * Each is an entry of the arena: what the host handed over is gone when the outermost one returns.
 */
export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return arena.allocate(size);
}

export function proxy_on_context_create(contextId: u32, parentContextId: u32): void {
  arena.enter();
  registry.createContext(contextId, parentContextId);
  arena.leave();
}

export function proxy_on_vm_start(rootContextId: u32, configurationSize: u32): u32 {
  arena.enter();
  const root = registry.findRoot(rootContextId);
  const started = root !== null && root.onVmStart();
  arena.leave();
  return started ? 1 : 0;
}

export function proxy_on_configure(rootContextId: u32, configurationSize: u32): u32 {
  arena.enter();
  const root = registry.findRoot(rootContextId);
  const accepted = root !== null && root.onConfigure(readBuffer(BufferType.PluginConfiguration));
  // A proxy that only gets new configurations has few callbacks, and a configuration is the largest tree there is.
  collectSoon();
  arena.leave();
  return accepted ? 1 : 0;
}

export function proxy_on_tick(rootContextId: u32): void {
  arena.enter();
  const root = registry.findRoot(rootContextId);
  if (root !== null) root.onTick();
  arena.leave();
}

export function proxy_on_queue_ready(rootContextId: u32, queueId: u32): void {
  arena.enter();
  const root = registry.findRoot(rootContextId);
  if (root !== null) root.onQueueReady(queueId);
  arena.leave();
}

export function proxy_on_foreign_function(rootContextId: u32, functionId: u32, argumentsSize: u32): void {
  arena.enter();
  const root = registry.findRoot(rootContextId);
  if (root !== null) root.onForeignFunction(functionId, readBuffer(BufferType.ForeignFunctionArguments));
  arena.leave();
}

// A stream that is not known cannot have been checked by anybody: it is held, never let through.

export function proxy_on_request_headers(contextId: u32, headerCount: u32, endOfStream: u32): u32 {
  arena.enter();
  const stream = registry.findStream(contextId);
  const status =
    stream === null ? HeadersStatus.StopAllIterationAndWatermark : stream.onRequestHeaders(endOfStream != 0);
  arena.leave();
  return status;
}

export function proxy_on_request_body(contextId: u32, size: u32, endOfStream: u32): u32 {
  arena.enter();
  const stream = registry.findStream(contextId);
  const status = stream === null ? DataStatus.StopIterationAndWatermark : stream.onRequestBody(size, endOfStream != 0);
  arena.leave();
  return status;
}

export function proxy_on_request_trailers(contextId: u32, trailerCount: u32): u32 {
  arena.enter();
  const stream = registry.findStream(contextId);
  const status = stream === null ? TrailersStatus.StopIteration : stream.onRequestTrailers();
  arena.leave();
  return status;
}

export function proxy_on_response_headers(contextId: u32, headerCount: u32, endOfStream: u32): u32 {
  arena.enter();
  const stream = registry.findResponding(contextId);
  const status =
    stream === null ? HeadersStatus.StopAllIterationAndWatermark : stream.onResponseHeaders(endOfStream != 0);
  arena.leave();
  return status;
}

export function proxy_on_response_body(contextId: u32, size: u32, endOfStream: u32): u32 {
  arena.enter();
  const stream = registry.findResponding(contextId);
  const status = stream === null ? DataStatus.StopIterationAndWatermark : stream.onResponseBody(size, endOfStream != 0);
  arena.leave();
  return status;
}

export function proxy_on_response_trailers(contextId: u32, trailerCount: u32): u32 {
  arena.enter();
  const stream = registry.findResponding(contextId);
  const status = stream === null ? TrailersStatus.StopIteration : stream.onResponseTrailers();
  arena.leave();
  return status;
}

export function proxy_on_http_call_response(
  rootContextId: u32,
  token: u32,
  headerCount: u32,
  bodySize: u32,
  trailerCount: u32,
): void {
  arena.enter();
  const call = Callout.find(token);
  if (call !== null) call.deliverResponse(headerCount);
  arena.leave();
}

export function proxy_on_grpc_receive_initial_metadata(rootContextId: u32, token: u32, count: u32): void {
  arena.enter();
  const call = Callout.find(token);
  if (call !== null) call.deliverInitialMetadata(count);
  arena.leave();
}

export function proxy_on_grpc_receive(rootContextId: u32, token: u32, messageSize: u32): void {
  arena.enter();
  const call = Callout.find(token);
  if (call !== null) call.deliverMessage();
  arena.leave();
}

export function proxy_on_grpc_receive_trailing_metadata(rootContextId: u32, token: u32, count: u32): void {
  arena.enter();
  const call = Callout.find(token);
  if (call !== null) call.deliverTrailingMetadata(count);
  arena.leave();
}

export function proxy_on_grpc_close(rootContextId: u32, token: u32, status: u32): void {
  arena.enter();
  const call = Callout.find(token);
  if (call !== null) call.deliverClose(status);
  arena.leave();
}

export function proxy_on_done(contextId: u32): u32 {
  arena.enter();
  const context = registry.findContext(contextId);
  const over = context === null || context.onDone();
  arena.leave();
  return over ? 1 : 0;
}

export function proxy_on_log(contextId: u32): void {
  arena.enter();
  const stream = registry.findStream(contextId);
  if (stream !== null) stream.onLog();
  arena.leave();
}

export function proxy_on_delete(contextId: u32): void {
  arena.enter();
  registry.deleteContext(contextId);
  arena.leave();
}
