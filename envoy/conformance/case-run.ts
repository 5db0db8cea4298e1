/** One case in Envoy: the services around it, its requests, and what came of them. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CHUNK_PAUSE_MS,
  DEFAULT_SERVICE,
  DEFAULT_UPSTREAM,
  PATIENCE_MS,
  type CaseRequest,
  type ConformanceCase,
  type ConformanceStep,
} from "../../host-tests/host/conformance/case.ts";
import {
  headerLines,
  normalize,
  shorten,
  type ConformanceRecord,
  type StepRecord,
} from "../../host-tests/host/conformance/record.ts";
import type { Answer, Request } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { requestOverHttp2 } from "../client/http2.ts";
import { AccessLogFile } from "../harness/access-log.ts";
import type { EnvoyLog, EnvoyProcess } from "../harness/index.ts";
import { clusterSuffix, listenerName, LOGGED_STATE, withClusters, type PlacedCase } from "./configuration.ts";
import { GrpcUpstream } from "./grpc-upstream.ts";
import { ConformanceUpstream } from "./upstream.ts";

/** The client waits a little longer than that of the Node host, whose clock does not run while others work. */
const CLIENT_PATIENCE_MS = PATIENCE_MS + 500;

/** Envoy logs a stream when the client has its answer; of some streams it never does. */
const ACCESS_LOG_MS = 300;

/** What a step brings about may come after its answer. */
const AFTERMATH_MS = 60;

interface Services {
  upstream: ConformanceUpstream;
  service: ConformanceUpstream;
  grpc?: GrpcUpstream;
}

export class CaseRun {
  readonly test: ConformanceCase;
  readonly #index: number;
  readonly #services: Services;

  private constructor(test: ConformanceCase, index: number, services: Services) {
    this.test = test;
    this.#index = index;
    this.#services = services;
  }

  /** Starts the services. @param index  number of the case in its Envoy */
  static async start(test: ConformanceCase, index: number): Promise<CaseRun> {
    return new CaseRun(test, index, {
      upstream: await ConformanceUpstream.start(test.upstream ?? DEFAULT_UPSTREAM),
      service: await ConformanceUpstream.start(test.service ?? DEFAULT_SERVICE),
      ...(test.grpc !== undefined && { grpc: await GrpcUpstream.start(test.grpc) }),
    });
  }

  /** @param folder  Envoy's, for the access log */
  place(folder: string): PlacedCase {
    const { upstream, service, grpc } = this.#services;
    const ports = { upstream: upstream.port, service: service.port, ...(grpc !== undefined && { grpc: grpc.port }) };
    return { test: this.test, index: this.#index, ports, accessLog: this.#accessLogIn(folder) };
  }

  /** Runs the steps. The log must be past all that Envoy's start brings about. */
  async record(envoy: EnvoyProcess): Promise<ConformanceRecord> {
    const startup = this.#logs(envoy.log, 0).sort();
    const steps: StepRecord[] = [];
    for (const step of this.test.steps) {
      const start = envoy.log.lines.length;
      const seen = await this.#run(step, envoy);
      steps.push({ logs: this.#logs(envoy.log, start), ...seen });
    }
    return this.test.startup === true ? { startup, steps } : { steps };
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#services).map((service: { stop(): Promise<void> }) => service.stop()));
  }

  /** Everything about a step but what was logged. */
  async #run(step: ConformanceStep, envoy: EnvoyProcess): Promise<Omit<StepRecord, "logs">> {
    if ("wait" in step) {
      await sleep(step.wait);
      return {};
    }
    this.#services.upstream.forget();
    const accessLog = new AccessLogFile(this.#accessLogIn(envoy.folder));
    const start = (await accessLog.entries()).length;
    const answer = await send(envoy.port(listenerName({ index: this.#index })), this.#placed(step.request));
    const entry = await accessLog.find(() => true, { start, timeout: ACCESS_LOG_MS });
    await sleep(AFTERMATH_MS);
    const { details, filter_state: states } = entry ?? {};
    const state = states?.[LOGGED_STATE];
    return {
      response: responseOf(answer),
      ...(details != null && { details }),
      ...(state != null && { filterState: state }),
      ...(this.test.upstreamVaries !== true && { upstream: this.#arrived() }),
    };
  }

  #placed(request: CaseRequest): CaseRequest {
    const headers = request.headers?.map(([name, value]): [string, string] => [name, withClusters(value, this.#index)]);
    return { ...request, ...(headers !== undefined && { headers }) };
  }

  #arrived(): NonNullable<StepRecord["upstream"]> {
    const { arrived } = this.#services.upstream;
    if (arrived === undefined) return "nothing";
    const { method, path: target, headers, body } = arrived;
    return { start: `${method} ${target}`, headers: this.#withoutSuffix(headerLines(headers)), body: shorten(body) };
  }

  /** A request that names its cluster names that of this case. */
  #withoutSuffix(lines: string[]): string[] {
    if (this.test.clusterHeader === undefined) return lines;
    return lines.map((line) => line.replaceAll(clusterSuffix(this.#index), ""));
  }

  /** What the filters of this case have logged, `<number of the filter>: <text>`, from a position of the log on. */
  #logs(log: EnvoyLog, start: number): string[] {
    return log.ofPlugins(start).flatMap(({ plugin = "", message }) => {
      const [, index, filter] = /^(\d+)\.(\d+)/.exec(plugin) ?? [];
      if (Number(index) !== this.#index) return [];
      return [`${filter}: ${normalize(message).replaceAll(clusterSuffix(this.#index), "")}`];
    });
  }

  #accessLogIn(folder: string): string {
    return path.join(folder, `access-${this.#index}.log`);
  }
}

function send(port: number, request: CaseRequest): Promise<Answer> {
  const { method = "GET", path: target = "/", headers = [], body, protocol, abortAfter = CLIENT_PATIENCE_MS } = request;
  const isHttp2 = protocol === "http2";
  const init: Request = {
    ...request,
    method,
    path: target,
    authority: "example.com",
    headers: isHttp2 ? headers : [["connection", "close"], ...headers],
    chunkPause: CHUNK_PAUSE_MS,
    abortAfter,
    ...(body === "" && { body: undefined }),
  };
  return isHttp2 ? requestOverHttp2(port, init) : requestOverHttp1(port, init);
}

function responseOf({ broken, status, headers, body, trailers }: Answer): NonNullable<StepRecord["response"]> {
  if (broken) return "reset";
  const trailerLines = headerLines(trailers);
  return {
    status,
    headers: headerLines(headers),
    body,
    ...(trailerLines.length > 0 && { trailers: trailerLines }),
  };
}
