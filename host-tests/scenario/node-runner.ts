/** Runs scenarios in the Node host. The sibling of `runScenarioInEnvoy`: same scenarios, same checks. */
import {
  ConfigurationRefused,
  EnvoyHost,
  loadModule,
  type Cluster,
  type Exchange,
  type FilterModule,
  type FilterOptions,
  type ReceivedRequest,
  type ReplyInit,
} from "../host/index.ts";
import { AnswerScript } from "./answers.ts";
import type { PreparedPlugin } from "./arrangements.ts";
import { prepare, type PreparedScenario, type PreparedStep } from "./expand.ts";
import { check, type LogLine, type Observation } from "./expect.ts";
import type { Scenario, ServiceAnswer, ServiceDescription } from "./format.ts";
import { toRoute } from "./node-routes.ts";
import { routesOf, upstreamsOf } from "./routes.ts";
import { CHAIN, growth, logLevelFor, moduleFile, NOTHING, type RunnerOptions } from "./runner-common.ts";
import { milliseconds } from "./time.ts";

/** When scenarios start: later than today, so that moments written out in full are past in both hosts. */
const NOW = 1_800_000_000_000;
/** What an Envoy needs to start: timers that the plugin sets run meanwhile. */
const STARTUP_MS = 200;
/** An answer must be there within so many milliseconds; after that a request counts as hanging. */
const ANSWER_TIMEOUT_MS = 15_000;
/** Steps in which time moves while requests are pending. */
const TICK_MS = 5;
/** Log lines and counters may come after the answer. */
const SETTLE_MS = 20;
/** Pieces of a body are sent so far apart. */
const CHUNK_PAUSE_MS = 10;

/** What the chain of a waypoint says of itself. */
const SURROUNDINGS = {
  xds: {
    filter_chain_name: CHAIN,
    virtual_host_name: "inbound|http|80",
    listener_direction: 1,
  },
};

const modules = new Map<string, Promise<FilterModule>>();

/** Runs a scenario, and gives what is not as expected, one line each; none: all is. */
export async function runScenarioInNode(scenario: Scenario, options: RunnerOptions = {}): Promise<string[]> {
  const surroundings = {
    now: NOW,
    clusterOf: (name: string) => name,
    authorityOf: (name: string) => `${name}.test:80`,
  };
  const prepared = prepare(scenario, surroundings, options.arrangement);
  const filters = await Promise.all(prepared.chain.map((plugin) => filterOf(plugin, scenario, options)));
  const host: EnvoyHost = new EnvoyHost({
    now: NOW,
    workers: scenario.workers ?? 1,
    logLevel: logLevelFor(scenario),
    clusters: Object.fromEntries(
      Object.entries(prepared.services).map(([name, service]) => [name, clusterFor(service)]),
    ),
    upstream: echo,
    upstreams: upstreamsOf(scenario),
    routes: routesOf(scenario).map((route) => toRoute(route, (limit) => host.random.below(limit))),
    properties: SURROUNDINGS,
    normalizePath: true,
  });
  try {
    for (const filter of filters) host.addFilter(filter);
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    return checkRefused(prepared, filterLogs(host, 0), error);
  }
  if (scenario.refused !== undefined) return ["refused: the plugin took the configuration"];
  host.advance(STARTUP_MS);
  const problems = prepared.steps.flatMap((step) => runStep(host, step, prepared));
  return [...problems, ...traps(host, scenario)];
}

async function filterOf(plugin: PreparedPlugin, scenario: Scenario, options: RunnerOptions): Promise<FilterOptions> {
  const file = moduleFile(plugin.module, options);
  const module = modules.get(file) ?? loadModule(file);
  modules.set(file, module);
  return { ...plugin, module: await module, failurePolicy: scenario.failurePolicy ?? "FAIL_CLOSED" };
}

function checkRefused(prepared: PreparedScenario, logs: readonly LogLine[], error: ConfigurationRefused): string[] {
  if (prepared.refused === undefined) return [`the plugin refused its configuration: ${error.message}`];
  const logged = logs.map(({ message }) => JSON.stringify(message)).join("; ");
  return [
    ...prepared.refused
      .filter((text) => !logs.some(({ message }) => message.includes(text)))
      .map((text) => `refused: no log line contains ${JSON.stringify(text)}; there were: ${logged || "none"}`),
    ...check({ ...NOTHING, logs }, {}, prepared.minted.values()),
  ];
}

