/**
 * Hostcalls of proxy-wasm ABI 0.2.1 that @solo-io/proxy-runtime does not declare, or declares for another function. The
 * name of this file is the module they are imported from: `env`. Everybody else imports from `hostcalls.ts`.
 */

export declare function proxy_get_log_level(levelPtr: usize): u32;

export declare function proxy_set_buffer_bytes(
  bufferType: u32,
  start: u32,
  length: u32,
  dataPtr: usize,
  dataSize: usize,
): u32;

export declare function proxy_grpc_call(
  servicePtr: usize,
  serviceSize: usize,
  serviceNamePtr: usize,
  serviceNameSize: usize,
  methodNamePtr: usize,
  methodNameSize: usize,
  initialMetadataPtr: usize,
  initialMetadataSize: usize,
  messagePtr: usize,
  messageSize: usize,
  timeoutMilliseconds: u32,
  tokenPtr: usize,
): u32;

export declare function proxy_grpc_stream(
  servicePtr: usize,
  serviceSize: usize,
  serviceNamePtr: usize,
  serviceNameSize: usize,
  methodNamePtr: usize,
  methodNameSize: usize,
  initialMetadataPtr: usize,
  initialMetadataSize: usize,
  tokenPtr: usize,
): u32;
