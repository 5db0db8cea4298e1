/** What a scenario in Envoy needs around it: the services that it names, an upstream, and the Envoy between them. */
import path from "node:path";
import type { PreparedPlugin } from "../host-tests/scenario/arrangements.ts";
import { prepare, type PreparedScenario } from "../host-tests/scenario/expand.ts";
import type { Scenario, ServiceDescription } from "../host-tests/scenario/format.ts";
import { moduleFile, nodeOf, type RunnerOptions } from "../host-tests/scenario/runner-common.ts";
import {
  bootstrap,
  type Bootstrap,
  type Cluster,
  type FiltersByPlace,
  jwtAuthn,
  type Message,
  staticCluster,
  wasmFilter,
} from "./config/index.ts";
import { AccessLogFile } from "./harness/access-log.ts";
import type { LogLevel } from "./harness/logs.ts";
import { EnvoyProcess } from "./harness/process.ts";
import { hasJudge, judgeFilters } from "./scenario-judge.ts";
import { sideOf } from "./scenario-listeners.ts";
import { startUpstreams, type StartedUpstream, upstreamCluster } from "./scenario-upstreams.ts";
import { type ScriptedService, startService } from "./services/scripted.ts";

type Services = Map<string, ScriptedService>;

export interface Stage {
  prepared: PreparedScenario;
  /** By name. */
  upstreams: ReadonlyMap<string, StartedUpstream>;
  /** Starts Envoy; rejects with EnvoyFailed when a plugin refuses its configuration. */
  start(wasmLogLevel: LogLevel): Promise<{ envoy: EnvoyProcess; accessLog: AccessLogFile }>;
  close(): Promise<void>;
}

/** Starts the services and the upstreams. The judge has services of its own: each script is for one client. */
export async function startStage(scenario: Scenario, options: RunnerOptions): Promise<Stage> {
  const ours = await startServices(scenario.services);
  const judges = await startServices(hasJudge(scenario) ? scenario.services : {});
  let upstreams: ReadonlyMap<string, StartedUpstream> = new Map();
  let envoy: EnvoyProcess | undefined;
  const close = async () => {
    await envoy?.stop();
    await Promise.all([...upstreams.values(), ...ours.values(), ...judges.values()].map((service) => service.stop()));
  };

  try {
    const surroundings = {
      now: Date.now(),
      clusterOf: clusterName,
      nativeClusterOf: judgesClusterName,
      authorityOf: (name: string) => authorityOf(name, ours),
    };
    const prepared = prepare(scenario, surroundings, options.arrangement);
    upstreams = await startUpstreams(prepared.upstreams);
    const ourFilters = pluginPlaces(prepared, options);
    for (const [name, { answers = [] }] of Object.entries(prepared.services)) {
      ours.get(name)?.answer(answers);
      judges.get(name)?.answer(answers);
    }
    const clusters = [
      ...[...upstreams.values()].map(upstreamCluster),
      ...clustersOf(ours, clusterName),
      ...clustersOf(judges, judgesClusterName),
    ];
    const start = async (wasmLogLevel: LogLevel) => {
      const config = (folder: string) => configuration(prepared, ourFilters, accessLogIn(folder), clusters);
      const workers = scenario.workers ?? 1;
      envoy = await EnvoyProcess.start({ config, workers, componentLogLevel: { wasm: wasmLogLevel } });
      return { envoy, accessLog: new AccessLogFile(accessLogIn(envoy.folder)) };
    };
    return { prepared, upstreams, start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServices(described: Record<string, ServiceDescription> = {}): Promise<Services> {
  const services: Services = new Map();
  for (const [name, service] of Object.entries(described)) services.set(name, await startService(service));
  return services;
}

function accessLogIn(folder: string): string {
  return path.join(folder, "access.log");
}

function clusterName(service: string): string {
  return `service-${service}`;
}

function judgesClusterName(service: string): string {
  return `judge-${service}`;
}

function authorityOf(name: string, services: Services): string {
  const [endpoint] = services.get(name)?.endpoints ?? [];
  return endpoint === undefined ? `${name}.test:80` : `${endpoint.host}:${endpoint.port}`;
}

function clustersOf(services: Services, nameOf: (service: string) => string): Cluster[] {
  return [...services].map(([name, { endpoints }]) => staticCluster({ name: nameOf(name), endpoints }));
}

/** The plugins, each in its phase. */
function pluginPlaces(
  { chain, failurePolicy = "FAIL_CLOSED" }: PreparedScenario,
  options: RunnerOptions,
): FiltersByPlace {
  const inPhase = (wanted: PreparedPlugin["phase"]) =>
    chain
      .filter(({ phase }) => phase === wanted)
      .map((plugin) => wasmFilter({ ...plugin, file: moduleFile(plugin.module, options), failurePolicy }));
  return { AUTHN: inPhase("AUTHN"), AUTHZ: inPhase("AUTHZ"), STATS: inPhase("STATS") };
}

function configuration(
  scenario: PreparedScenario,
  plugins: FiltersByPlace,
  accessLog: string,
  clusters: readonly Cluster[],
): Bootstrap {
  const { nativeAuthentication } = scenario;
  const places =
    nativeAuthentication === undefined
      ? plugins
      : { ...plugins, JWT_AUTHN: [jwtAuthn(nativeAuthentication as Message)] };
  const sides = [sideOf("main", places, scenario, accessLog)];
  if (hasJudge(scenario)) sides.push(sideOf("judge", judgeFilters(scenario), scenario, accessLog));
  return bootstrap({
    listeners: sides.flatMap(({ listeners }) => listeners),
    clusters: [...clusters, ...sides.map(({ cluster }) => cluster)],
    // Histograms are as of the moment in which they are asked for, not of some seconds before.
    more: { node: nodeOf(scenario), stats_flush_on_admin: true },
  });
}
