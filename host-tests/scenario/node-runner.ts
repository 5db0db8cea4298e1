/** Runs scenarios in the Node host. The sibling of `runScenarioInEnvoy`: same scenarios, same checks. */
import {
  ConfigurationRefused,
  EnvoyHost,
  loadModule,
  type Cluster,
  type Exchange,
  type FilterModule,
  type FilterOptions,
  type ReplyInit,
} from "../host/index.ts";
import { AnswerScript } from "./answers.ts";
import type { PreparedPlugin } from "./arrangements.ts";
import { prepare, type PreparedScenario, type PreparedStep } from "./expand.ts";
import { check, type LogLine, type Observation } from "./expect.ts";
import type { Scenario, ServiceAnswer, ServiceDescription } from "./format.ts";
import { toRoute } from "./node-routes.ts";
import { headersOf, NodeUpstreams } from "./node-upstreams.ts";
import { routesOf } from "./routes.ts";
import {
  CHAIN,
  growth,
  logLevelFor,
  type MetricValues,
  moduleFile,
  nodeOf,
  NOTHING,
  type RunnerOptions,
} from "./runner-common.ts";
import { milliseconds } from "./time.ts";

/** When scenarios start: later than today, so that moments written out in full are past in both hosts. */
const NOW = 1_800_000_000_000;
/** What an Envoy needs to start: timers that the plugin sets run meanwhile. */
const STARTUP_MS = 200;
/** An answer must be there within so many milliseconds; after that a request counts as hanging. */
const ANSWER_TIMEOUT = "15s";
/** Steps in which time moves while requests are pending. */
const TICK_MS = 5;
/** Log lines and counters may come after the answer. */
const SETTLE_MS = 20;
/** Pieces of a body are sent so far apart. */
const CHUNK_PAUSE_MS = 10;

/** What the chain of a waypoint says of itself. */
const WAYPOINT = {
  filter_chain_name: CHAIN,
  virtual_host_name: "inbound|http|80",
  listener_direction: 1,
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
  const upstreams = new NodeUpstreams(prepared.upstreams);
  const host: EnvoyHost = new EnvoyHost({
    now: NOW,
    workers: scenario.workers ?? 1,
    logLevel: logLevelFor(scenario),
    clusters: Object.fromEntries(
      Object.entries(prepared.services).map(([name, service]) => [name, clusterFor(service)]),
    ),
    upstream: (request) => upstreams.answer(request),
    upstreams: upstreams.clusters,
    routes: routesOf(prepared).map((route) => toRoute(route, (limit) => host.random.below(limit))),
    properties: { xds: { ...WAYPOINT, node: nodeOf(scenario) } },
    normalizePath: true,
  });
  try {
    addFilters(host, filters);
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    return checkRefused(prepared, filterLogs(host, 0), error);
  }
  if (scenario.refused !== undefined) return ["refused: the plugin took the configuration"];
  host.advance(STARTUP_MS);
  const problems = prepared.steps.flatMap((step) => runStep(host, step, prepared));
  return [...problems, ...traps(host, scenario)];
}

/** A plugin, and where in the chain it stands. */
type PlacedFilter = FilterOptions & Pick<PreparedPlugin, "phase">;

/** As a waypoint's chain has them: Envoy's grpc_stats in front of phase STATS. */
function addFilters(host: EnvoyHost, filters: readonly PlacedFilter[]): void {
  const add = (isStats: boolean) => {
    for (const { phase, ...filter } of filters) if ((phase === "STATS") === isStats) host.addFilter(filter);
  };
  add(false);
  host.addGrpcStats();
  add(true);
}

async function filterOf(plugin: PreparedPlugin, scenario: Scenario, options: RunnerOptions): Promise<PlacedFilter> {
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
  const before = metricValues(host);
  const exchanges = Array.from({ length: step.parallel ?? 1 }, (_, index) => send(host, step, index));
  const patience = milliseconds(step.request.abortAfter ?? ANSWER_TIMEOUT);
  for (let time = 0; time < patience && exchanges.some(({ state }) => state === "pending"); time += TICK_MS) {
    host.advance(TICK_MS);
  }
  if (step.request.abortAfter !== undefined) {
    for (const exchange of exchanges.filter(({ state }) => state === "pending")) exchange.reset();
  }
  host.advance(SETTLE_MS);
  const shared = { metrics: growth(before, metricValues(host)), logs: filterLogs(host, firstLine) };
  const minted = [...prepared.minted.values()];
  const problems = exchanges.flatMap((exchange) => check({ ...observe(exchange), ...shared }, step.expect, minted));
  return [...new Set(problems)].map((problem) => `${step.name}: ${problem}`);
}

/** Copies of a request are spread over the workers. */
function send(host: EnvoyHost, { request }: PreparedStep, index: number): Exchange {
  const { principal, localPrincipal, destination, source, ...init } = request;
  const filterState = {
    ...(principal !== undefined && { "io.istio.peer_principal": principal }),
    ...(localPrincipal !== undefined && { "io.istio.local_principal": localPrincipal }),
  };
  const connection = host.connection({ destination, source, filterState });
  return host.request({ ...init, connection, chunkDelayMs: CHUNK_PAUSE_MS, worker: index % (host.threads.length - 1) });
}

/** Everything about one request but what is counted and logged. */
function observe(exchange: Exchange): Observation {
  const { response, statusSoFar = 0, upstreamHasWhole, upstreamRequest } = exchange;
  const upstream = upstreamHasWhole ? upstreamRequest : undefined;
  return {
    ...NOTHING,
    status: statusSoFar,
    ...(response !== undefined && {
      broken: false,
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

function clusterFor({ reach, answers }: ServiceDescription): Cluster {
  if (reach !== undefined) return { fault: reach === "none" ? "no-hosts" : "refuse" };
  const script = new AnswerScript(answers);
  return (call) => toReply(script.next(call.path, [...call.headers]));
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

function metricValues({ stats }: EnvoyHost): MetricValues {
  return {
    counters: new Map(Array.from(stats.counters.keys(), (name) => [name, stats.counter(name)])),
    gauges: new Map(Array.from(stats.gauges.keys(), (name) => [name, stats.gauge(name)])),
    histograms: new Map(Array.from(stats.histograms, ([name, values]) => [name, values.length])),
  };
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