function runStep(host: EnvoyHost, step: PreparedStep, prepared: PreparedScenario): string[] {
  if (step.wait !== undefined) host.advance(milliseconds(step.wait));
  const firstLine = host.logs.length;
  const before = counters(host);
  const exchanges = Array.from({ length: step.parallel ?? 1 }, (_, index) => send(host, step, index));
  for (let time = 0; time < ANSWER_TIMEOUT_MS && exchanges.some(({ state }) => state === "pending"); time += TICK_MS) {
    host.advance(TICK_MS);
  }
  host.advance(SETTLE_MS);
  const shared = { metrics: growth(before, counters(host)), logs: filterLogs(host, firstLine) };
  const minted = [...prepared.minted.values()];
  const problems = exchanges.flatMap((exchange) => check({ ...observe(exchange), ...shared }, step.expect, minted));
  return [...new Set(problems)].map((problem) => `${step.name}: ${problem}`);
}

/** Copies of a request are spread over the workers. */
function send(host: EnvoyHost, { request }: PreparedStep, index: number): Exchange {
  const { principal, destination, source, ...init } = request;
  const filterState = principal === undefined ? {} : { "io.istio.peer_principal": principal };
  const connection = host.connection({ destination, source, filterState });
  return host.request({ ...init, connection, chunkDelayMs: CHUNK_PAUSE_MS, worker: index % (host.threads.length - 1) });
}

/** Everything about one request but what is counted and logged. */
function observe(exchange: Exchange): Observation {
  const { response, upstreamRequest: upstream } = exchange;
  return {
    ...NOTHING,
    ...(response !== undefined && {
      status: response.status,
      headers: response.headers.pairs(),
      body: response.body,
      trailers: response.trailers?.pairs() ?? [],
    }),
    details: exchange.details,
    upstream: upstream && {
      name: upstream.cluster,
      method: upstream.method,
      path: upstream.path,
      headers: headersOf(upstream),
      body: upstream.body,
    },
    filterState: exchange.filterState,
  };
}

/** As a server sees them: the authority as `host`, no other pseudo-headers. */
function headersOf({ authority, headers }: ReceivedRequest): [string, string][] {
  const others = Array.from(headers, ([name, value]): [string, string] => [name, value]);
  return [["host", authority], ...others.filter(([name]) => !name.startsWith(":"))];
}

/**
 * Answers as the upstream beside a real Envoy does: 200 with what arrived, or with `x-echo: stream` the body itself.
 */
function echo(request: ReceivedRequest): ReplyInit {
  if (request.headers.first("x-echo") === "stream") return { chunks: [request.bodyBytes] };
  const { method, path, body } = request;
  const trailers = Array.from(request.trailers ?? []);
  const seen = { protocol: "http1", method, path, headers: headersOf(request), body, trailers };
  return { headers: [["content-type", "application/json"]], body: JSON.stringify(seen) };
}

function clusterFor({ reach, answers }: ServiceDescription): Cluster {
  if (reach !== undefined) return { fault: reach === "none" ? "no-hosts" : "refuse" };
  const script = new AnswerScript(answers);
  return (call) => toReply(script.next(call.path));
}

function toReply({ status, headers, body, delay, fault }: ServiceAnswer): ReplyInit {
  return {
    status: status ?? 200,
    headers: headers ?? [],
    body: body ?? "",
    delayMs: delay === undefined ? 0 : milliseconds(delay),
    ...(fault !== undefined && { fault }),
  };
}

function counters(host: EnvoyHost): Map<string, number> {
  return new Map(Array.from(host.stats.counters, ([name, { value }]) => [name, Number(value)]));
}

function filterLogs(host: EnvoyHost, start: number): LogLine[] {
  const lines = host.logs.slice(start).filter(({ plugin }) => plugin !== undefined);
  return lines.map(({ level, message }) => ({ level, message }));
}

/** A trap that no step noticed; where a scenario sets the failure policy traps are its subject. */
function traps(host: EnvoyHost, { failurePolicy }: Scenario): string[] {
  if (failurePolicy !== undefined) return [];
  return host.logs
    .filter(({ message }) => /^Wasm VM failed Function: /.test(message))
    .map(({ message }) => `a trap: ${message}`);
}
