/** A mesh of Envoys on this machine: one in front of the pods, a waypoint, and one for each caller. */
import path from "node:path";
import type { Address } from "../config/clusters.ts";
import type { Bootstrap } from "../config/types.ts";
import { EnvoyProcess, type EnvoyOptions } from "../harness/index.ts";
import { CertificateAuthority, type IdentityFiles, spiffeIdOf } from "./certificates.ts";
import { type WorkloadIdentity, writeIdentity } from "./certificates.ts";
import type { Service } from "./service.ts";
import { CONNECT_TERMINATE, waypoint, type WaypointOptions } from "./waypoint.ts";
import { INBOUND, inboundZtunnel, outboundZtunnel } from "./ztunnel.ts";

export interface MeshOptions extends Pick<WaypointOptions, "clusters" | "extraStatTags" | "more" | "services"> {
  /** Default `cluster.local`. */
  trustDomain?: string;
  /** Of the waypoint; default `default`. */
  namespace?: string;
  /** SPIFFE id of the pods behind tunnels; default: service account `pod` in the waypoint's namespace. */
  podId?: string;
  /** Of the waypoint. */
  envoy?: ProcessOptions;
}

type ProcessOptions = Pick<EnvoyOptions, "workers" | "logLevel" | "componentLogLevel">;

export interface RunningMesh {
  authority: CertificateAuthority;
  waypoint: EnvoyProcess;
  /** In front of the pods behind tunnels. */
  pods: EnvoyProcess;
  /** Starts the ztunnel of a calling pod: its `port("reviews")` leads to service `reviews` through the waypoint. */
  caller: (identity: WorkloadIdentity) => Promise<EnvoyProcess>;
  /** Ends all, callers too. */
  stop: () => Promise<void>;
}

/** Starts pods' side and waypoint. Rejects with EnvoyFailed, and leaves nothing running, when one of them does not start. */
export async function startMesh(options: MeshOptions): Promise<RunningMesh> {
  const { trustDomain = "cluster.local", namespace = "default", services, podId, envoy, ...more } = options;
  const idOf = (serviceAccount: string) => spiffeIdOf(trustDomain, namespace, serviceAccount);
  const authority = await CertificateAuthority.create(trustDomain);
  const started = new Envoys();
  try {
    const applications = applicationsBehindTunnels(services);
    const pods = await started.start(await authority.issue(podId ?? idOf("pod")), (files) =>
      inboundZtunnel({ files, trustDomain, applications }),
    );
    const tunnelPort = pods.port(INBOUND);
    const waypointId = idOf("waypoint");
    const running = await started.start(
      await authority.issue(waypointId),
      (files) => waypoint({ ...more, trustDomain, namespace, files, services, tunnelPort }),
      envoy,
    );
    const address = { host: "127.0.0.1", port: running.port(CONNECT_TERMINATE) };
    const caller = (identity: WorkloadIdentity) =>
      started.start(identity, (files) => outboundZtunnel({ files, waypoint: address, waypointId, services }));
    return { authority, waypoint: running, pods, caller, stop: () => started.stop() };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** The Envoys of one mesh. Each has its own key, in its own folder, which goes when it stops. */
class Envoys {
  readonly #running: EnvoyProcess[] = [];

  async start(
    identity: WorkloadIdentity,
    config: (files: IdentityFiles) => Bootstrap,
    options: ProcessOptions = {},
  ): Promise<EnvoyProcess> {
    const envoy = await EnvoyProcess.start({
      logLevel: "warn",
      ...options,
      config: async (folder) => config(await writeIdentity(path.join(folder, "identity"), identity)),
    });
    this.#running.push(envoy);
    return envoy;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((envoy) => envoy.stop()));
  }
}

/** Each address once. */
function applicationsBehindTunnels(services: readonly Service[]): Address[] {
  const endpoints = services.flatMap((service) => [service.endpoints, ...Object.values(service.subsets ?? {})].flat());
  const addresses = endpoints.filter(({ tunnel }) => tunnel).map(({ address }) => address);
  return [...new Map(addresses.map((address) => [`${address.host}:${address.port}`, address])).values()];
}
