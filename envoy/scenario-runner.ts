/** Runs scenarios in a real Envoy, beside its native jwt_authn where they ask for that judge. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedStep } from "../host-tests/scenario/expand.ts";
import { check, type LogLine, type Observation, type UpstreamRequest } from "../host-tests/scenario/expect.ts";
import type { Scenario } from "../host-tests/scenario/format.ts";
import {
  growth,
  logLevelFor,
  type MetricValues,
  NOTHING,
  type RunnerOptions,
} from "../host-tests/scenario/runner-common.ts";
import { milliseconds } from "../host-tests/scenario/time.ts";
import { type Answer, NO_ANSWER } from "./client/answer.ts";
import { requestOverHttp1 } from "./client/http1.ts";
import { requestOverHttp2 } from "./client/http2.ts";
import type { AccessLogEntry } from "./config/index.ts";
import type { AccessLogFile } from "./harness/access-log.ts";
import { EnvoyFailed, type EnvoyProcess } from "./harness/process.ts";
import { hasJudge, judge } from "./scenario-judge.ts";
import { outerName, type Side } from "./scenario-listeners.ts";
import { startStage, type Stage } from "./scenario-stage.ts";

/** An answer must be there within so many milliseconds; after that a request counts as hanging. */
const ANSWER_TIMEOUT = 15_000;
/** Counters and log lines may come after the answer. */
const SETTLE_TIMEOUT = 2_000;
const POLL_INTERVAL = 20;

/** Where native jwt_authn leaves claims. */
const JWT_AUTHN = "envoy.filters.http.jwt_authn";

/** Envoy's own line about a callback that trapped. */
const TRAP = /^Function: \S+ failed/;

/**
 * Runs a scenario in an Envoy of its own, and gives what is not as expected, one line each; none: all is.
 *
 * Rejects when Envoy cannot be started for another reason than a plugin that refuses its configuration.
 */
export async function runScenarioInEnvoy(scenario: Scenario, options: RunnerOptions = {}): Promise<string[]> {
  const stage = await startStage(scenario, options);
  try {
    if (scenario.refused !== undefined) return await runRefused(stage, scenario.refused);
    const run: Run = { ...stage, ...(await stage.start(logLevelFor(scenario))) };
    const problems: string[] = [];
    for (const step of stage.prepared.steps) problems.push(...(await runStep(run, step)));
    return [...problems, ...traps(run.envoy, scenario)];
  } finally {
    await stage.close();
  }
}

/** A stage with its Envoy. */
interface Run extends Stage {
  envoy: EnvoyProcess;
  accessLog: AccessLogFile;
}

async function runRefused(stage: Stage, texts: readonly string[]): Promise<string[]> {
  try {
    await stage.start("debug");
  } catch (error) {
    if (!(error instanceof EnvoyFailed)) throw error;
    const logs = error.lines.filter(({ plugin }) => plugin !== undefined);
    if (logs.length === 0) throw error;
    const logged = logs.map(({ message }) => JSON.stringify(message)).join("; ");
    return [
      ...texts
        .filter((text) => !logs.some(({ message }) => message.includes(text)))
        .map((text) => `refused: no log line contains ${JSON.stringify(text)}; there were: ${logged}`),
      ...check({ ...NOTHING, logs }, {}, stage.prepared.minted.values()),
    ];
  }
  return ["refused: the plugin took the configuration"];
}

async function runStep(run: Run, step: PreparedStep): Promise<string[]> {
  const { envoy } = run;
  if (step.wait !== undefined) await sleep(milliseconds(step.wait));
  const before = await mark(run);
  const sent = await Promise.all(Array.from({ length: step.parallel ?? 1 }, () => send(envoy, "main", step)));
  const seen = await Promise.all(sent.map((one) => observe(run, one, before)));

  const deadline = Date.now() + SETTLE_TIMEOUT;
  let problems: string[];
  let observations: Observation[];
  do {
    const shared = { metrics: growth(before.metrics, await wasmMetrics(run)), logs: filterLogs(envoy, before.logs) };
    observations = seen.map((observation) => ({ ...observation, ...shared }));
    problems = observations.flatMap((one) => check(one, step.expect, run.prepared.minted.values()));
    if (problems.length > 0) await sleep(POLL_INTERVAL);
  } while (problems.length > 0 && Date.now() < deadline);

  for (const { metadata } of seen) problems.push(...differentMetadata(step, metadata));
  const [first] = observations;
  if (hasJudge(run.prepared) && first !== undefined) {
    const beforeJudge = await mark(run);
    const verdict = await observe(run, await send(envoy, "judge", step), beforeJudge);
    problems.push(...judge(first, verdict, step.native));
  }
  return [...new Set(problems)].map((problem) => `${step.name}: ${problem}`);
}

