// Every hostcall of proxy-wasm ABI 0.2.1, raw. The name of this file is their import module, `env`.

export declare function proxy_log(level: u32, message: usize, size: usize): u32;
export declare function proxy_get_log_level(levelOut: usize): u32;
export declare function proxy_get_current_time_nanoseconds(timeOut: usize): u32;
export declare function proxy_set_tick_period_milliseconds(period: u32): u32;
export declare function proxy_set_effective_context(id: u32): u32;
export declare function proxy_done(): u32;
export declare function proxy_get_status(codeOut: usize, messageOut: usize, sizeOut: usize): u32;
export declare function proxy_get_property(path: usize, pathSize: usize, valueOut: usize, sizeOut: usize): u32;
export declare function proxy_set_property(path: usize, pathSize: usize, value: usize, size: usize): u32;
export declare function proxy_get_header_map_value(
  map: u32,
  key: usize,
  keySize: usize,
  valueOut: usize,
  sizeOut: usize,
): u32;
export declare function proxy_add_header_map_value(
  map: u32,
  key: usize,
  keySize: usize,
  value: usize,
  size: usize,
): u32;
export declare function proxy_replace_header_map_value(
  map: u32,
  key: usize,
  keySize: usize,
  value: usize,
  size: usize,
): u32;
export declare function proxy_remove_header_map_value(map: u32, key: usize, keySize: usize): u32;
export declare function proxy_get_header_map_pairs(map: u32, pairsOut: usize, sizeOut: usize): u32;
export declare function proxy_set_header_map_pairs(map: u32, pairs: usize, size: usize): u32;
export declare function proxy_get_header_map_size(map: u32, sizeOut: usize): u32;
export declare function proxy_get_buffer_status(buffer: u32, lengthOut: usize, flagsOut: usize): u32;
export declare function proxy_get_buffer_bytes(
  buffer: u32,
  start: u32,
  length: u32,
  dataOut: usize,
  sizeOut: usize,
): u32;
export declare function proxy_set_buffer_bytes(buffer: u32, start: u32, length: u32, data: usize, size: usize): u32;
export declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsSize: usize,
  body: usize,
  bodySize: usize,
  headers: usize,
  headersSize: usize,
  grpcStatus: i32,
): u32;
export declare function proxy_continue_stream(stream: u32): u32;
export declare function proxy_close_stream(stream: u32): u32;
export declare function proxy_http_call(
  cluster: usize,
  clusterSize: usize,
  headers: usize,
  headersSize: usize,
  body: usize,
  bodySize: usize,
  trailers: usize,
  trailersSize: usize,
  timeout: u32,
  tokenOut: usize,
): u32;
export declare function proxy_grpc_call(
  cluster: usize,
  clusterSize: usize,
  service: usize,
  serviceSize: usize,
  method: usize,
  methodSize: usize,
  metadata: usize,
  metadataSize: usize,
  message: usize,
  messageSize: usize,
  timeout: u32,
  tokenOut: usize,
): u32;
export declare function proxy_grpc_stream(
  cluster: usize,
  clusterSize: usize,
  service: usize,
  serviceSize: usize,
  method: usize,
  methodSize: usize,
  metadata: usize,
  metadataSize: usize,
  tokenOut: usize,
): u32;
export declare function proxy_grpc_send(token: u32, message: usize, size: usize, endStream: u32): u32;
export declare function proxy_grpc_close(token: u32): u32;
export declare function proxy_grpc_cancel(token: u32): u32;
export declare function proxy_get_shared_data(
  key: usize,
  keySize: usize,
  valueOut: usize,
  sizeOut: usize,
  casOut: usize,
): u32;
export declare function proxy_set_shared_data(key: usize, keySize: usize, value: usize, size: usize, cas: u32): u32;
export declare function proxy_register_shared_queue(name: usize, nameSize: usize, tokenOut: usize): u32;
export declare function proxy_resolve_shared_queue(
  vmId: usize,
  vmIdSize: usize,
  name: usize,
  nameSize: usize,
  tokenOut: usize,
): u32;
export declare function proxy_enqueue_shared_queue(token: u32, data: usize, size: usize): u32;
export declare function proxy_dequeue_shared_queue(token: u32, dataOut: usize, sizeOut: usize): u32;
export declare function proxy_define_metric(type: u32, name: usize, nameSize: usize, idOut: usize): u32;
export declare function proxy_increment_metric(id: u32, offset: i64): u32;
export declare function proxy_record_metric(id: u32, value: u64): u32;
export declare function proxy_get_metric(id: u32, valueOut: usize): u32;
export declare function proxy_call_foreign_function(
  name: usize,
  nameSize: usize,
  data: usize,
  size: usize,
  resultOut: usize,
  resultSizeOut: usize,
): u32;
