/** What a scenario in Envoy needs around it: the services that it names, an upstream, and the Envoy between them. */
import path from "node:path";
import { prepare, type PreparedScenario } from "../host-tests/scenario/expand.ts";
import type { Scenario, ServiceDescription } from "../host-tests/scenario/format.ts";
import {
  bootstrap,
  type Bootstrap,
  type Cluster,
  fileAccessLog,
  type FiltersByPlace,
  httpChain,
  jwtAuthn,
  type Listener,
  type Message,
  staticCluster,
  tcpListener,
  wasmFilter,
} from "./config/index.ts";
import { AccessLogFile } from "./harness/access-log.ts";
import type { LogLevel } from "./harness/logs.ts";
import { EnvoyProcess } from "./harness/process.ts";
import { EchoService } from "./services/echo.ts";
import { type ScriptedService, startService } from "./services/scripted.ts";

/** Name of the chain, as that of a waypoint for a service. */
const CHAIN = "inbound-vip|80|http|upstream.default.svc.cluster.local";
const PLUGIN = "default.scenario";

type Services = Map<string, ScriptedService>;

export interface Stage {
  prepared: PreparedScenario;
  upstream: EchoService;
  /** Whether there is a listener `judge` beside `main`. */
  hasJudge: boolean;
  /** Starts Envoy with the module in `file`; rejects with EnvoyFailed when the plugin refuses its configuration. */
  start(file: string, wasmLogLevel: LogLevel): Promise<{ envoy: EnvoyProcess; accessLog: AccessLogFile }>;
  close(): Promise<void>;
}

/** Starts the services and the upstream. The judge has services of its own: each script is for one client. */
export async function startStage(scenario: Scenario): Promise<Stage> {
  const ours = await startServices(scenario.services);
  const hasJudge = scenario.native !== undefined;
  const judges = await startServices(hasJudge ? scenario.services : {});
  const upstream = await EchoService.start();
  let envoy: EnvoyProcess | undefined;
  const close = async () => {
    await envoy?.stop();
    await Promise.all([upstream, ...ours.values(), ...judges.values()].map((service) => service.stop()));
  };

  try {
    const prepared = prepare(scenario, {
      now: Date.now(),
      clusterOf: clusterName,
      nativeClusterOf: judgesClusterName,
      authorityOf: (name) => authorityOf(name, ours),
    });
    for (const [name, { answers = [] }] of Object.entries(prepared.services)) {
      ours.get(name)?.answer(answers);
      judges.get(name)?.answer(answers);
    }
    const clusters = [
      staticCluster({ name: CHAIN, endpoints: [{ host: "127.0.0.1", port: upstream.port }], protocol: "downstream" }),
      ...clustersOf(ours, clusterName),
      ...clustersOf(judges, judgesClusterName),
    ];
    const start = async (file: string, wasmLogLevel: LogLevel) => {
      const config = (folder: string) => configuration(prepared, file, accessLogIn(folder), clusters);
      const workers = scenario.workers ?? 1;
      envoy = await EnvoyProcess.start({ config, workers, componentLogLevel: { wasm: wasmLogLevel } });
      return { envoy, accessLog: new AccessLogFile(accessLogIn(envoy.folder)) };
    };
    return { prepared, upstream, hasJudge, start, close };
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

function configuration(scenario: PreparedScenario, file: string, accessLog: string, clusters: Cluster[]): Bootstrap {
  const { configuration: text, rootId = "", failurePolicy = "FAIL_CLOSED", native, steps } = scenario;
  const plugin = { name: PLUGIN, file, rootId, configuration: text, failurePolicy };
  const filterStates = [...new Set(steps.flatMap(({ expect }) => Object.keys(expect.filterState ?? {})))];
  const listener = (name: string, places: FiltersByPlace): Listener =>
    tcpListener(name, [httpChain({ name: CHAIN, places, accessLog: [fileAccessLog(accessLog, filterStates)] })]);
  const listeners = [listener("main", { AUTHN: [wasmFilter(plugin)] })];
  if (native !== undefined) listeners.push(listener("judge", { JWT_AUTHN: [jwtAuthn(native as Message)] }));
  return bootstrap({ listeners, clusters });
}
