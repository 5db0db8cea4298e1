/** What Envoy answers itself when an upstream does not. */
import { HeaderMap } from "./header-map.ts";
import { latin1 } from "./bytes.ts";
import { ResponseFlag } from "./response-flags.ts";

export type UpstreamFailureKind = "refuse" | "reset" | "reset-stream" | "no-hosts" | "timeout";

interface Failure {
  status: number;
  body: string;
  /** Response code details of a request; an answer to a call out of a filter does not carry them. */
  details: string;
  /** Bit of `response.flags`. */
  flag: bigint;
  /** `upstream.transport_failure_reason`; default empty. */
  transportFailure?: string;
}

const CONNECT = "upstream connect error or disconnect/reset before headers. ";

/** Texts as Envoy 1.40 sends them; some clients and some filters look for them. */
export const UPSTREAM_FAILURES: Readonly<Record<UpstreamFailureKind, Failure>> = {
  refuse: {
    status: 503,
    body: `${CONNECT}reset reason: remote connection failure`,
    details:
      "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}",
    flag: ResponseFlag.UF,
    transportFailure: "delayed connect error: Connection refused",
  },
  reset: {
    status: 503,
    body: `${CONNECT}reset reason: connection termination`,
    details: "upstream_reset_before_response_started{connection_termination}",
    flag: ResponseFlag.UC,
  },
  "reset-stream": {
    status: 503,
    body: `${CONNECT}reset reason: remote reset`,
    details: "upstream_reset_before_response_started{remote_reset}",
    flag: ResponseFlag.UR,
  },
  "no-hosts": { status: 503, body: "no healthy upstream", details: "no_healthy_upstream", flag: ResponseFlag.UH },
  timeout: { status: 504, body: "upstream request timeout", details: "response_timeout", flag: ResponseFlag.UT },
};

/** Behind the headers of an answer nothing can be answered any more. */
export const BROKEN_ANSWERS = {
  http1: { details: "upstream_reset_after_response_started{protocol_error}", flag: ResponseFlag.UPE },
  http2: { details: "upstream_reset_after_response_started{remote_reset}", flag: ResponseFlag.UR },
} as const;

/** The answer to a call out of a filter: it looks like any other answer. */
export function upstreamFailure(kind: UpstreamFailureKind): { headers: HeaderMap; body: Buffer; trailers: undefined } {
  const { status, body } = UPSTREAM_FAILURES[kind];
  const pairs: [string, string][] = [
    [":status", String(status)],
    ["content-length", String(body.length)],
    ["content-type", "text/plain"],
  ];
  const headers = new HeaderMap(pairs, "response");
  return { headers, body: latin1(body), trailers: undefined };
}
