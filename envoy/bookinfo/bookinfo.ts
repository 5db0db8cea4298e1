/** Bookinfo on this machine: its pods in this process, Envoys for the waypoint and for the ztunnels. */
import type { Address } from "../config/clusters.ts";
import type { EnvoyProcess } from "../harness/index.ts";
import { type MeshOptions, type RunningMesh, startMesh } from "../mesh/index.ts";
import type { Echo } from "../services/echo.ts";
import { stopAll } from "../stop-all.ts";
import { Pod } from "./pod.ts";
import { type Addresses, bookinfoServices, type SettingsByService } from "./services.ts";
import { CALLERS, NAMESPACE, POD_ID, TRUST_DOMAIN, WORKLOADS } from "./topology.ts";
import type { AnyServiceName, CallerName, WorkloadName } from "./topology.ts";

/** Ports of callers' ztunnels by service; default: the system's choice. */
export type CallerPorts = Readonly<Partial<Record<CallerName, Readonly<Partial<Record<AnyServiceName, number>>>>>>;

export interface BookinfoOptions extends Pick<
  MeshOptions,
  "adminPort" | "clusters" | "envoy" | "extraStatTags" | "hasMovingEndpoints" | "more"
> {
  /** What differs from untouched services; a function gets the waypoint's own folder, for files that it watches. */
  services?: SettingsByService | ((folder: string) => SettingsByService | Promise<SettingsByService>);
  /** Pods of a workload; default 1. */
  replicas?: Readonly<Partial<Record<WorkloadName, number>>>;
  ports?: CallerPorts;
  /** How many requests each pod remembers, the newest; default: all. */
  remembers?: number;
}

/** By workload. */
type Pods = Readonly<Record<WorkloadName, readonly Pod[]>>;

export class Bookinfo {
  readonly mesh: RunningMesh;
  readonly pods: Pods;
  readonly #callers: Readonly<Record<CallerName, EnvoyProcess>>;

  private constructor(mesh: RunningMesh, pods: Pods, callers: Record<CallerName, EnvoyProcess>) {
    this.mesh = mesh;
    this.pods = pods;
    this.#callers = callers;
  }

  /** Starts everything. Rejects with what failed, and then nothing runs. */
  static async start(options: BookinfoOptions = {}): Promise<Bookinfo> {
    const pods = await startPods(options);
    let mesh: RunningMesh | undefined;
    try {
      mesh = await startMesh(meshOptions(pods, options));
      return new Bookinfo(mesh, pods, await startCallers(mesh, options.ports));
    } catch (error) {
      await stopAll([() => mesh?.stop(), () => stopPods(pods)]);
      throw error;
    }
  }

  get waypoint(): EnvoyProcess {
    return this.mesh.waypoint;
  }

  /** Where the pods listen: for `bookinfoServices`. */
  get addresses(): Addresses {
    return addressesOf(this.pods);
  }

  /** Where a caller's requests to a service go: its ztunnel, on the loopback interface. */
  port(caller: CallerName, service: AnyServiceName): number {
    return this.#callers[caller].port(service);
  }

  /** The pod that got a request with this `x-request-id`, and what it got. */
  seen(requestId: string): { pod: Pod; request: Echo } | undefined {
    for (const pod of Object.values(this.pods).flat()) {
      const request = pod.request(requestId);
      if (request !== undefined) return { pod, request };
    }
    return undefined;
  }

  async stop(): Promise<void> {
    await stopAll([() => this.mesh.stop(), () => stopPods(this.pods)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function startPods({ replicas = {}, remembers }: BookinfoOptions): Promise<Pods> {
  const names = Object.keys(WORKLOADS) as WorkloadName[];
  const all = await Promise.all(
    names.map(async (workload) => {
      const { app, version } = WORKLOADS[workload];
      const count = replicas[workload] ?? 1;
      const name = (index: number) => (count === 1 ? workload : `${workload}-${index + 1}`);
      const start = (_: unknown, index: number) => Pod.start({ service: app, version, name: name(index), remembers });
      return [workload, await Promise.all(Array.from({ length: count }, start))] as const;
    }),
  );
  const pods = Object.fromEntries(all) as Record<WorkloadName, Pod[]>;
  const [ratings] = pods["ratings-v1"];
  // Outside of the mesh: without a waypoint on the way.
  if (ratings !== undefined) for (const pod of reviewsOf(pods)) pod.calls = { ratings: origin(ratings.port) };
  return pods;
}

function reviewsOf(pods: Pods): Pod[] {
  return [pods["reviews-v1"], pods["reviews-v2"], pods["reviews-v3"]].flat();
}

async function stopPods(pods: Pods): Promise<void> {
  const all = Object.values(pods).flat();
  await Promise.all(all.map((pod) => pod.stop()));
}

function meshOptions(pods: Pods, options: BookinfoOptions): MeshOptions {
  const { services = {}, adminPort, clusters, envoy, extraStatTags, hasMovingEndpoints, more } = options;
  const addresses = addressesOf(pods);
  return {
    ...{ adminPort, clusters, envoy, extraStatTags, hasMovingEndpoints, more },
    trustDomain: TRUST_DOMAIN,
    namespace: NAMESPACE,
    podId: POD_ID,
    services: bookinfoServices(addresses),
    configure: async (folder) =>
      bookinfoServices(addresses, typeof services === "function" ? await services(folder) : services),
  };
}

function addressesOf(pods: Pods): Addresses {
  const addresses = (all: readonly Pod[]) => all.map(({ port }) => ({ host: "127.0.0.1", port }));
  const entries = (Object.keys(pods) as WorkloadName[]).map(
    (workload) => [workload, addresses(pods[workload])] as const,
  );
  return Object.fromEntries(entries) as Record<WorkloadName, Address[]>;
}

async function startCallers(mesh: RunningMesh, ports: CallerPorts = {}): Promise<Record<CallerName, EnvoyProcess>> {
  const start = async (caller: CallerName) =>
    mesh.caller(await mesh.authority.issue(CALLERS[caller]), { ports: ports[caller] });
  const [productpage, sleep] = await Promise.all([start("productpage"), start("sleep")]);
  return { productpage, sleep };
}

function origin(port: number): string {
  return `http://127.0.0.1:${port}`;
}
