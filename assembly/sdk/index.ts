/** What filter authors import: `import { … } from "waypost/assembly/sdk"`. */
export { DataStatus, GrpcStatus, HeadersStatus, LogLevel, MetricType, Status, TrailersStatus } from "../abi/types";
export { JsonEditStatus } from "../json/edit";
export { Bytes } from "../text/bytes";
export { ByteWriter } from "../text/writer";
export { Body, requestBody, responseBody } from "./body";
export { ConfigObject, Configuration } from "./config";
export { Context, RootContext, StreamContext, StreamOf } from "./context";
export {
  LifeSpan,
  Verdict,
  clearRouteCache,
  declareStringFilterState,
  setEnvoyFilterState,
  verifySignature,
} from "./envoy";
export { Expression, hasExpressions } from "./expression";
export { ForeignFunction } from "./foreign";
export { GrpcCall, GrpcStream } from "./grpc-call";
export { HeaderMap, requestHeaders, requestTrailers, responseHeaders, responseTrailers } from "./headers";
export { HttpCall } from "./http-call";
export { LocalReply } from "./local-reply";
export { log } from "./log";
export { OTHERS, metricLabel } from "./metric-label";
export { Counter, Gauge, Histogram, defineMetric, incrementMetric, recordMetric } from "./metrics";
export { PairList, Pairs } from "./pairs";
export { Property, setFilterState } from "./property";
export { randomBytes } from "./random";
export { registerFilter } from "./registry";
export { SharedQueue, sharedData } from "./shared-data";
export { TraceContext } from "./trace-context";
export { nowMilliseconds, nowNanoseconds } from "./time";
