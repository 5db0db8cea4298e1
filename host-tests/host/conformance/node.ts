/** Runs a conformance case in the Node host. */
import { EnvoyHost } from "../envoy-host.ts";
import { EnvoyCrash } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import type { FilterModule } from "../module.ts";
import { grpcFrame } from "../grpc-frame.ts";
import type { ClusterHandlers, DownstreamConnection, HostOptions, ReplyInit, UpstreamInit } from "../types.ts";
import {
  CHUNK_PAUSE_MS,
  DEFAULT_SERVICE,
  DEFAULT_UPSTREAM,
  PATIENCE_MS,
  type ConformanceCase,
  type ScriptedGrpcReply,
} from "./case.ts";
import { headerLines, normalize, shorten, type ConformanceRecord, type StepRecord } from "./record.ts";

const TICK_MS = 10;

export function runInNode(test: ConformanceCase, module: FilterModule): ConformanceRecord {
  try {
    return run(test, module);
  } catch (error) {
    if (error instanceof EnvoyCrash) return { steps: [], crashed: true };
    throw error;
  }
}

function run(test: ConformanceCase, module: FilterModule): ConformanceRecord {
  const host = new EnvoyHost({
    upstreams: upstreamsOf(test),
    ...(test.clusterHeader !== undefined && clusterByHeader(test.clusterHeader)),
    normalizePath: test.normalizePath ?? false,
    upstream: ({ cluster }) => ({ chunkDelayMs: CHUNK_PAUSE_MS, ...answerOf(test, cluster) }),
    clusters: {
      service: () => test.service ?? DEFAULT_SERVICE,
      refused: { fault: "refuse" },
      hostless: { fault: "no-hosts" },
      ...(test.grpc !== undefined && { grpc: grpcService(test.grpc) }),
    },
  });
  if (test.grpcStats === true) host.addGrpcStats();
  for (const [index, script] of test.scripts.entries()) {
    host.addFilter({
      name: String(index),
      module,
      vmId: test.sharedVm === true ? "shared" : String(index),
      configuration: withClusters(script),
      ...(test.failurePolicy !== undefined && { failurePolicy: test.failurePolicy }),
      ...(test.failOpen !== undefined && { failOpen: test.failOpen }),
      ...(test.allowOnHeadersStopIteration !== undefined && {
        allowOnHeadersStopIteration: test.allowOnHeadersStopIteration,
      }),
    });
  }
  const startup = takeLogs(host);
  const steps = test.steps.map((step): StepRecord => {
    if ("wait" in step) {
      host.advance(step.wait);
      return { logs: takeLogs(host) };
    }
    const { chunks, abortAfter, headers = [], ...request } = step.request;
    const exchange = host.request({
      ...request,
      headers: headers.map(([name, value]): [string, string] => [name, withClusters(value)]),
      ...(test.metadata !== undefined && { metadata: test.metadata }),
      ...(test.caller !== undefined && { connection: connectionOf(host, test.caller) }),
      chunkDelayMs: CHUNK_PAUSE_MS,
      ...(chunks !== undefined && { chunks }),
    });
    for (let time = 0; time < (abortAfter ?? PATIENCE_MS) && exchange.state === "pending"; time += TICK_MS)
      host.advance(TICK_MS);
    // The client of the recording does not wait for ever either.
    if (exchange.state === "pending") exchange.reset();
    const { upstream, ...rest } = describe(exchange);
    return { logs: takeLogs(host), ...rest, ...(test.upstreamVaries !== true && { upstream }) };
  });
  return test.startup === true ? { startup: startup.sort(), steps } : { steps };
}

function withClusters(text: string): string {
  return text.replace(/\{\{(\w+)\}\}/g, "$1");
}

function clusterByHeader(name: string): HostOptions {
  return { routes: [{ cluster: (headers) => headers.first(name) }] };
}

function upstreamsOf({ upstreamMetadata, grpc }: ConformanceCase): UpstreamInit[] {
  const { cluster, endpoint } = upstreamMetadata ?? {};
  const known = {
    ...(cluster !== undefined && { metadata: cluster }),
    ...(endpoint !== undefined && { hostMetadata: endpoint }),
  };
  return [
    { name: "upstream", ...known },
    { name: "service" },
    { name: "refused", fault: "refuse" },
    { name: "hostless", fault: "no-hosts" },
    ...(grpc === undefined ? [] : [{ name: "grpc", protocol: "http2" } as const]),
  ];
}

function answerOf(test: ConformanceCase, cluster: string): ReplyInit {
  if (cluster === "grpc") return grpcAnswer(test.grpc ?? {});
  return cluster === "service" ? (test.service ?? DEFAULT_SERVICE) : (test.upstream ?? DEFAULT_UPSTREAM);
}

/** What a request of gRPC that passed the filters is answered. */
function grpcAnswer({
  initialMetadata = [],
  messages = [],
  trailingMetadata = [],
  ...end
}: ScriptedGrpcReply): ReplyInit {
  const { status = 0, statusMessage } = end;
  const trailers: [string, string][] = [["grpc-status", String(status)], ...trailingMetadata];
  if (statusMessage !== undefined) trailers.push(["grpc-message", statusMessage]);
  const headers: [string, string][] = [["content-type", "application/grpc"], ...initialMetadata];
  return { headers, chunks: messages.map(grpcFrame), chunkDelayMs: 0, trailers };
}

function connectionOf(
  host: EnvoyHost,
  { principal, ...addresses }: NonNullable<ConformanceCase["caller"]>,
): DownstreamConnection {
  const filterState = principal === undefined ? {} : { "io.istio.peer_principal": principal };
  return host.connection({ ...addresses, filterState });
}

function grpcService({ messages = [], ...reply }: ScriptedGrpcReply): ClusterHandlers {
  const { initialMetadata, trailingMetadata, status, statusMessage } = reply;
  const [message] = messages;
  return {
    grpc: () => ({ ...reply, ...(message !== undefined && { message }) }),
    onGrpcMessage: (stream) => {
      stream.initialMetadata(initialMetadata ?? []);
      for (const each of messages) stream.send(each);
      stream.close(status, statusMessage, trailingMetadata);
    },
  };
}

function takeLogs(host: EnvoyHost): string[] {
  const lines = host.logs.splice(0);
  return lines.filter((line) => line.plugin !== undefined).map((line) => normalize(`${line.plugin}: ${line.message}`));
}

function describe(exchange: Exchange): Omit<StepRecord, "logs"> {
  const { response, upstreamRequest: request } = exchange;
  return {
    response:
      response === undefined
        ? "reset"
        : {
            status: response.status,
            headers: headerLines(response.headers),
            body: response.body,
            ...(response.trailers !== undefined && { trailers: headerLines(response.trailers) }),
          },
    ...(exchange.details !== undefined && { details: exchange.details }),
    ...(exchange.filterState["wasm.x"] !== undefined && { filterState: exchange.filterState["wasm.x"] }),
    upstream:
      request?.cluster !== "upstream"
        ? "nothing"
        : {
            start: `${request.method} ${request.path}`,
            headers: headerLines(request.headers),
            body: shorten(request.body),
          },
  };
}
