/** A mesh of Envoys on this machine: one in front of the pods, a waypoint, and one for each caller. */
import path from "node:path";
import type { Address } from "../config/clusters.ts";
import type { Bootstrap } from "../config/types.ts";
import { EnvoyProcess, type EnvoyOptions } from "../harness/index.ts";
import { CertificateAuthority, spiffeIdOf, type WorkloadIdentity } from "./certificates.ts";
import { IdentityFiles } from "./identity-files.ts";
import { endpointFiles, publishEndpoints, type EndpointFiles, type Service } from "./service.ts";
import { CONNECT_TERMINATE, waypoint, type WaypointOptions } from "./waypoint.ts";
import { INBOUND, inboundZtunnel, outboundZtunnel, type OutboundOptions } from "./ztunnel.ts";

export interface MeshOptions extends Pick<
  WaypointOptions,
  "adminPort" | "clusters" | "extraStatTags" | "more" | "services"
> {
  /** Default `cluster.local`. */
  trustDomain?: string;
  /** Of the waypoint; default `default`. */
  namespace?: string;
  /** SPIFFE id of the pods behind tunnels; default: service account `pod` in the waypoint's namespace. */
  podId?: string;
  /** Of the waypoint. */
  envoy?: ProcessOptions;
  /**
   * The same services with what the waypoint needs its own folder for: files that it watches. Called before it starts. Default:
   * as they are.
   */
  configure?: (folder: string) => readonly Service[] | Promise<readonly Service[]>;
  /** Endpoints come by EDS, so that `moveEndpoints` can change them. Default: they are static. */
  hasMovingEndpoints?: boolean;
}

const TRUST_DOMAIN = "cluster.local";
const NAMESPACE = "default";

type ProcessOptions = Pick<EnvoyOptions, "workers" | "logLevel" | "componentLogLevel">;

/** Ports of a caller's ztunnel by the names of services. */
type CallerOptions = Pick<OutboundOptions, "ports">;

export interface RunningMesh {
  authority: CertificateAuthority;
  waypoint: EnvoyProcess;
  /** In front of the pods behind tunnels. */
  pods: EnvoyProcess;
  /** Starts the ztunnel of a calling pod: its `port("reviews")` leads to service `reviews` through the waypoint. */
  caller: (identity: WorkloadIdentity, options?: CallerOptions) => Promise<EnvoyProcess>;
  /** Gives one of its Envoys another certificate, or other authorities to trust, for connections from now on. */
  renew: (envoy: EnvoyProcess, identity: WorkloadIdentity) => void;
  /**
   * Publishes the endpoints of services, all else of which stays. Pods behind tunnels must have been there from the start. Throws an
   * Error in a mesh without `hasMovingEndpoints`.
   */
  moveEndpoints: (services: readonly Service[]) => void;
  /** Ends all, callers too. */
  stop: () => Promise<void>;
}

/** Starts pods' side and waypoint. Rejects with EnvoyFailed, and leaves nothing running, when one of them does not start. */
export async function startMesh(options: MeshOptions): Promise<RunningMesh> {
  const authority = await CertificateAuthority.create(options.trustDomain ?? TRUST_DOMAIN);
  const started = new Envoys();
  try {
    const pods = await startPods(started, authority, options);
    const { envoy, endpoints } = await startWaypoint(started, authority, options, pods.port(INBOUND));
    const callees = {
      services: options.services,
      waypoint: { host: "127.0.0.1", port: envoy.port(CONNECT_TERMINATE) },
      waypointId: idOf(options, "waypoint"),
    };
    return {
      authority,
      waypoint: envoy,
      pods,
      caller: (who, { ports } = {}) =>
        started.start(who, ({ identity }) => outboundZtunnel({ ...callees, identity, ports })),
      renew: (one, identity) => started.renew(one, identity),
      moveEndpoints: (moved) => publishEndpoints(endpoints, moved),
      stop: () => started.stop(),
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function startPods(started: Envoys, authority: CertificateAuthority, options: MeshOptions) {
  const { trustDomain = TRUST_DOMAIN, podId = idOf(options, "pod"), services } = options;
  const applications = applicationsBehindTunnels(services);
  const config = ({ identity }: Own) => inboundZtunnel({ identity, trustDomain, applications });
  return started.start(await authority.issue(podId), config);
}

async function startWaypoint(
  started: Envoys,
  authority: CertificateAuthority,
  options: MeshOptions,
  tunnelPort: number,
): Promise<{ envoy: EnvoyProcess; endpoints: EndpointFiles }> {
  const { trustDomain = TRUST_DOMAIN, namespace = NAMESPACE, services, configure, hasMovingEndpoints } = options;
  const { adminPort, clusters, extraStatTags, more } = options;
  let endpoints: EndpointFiles = new Map();
  const config = async ({ identity, folder }: Own) => {
    if (hasMovingEndpoints) endpoints = endpointFiles(folder, services);
    return waypoint({
      ...{ trustDomain, namespace, identity, tunnelPort, endpointFiles: endpoints },
      ...{ adminPort, clusters, extraStatTags, more },
      services: (await configure?.(folder)) ?? services,
    });
  };
  const envoy = await started.start(await authority.issue(idOf(options, "waypoint")), config, options.envoy);
  return { envoy, endpoints };
}

function idOf({ trustDomain = TRUST_DOMAIN, namespace = NAMESPACE }: MeshOptions, serviceAccount: string): string {
  return spiffeIdOf(trustDomain, namespace, serviceAccount);
}

/** What a configuration names that belongs to one Envoy alone. */
interface Own {
  identity: IdentityFiles;
  /** Goes when it stops. */
  folder: string;
}

/** The Envoys of one mesh. Each has its own key, in its own folder, which goes when it stops. */
class Envoys {
  readonly #identities = new Map<EnvoyProcess, IdentityFiles>();
  readonly #starting = new Set<Promise<unknown>>();

  start(
    identity: WorkloadIdentity,
    config: (own: Own) => Bootstrap | Promise<Bootstrap>,
    options: ProcessOptions = {},
  ): Promise<EnvoyProcess> {
    const starting = this.#start(identity, config, options);
    this.#starting.add(starting);
    return starting;
  }

  async #start(
    identity: WorkloadIdentity,
    config: (own: Own) => Bootstrap | Promise<Bootstrap>,
    options: ProcessOptions,
  ): Promise<EnvoyProcess> {
    let files: IdentityFiles | undefined;
    const envoy = await EnvoyProcess.start({
      logLevel: "warn",
      ...options,
      config: (folder) => {
        files = new IdentityFiles(path.join(folder, "identity"));
        files.publish(identity);
        return config({ identity: files, folder });
      },
    });
    if (files !== undefined) this.#identities.set(envoy, files);
    return envoy;
  }

  renew(envoy: EnvoyProcess, identity: WorkloadIdentity): void {
    const files = this.#identities.get(envoy);
    if (files === undefined) throw new Error("an Envoy of another mesh: this one has no identity of it");
    files.publish(identity);
  }

  async stop(): Promise<void> {
    // One that is about to run would be left.
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#identities.keys()].map((envoy) => envoy.stop()));
  }
}

/** Each address once. */
function applicationsBehindTunnels(services: readonly Service[]): Address[] {
  const endpoints = services.flatMap((service) => [service.endpoints, ...Object.values(service.subsets ?? {})].flat());
  const addresses = endpoints.filter(({ tunnel }) => tunnel).map(({ address }) => address);
  return [...new Map(addresses.map((address) => [`${address.host}:${address.port}`, address])).values()];
}
