/** The Envoys of one case: a waypoint between ztunnels, or an Envoy alone, in front of one application. */
import { bootstrap, httpChain, staticCluster, tcpListener, type Address } from "../envoy/config/index.ts";
import { EnvoyProcess } from "../envoy/harness/process.ts";
import { clusterName, spiffeIdOf, startMesh, type Service } from "../envoy/mesh/index.ts";
import { directRoute } from "./answers.ts";
import { CALLED, type MeshCase } from "./mesh-cases.ts";
import { CLIENT } from "./rules.ts";

/** Callers' ztunnels, each with a tunnel of its own: Envoy gives a tunnel to one worker. */
const CALLERS = 2;

const VIP = "10.96.0.10";
const PLAIN = "plain";

export interface MeshStage {
  one: MeshCase;
  /** The one that is measured. */
  envoy: EnvoyProcess;
  /** Where requests are sent, and a folder for files about that. */
  entries: readonly { url: string; folder: string }[];
  stop: () => Promise<void>;
}

/** Answers 200 to everything. An Envoy too, so that it costs little. */
export async function startApplication(): Promise<EnvoyProcess> {
  const chain = httpChain({ name: "application", routes: [directRoute()] });
  const config = bootstrap({ listeners: [tcpListener("application", [chain])], clusters: [] });
  return EnvoyProcess.start({ config, logLevel: "warn" });
}

/** @param workers  of the Envoy that is measured; each other one has one */
export function startMeshStage(one: MeshCase, application: EnvoyProcess, workers: number): Promise<MeshStage> {
  const address = { host: "127.0.0.1", port: application.port("application") };
  return one.isWaypoint ? startWaypoint(one, address, workers) : startAlone(one, address, workers);
}

async function startWaypoint(one: MeshCase, address: Address, workers: number): Promise<MeshStage> {
  const workload = { name: "cart-v1", namespace: CALLED.namespace, canonicalService: CALLED.name };
  const service: Service = {
    ...CALLED,
    vip: VIP,
    endpoints: [{ address, workload, tunnel: true }],
    places: one.filters,
    routes: one.routes,
  };
  const mesh = await startMesh({ services: [service], namespace: CALLED.namespace, envoy: { workers } });
  try {
    const [trustDomain = "", , namespace = "", , serviceAccount = ""] = CLIENT.split("/");
    const client = spiffeIdOf(trustDomain, namespace, serviceAccount);
    const callers = Array.from({ length: CALLERS }, async () => mesh.caller(await mesh.authority.issue(client)));
    const entries = (await Promise.all(callers)).map((caller) => ({
      url: `http://127.0.0.1:${caller.port(CALLED.name)}`,
      folder: caller.folder,
    }));
    return { one, envoy: mesh.waypoint, entries, stop: () => mesh.stop() };
  } catch (error) {
    await mesh.stop();
    throw error;
  }
}

async function startAlone(one: MeshCase, address: Address, workers: number): Promise<MeshStage> {
  const name = clusterName(CALLED);
  const config = bootstrap({
    listeners: [tcpListener(PLAIN, [httpChain({ name, places: one.filters, routes: one.routes })])],
    clusters: [staticCluster({ name, endpoints: [address] })],
  });
  const envoy = await EnvoyProcess.start({ config, workers, logLevel: "warn" });
  const entry = { url: `http://127.0.0.1:${envoy.port(PLAIN)}`, folder: envoy.folder };
  return { one, envoy, entries: [entry], stop: () => envoy.stop() };
}
