/** The upstreams of a scenario in the Node host. */
import type { ReceivedRequest, ReplyInit, UpstreamInit } from "../host/index.ts";
import { AnswerScript } from "./answers.ts";
import type { PreparedAnswer, PreparedUpstream } from "./expand.ts";
import { clusterMetadata, endpointMetadata } from "./runner-common.ts";
import { milliseconds } from "./time.ts";

/** Chunks of an answer are sent so far apart. */
const CHUNK_PAUSE_MS = 10;

export class NodeUpstreams {
  /** What the host has to know of them. */
  readonly clusters: readonly UpstreamInit[];
  /** Of those that do not echo, by name. */
  readonly #scripts: ReadonlyMap<string, AnswerScript<PreparedAnswer>>;

  constructor(upstreams: readonly PreparedUpstream[]) {
    this.clusters = upstreams.map(toCluster);
    const scripted = upstreams.filter(({ answers }) => answers !== undefined);
    this.#scripts = new Map(scripted.map(({ name, answers }) => [name, new AnswerScript(answers)]));
  }

  answer(request: ReceivedRequest): ReplyInit {
    const script = this.#scripts.get(request.cluster);
    return script === undefined ? echo(request) : toReply(script.next(request.path, headersOf(request)));
  }
}

/** As a server sees them: the authority as `host`, no other pseudo-headers. */
export function headersOf({ authority, headers }: ReceivedRequest): [string, string][] {
  const others = Array.from(headers, ([name, value]): [string, string] => [name, value]);
  return [["host", authority], ...others.filter(([name]) => !name.startsWith(":"))];
}

function toCluster(upstream: PreparedUpstream): UpstreamInit {
  const metadata = clusterMetadata(upstream);
  const hostMetadata = endpointMetadata(upstream);
  return {
    name: upstream.name,
    protocol: "downstream",
    ...(metadata !== undefined && { metadata }),
    ...(hostMetadata !== undefined && { hostMetadata }),
    ...(upstream.reach !== undefined && { fault: upstream.reach === "none" ? "no-hosts" : "refuse" }),
  };
}

/**
 * Answers as the upstream beside a real Envoy does: 200 with what arrived, or with `x-echo: stream` the body itself.
 */
function echo(request: ReceivedRequest): ReplyInit {
  if (request.headers.first("x-echo") === "stream") return { chunks: [request.bodyBytes] };
  const { protocol, method, path, body } = request;
  const trailers = Array.from(request.trailers ?? []);
  const seen = { protocol, method, path, headers: headersOf(request), body, trailers };
  return { headers: [["content-type", "application/json"]], body: JSON.stringify(seen) };
}

function toReply({ delay, ...reply }: PreparedAnswer): ReplyInit {
  return { ...reply, chunkDelayMs: CHUNK_PAUSE_MS, delayMs: delay === undefined ? 0 : milliseconds(delay) };
}
