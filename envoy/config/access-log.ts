/** Access logs as JSON, one object a line. */
import { any, type NamedExtension } from "./types.ts";

/** What a line of the access log holds. Envoy writes `null` for what there is not. */
export interface AccessLogEntry {
  request_id: string | null;
  method: string | null;
  path: string | null;
  protocol: string | null;
  status: number;
  /** Short response flags: `-`, `UF`, `NR`, … */
  flags: string | null;
  details: string | null;
  upstream_host: string | null;
  upstream_cluster: string | null;
  duration: number;
  /** Filter state by name. */
  filter_state: Record<string, string | null>;
  /** Dynamic metadata of native jwt_authn. */
  jwt_authn: Record<string, unknown> | null;
}

/**
 * An access log in a file.
 *
 * @param filterStates  names of the filter state to log
 */
export function fileAccessLog(path: string, filterStates: readonly string[] = []): NamedExtension {
  return {
    name: "envoy.access_loggers.file",
    typed_config: any("envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path,
      log_format: { json_format: format(filterStates) },
    }),
  };
}

function format(filterStates: readonly string[]): Record<keyof AccessLogEntry, unknown> {
  return {
    request_id: "%REQ(X-REQUEST-ID)%",
    method: "%REQ(:METHOD)%",
    path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
    protocol: "%PROTOCOL%",
    status: "%RESPONSE_CODE%",
    flags: "%RESPONSE_FLAGS%",
    details: "%RESPONSE_CODE_DETAILS%",
    upstream_host: "%UPSTREAM_HOST%",
    upstream_cluster: "%UPSTREAM_CLUSTER_RAW%",
    duration: "%DURATION%",
    // PLAIN: what a Wasm filter stores is bytes, which are printed as base64 of a message otherwise.
    filter_state: Object.fromEntries(filterStates.map((name) => [name, `%FILTER_STATE(${name}:PLAIN)%`])),
    jwt_authn: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn)%",
  };
}
