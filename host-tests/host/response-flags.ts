/**
 * `response.flags`: a bit for each of Envoy 1.40's `StreamInfo::CoreResponseFlag`, under the short name that
 * `%RESPONSE_FLAGS%` prints. (It prints several in the order in which they were set: `URX,UF`.)
 */
const SHORT_NAMES = [
  "LH", // FailedLocalHealthCheck
  "UH", // NoHealthyUpstream
  "UT", // UpstreamRequestTimeout
  "LR", // LocalReset
  "UR", // UpstreamRemoteReset
  "UF", // UpstreamConnectionFailure
  "UC", // UpstreamConnectionTermination
  "UO", // UpstreamOverflow
  "NR", // NoRouteFound
  "DI", // DelayInjected
  "FI", // FaultInjected
  "RL", // RateLimited
  "UAEX", // UnauthorizedExternalService
  "RLSE", // RateLimitServiceError
  "DC", // DownstreamConnectionTermination
  "URX", // UpstreamRetryLimitExceeded
  "SI", // StreamIdleTimeout
  "IH", // InvalidEnvoyRequestHeaders
  "DPE", // DownstreamProtocolError
  "UMSDR", // UpstreamMaxStreamDurationReached
  "RFCF", // ResponseFromCacheFilter
  "NFCF", // NoFilterConfigFound
  "DT", // DurationTimeout
  "UPE", // UpstreamProtocolError
  "NC", // NoClusterFound
  "OM", // OverloadManager
  "DF", // DnsResolutionFailed
  "DO", // DropOverLoad
  "DR", // DownstreamRemoteReset
  "UDO", // UnconditionalDropOverload
] as const;

export type ResponseFlagName = (typeof SHORT_NAMES)[number];

/** The bit of each flag, by its short name. */
export const ResponseFlag = Object.fromEntries(SHORT_NAMES.map((name, bit) => [name, 1n << BigInt(bit)])) as Readonly<
  Record<ResponseFlagName, bigint>
>;