/** With the dynamic metadata of native jwt_authn. */
interface Seen extends Observation {
  metadata: Record<string, unknown> | undefined;
}

interface Sent {
  id: string;
  answer: Answer;
}

/** Where the growing things stand. */
interface Mark {
  metrics: MetricValues;
  logs: number;
  accessLog: number;
}

async function mark(run: Run): Promise<Mark> {
  const accessLog = (await run.accessLog.entries()).length;
  return { metrics: await wasmMetrics(run), logs: run.envoy.log.lines.length, accessLog };
}

async function send(envoy: EnvoyProcess, side: Side, { request }: PreparedStep): Promise<Sent> {
  const port = envoy.port(outerName(side, request));
  const own = request.headers?.find(([name]) => name.toLowerCase() === "x-request-id")?.[1];
  const id = own ?? randomUUID();
  const headers = [
    ...(request.headers ?? []),
    ...(own === undefined ? [["x-request-id", id] as [string, string]] : []),
  ];
  const { abortAfter, ...plain } = request;
  const patience = abortAfter === undefined ? {} : { abortAfter: milliseconds(abortAfter) };
  const over = request.protocol === "http2" ? requestOverHttp2 : requestOverHttp1;
  const late = sleep(ANSWER_TIMEOUT, NO_ANSWER as Answer, { ref: false });
  return { id, answer: await Promise.race([over(port, { ...plain, ...patience, headers }), late]) };
}

/** Everything about one request but what is counted and logged. */
async function observe(run: Run, { id, answer }: Sent, before: Mark): Promise<Seen> {
  // A request that the codec refuses may have lost its id.
  const isIt = (entry: AccessLogEntry) => entry.request_id === id || entry.request_id === null;
  const entry = await run.accessLog.find(isIt, { start: before.accessLog });
  const upstream = arrived(run.upstreams, id);
  return {
    ...NOTHING,
    ...answer,
    details: entry?.details ?? undefined,
    filterState: entry?.filter_state ?? {},
    metadata: entry?.jwt_authn ?? undefined,
    upstream,
  };
}

/** What a request says of metadata must be what native jwt_authn left: the Node host takes it for the truth. */
function differentMetadata({ request: { metadata } }: PreparedStep, seen: Seen["metadata"]): string[] {
  const left = seen && { [JWT_AUTHN]: seen };
  if (isDeepStrictEqual(left, metadata)) return [];
  return [`request.metadata: expected ${JSON.stringify(metadata)}, Envoy has ${JSON.stringify(left)}`];
}

/** The request as an upstream got it, if one did. */
function arrived(upstreams: Stage["upstreams"], id: string): UpstreamRequest | undefined {
  for (const [name, service] of upstreams) {
    const request = service.request(id);
    if (request !== undefined) return { name, ...request };
  }
  return undefined;
}

/** What plugins count, by name as they defined it. */
async function wasmMetrics({ envoy: { admin }, prepared: { steps } }: Run): Promise<MetricValues> {
  const wantsHistograms = steps.some(({ expect }) => (expect.histograms ?? expect.metricsNever) !== undefined);
  const prefix = "wasmcustom.";
  const named = (stats: ReadonlyMap<string, number>) =>
    new Map([...stats].map(([name, value]) => [name.slice(prefix.length), value]));
  const [counters, gauges, histograms] = await Promise.all([
    admin.counters(`^${prefix}`),
    admin.gauges(`^${prefix}`),
    wantsHistograms ? admin.histogramCounts(`^${prefix}`) : new Map<string, number>(),
  ]);
  return { counters: named(counters), gauges: named(gauges), histograms: named(histograms) };
}

function filterLogs(envoy: EnvoyProcess, start: number): LogLine[] {
  return envoy.log.ofPlugins(start).map(({ level, message }) => ({ level, message }));
}

/** A trap that no step noticed; where a scenario sets the failure policy traps are its subject. */
function traps(envoy: EnvoyProcess, { failurePolicy }: Scenario): string[] {
  if (failurePolicy !== undefined) return [];
  return envoy.log.lines.filter(({ message }) => TRAP.test(message)).map(({ message }) => `a trap: ${message}`);
}
