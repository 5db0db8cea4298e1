/** The numbers of proxy-wasm ABI 0.2.1, by the names of its specification. */

/** What a hostcall answers (`proxy_status_t`). */
export enum Status {
  Ok = 0,
  /** The header, property, key, queue or metric does not exist. */
  NotFound = 1,
  /** An argument is not valid, or the call is not allowed in this phase (a header map that is not open, say). */
  BadArgument = 2,
  SerializationFailure = 3,
  /** The service of a gRPC call is neither a cluster nor a serialized GrpcService. */
  ParseFailure = 4,
  InvalidMemoryAccess = 6,
  /** The queue has nothing. */
  Empty = 7,
  /** Another VM changed the shared value since it was read. */
  CasMismatch = 8,
  /** The host could not do it; for a callout: no host is there to call, and no answer will come. */
  InternalFailure = 10,
  Unimplemented = 12,
}

/** Which header map a hostcall means (`proxy_header_map_type_t`). */
export enum HeaderMapType {
  HttpRequestHeaders = 0,
  HttpRequestTrailers = 1,
  HttpResponseHeaders = 2,
  HttpResponseTrailers = 3,
  GrpcCallInitialMetadata = 4,
  GrpcCallTrailingMetadata = 5,
  HttpCallResponseHeaders = 6,
  HttpCallResponseTrailers = 7,
}

/** Which buffer a hostcall means (`proxy_buffer_type_t`). */
export enum BufferType {
  HttpRequestBody = 0,
  HttpResponseBody = 1,
  HttpCallResponseBody = 4,
  GrpcCallMessage = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
  ForeignFunctionArguments = 8,
}

/** Which direction `proxy_continue_stream` resumes (`proxy_stream_type_t`). */
export enum StreamType {
  HttpRequest = 0,
  HttpResponse = 1,
}

/** `proxy_log_level_t`. */
export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** `proxy_metric_type_t`. */
export enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

/**
 * What Envoy does with the headers after a filter saw them. The ABI's values 1 and 2 are left out on purpose: both can
 * forward the request before a pending callout has answered.
 */
export enum HeadersStatus {
  Continue = 0,
  /** Holds the whole stream and buffers the body, up to the limit of the connection's buffer. */
  StopAllIterationAndBuffer = 3,
  /** Holds the whole stream and slows the sender down. What a filter returns to wait for a callout. */
  StopAllIterationAndWatermark = 4,
}

/** What Envoy does with body data after a filter saw it. */
export enum DataStatus {
  Continue = 0,
  /** Holds the data and collects what follows, up to the limit of the connection's buffer (then 413, or 500). */
  StopIterationAndBuffer = 1,
  /** Holds the data and slows the sender down when the buffer is full. */
  StopIterationAndWatermark = 2,
  /** Takes the data away. */
  StopIterationNoBuffer = 3,
}

/** What Envoy does with trailers after a filter saw them. */
export enum TrailersStatus {
  Continue = 0,
  StopIteration = 1,
}

/** Status codes of gRPC (grpc/grpc, doc/statuscodes.md). */
export enum GrpcStatus {
  /** No gRPC status was given: Envoy derives one from the HTTP status. */
  Unset = -1,
  Ok = 0,
  Canceled = 1,
  Unknown = 2,
  InvalidArgument = 3,
  DeadlineExceeded = 4,
  NotFound = 5,
  AlreadyExists = 6,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  FailedPrecondition = 9,
  Aborted = 10,
  OutOfRange = 11,
  Unimplemented = 12,
  Internal = 13,
  Unavailable = 14,
  DataLoss = 15,
  Unauthenticated = 16,
}
