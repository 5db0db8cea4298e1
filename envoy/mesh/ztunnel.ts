/**
 * Stand-ins for ztunnel, the mesh's node proxy: Envoys that speak its protocol. They catch no traffic. A client goes to a port of
 * `outboundZtunnel` in place of a service's address.
 */
import { isIP } from "node:net";
import { bootstrap, tcpListener } from "../config/bootstrap.ts";
import { type Address, dnsCluster, staticCluster } from "../config/clusters.ts";
import type { Bootstrap, Cluster } from "../config/types.ts";
import { connectRoute, openTunnels, terminateTunnels, tunnelProtocol } from "./hbone.ts";
import type { IdentityFiles } from "./identity-files.ts";
import { type Service, vipAndPort } from "./service.ts";
import { downstreamTls, upstreamTls } from "./tls.ts";

/** What a caller must know of a service. */
type CalledService = Pick<Service, "name" | "vip" | "port">;

export interface OutboundOptions {
  /** Of the calling pod. */
  identity: IdentityFiles;
  /** Where the waypoint accepts tunnels. A host that is a name is looked up again and again. */
  waypoint: Address;
  /** The SPIFFE id that it must have. */
  waypointId: string;
  services: readonly CalledService[];
  /** Ports by the names of services; default: the system's choice. */
  ports?: Readonly<Record<string, number>>;
  /** Address to listen on; default the loopback interface. */
  host?: string;
}

export interface Application extends Address {
  /** What a tunnel to it asks for; default: its host and port. `*:9080` is that port of any host, where the pod's own changes. */
  authority?: string;
}

export interface InboundOptions {
  /** Of the pod. */
  identity: IdentityFiles;
  trustDomain: string;
  /** What listens in the pod. Tunnels to anything else are refused with 404. */
  applications: readonly Application[];
  /** Default: of the system's choice on the loopback interface. */
  port?: number;
  host?: string;
}

/** The listener of `inboundZtunnel`. */
export const INBOUND = "inbound";

const WAYPOINT = "waypoint";

/** In front of a calling pod: one listener for each service, with its name, that leads to it through the waypoint. */
export function outboundZtunnel(options: OutboundOptions): Bootstrap {
  const { identity, waypoint, waypointId, services, ports, host } = options;
  const listeners = services.map((service) => {
    const tunnel = openTunnels(service.name, WAYPOINT, vipAndPort(service));
    return tcpListener(service.name, [{ filters: [tunnel] }], ports?.[service.name], host);
  });
  const cluster: Cluster = {
    ...(isIP(waypoint.host) === 0 ? dnsCluster : staticCluster)({ name: WAYPOINT, endpoints: [waypoint] }),
    transport_socket: upstreamTls(identity, { exact: waypointId }),
    typed_extension_protocol_options: tunnelProtocol(),
  };
  return bootstrap({ listeners, clusters: [cluster] });
}

/** In front of a called pod: ends tunnels of the mesh and connects to what they ask for. */
export function inboundZtunnel({ identity, trustDomain, applications, port, host }: InboundOptions): Bootstrap {
  const targets = applications.map(({ host, port, authority }) => {
    const name = `${host}:${port}`;
    return { name, domain: authority ?? name, address: { host, port } };
  });
  const virtualHosts = targets.map(({ name, domain }) => ({ name, domains: [domain], routes: [connectRoute(name)] }));
  const chain = {
    transport_socket: downstreamTls(identity, { prefix: `spiffe://${trustDomain}/` }),
    filters: [terminateTunnels({ name: INBOUND, virtualHosts })],
  };
  const clusters = targets.map(({ name, address }) => staticCluster({ name, endpoints: [address] }));
  return bootstrap({ listeners: [tcpListener(INBOUND, [chain], port, host)], clusters });
}
