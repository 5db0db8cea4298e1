/**
 * Stand-ins for ztunnel, the mesh's node proxy: Envoys that speak its protocol. They catch no traffic. A client goes to a port of
 * `outboundZtunnel` in place of a service's address.
 */
import { bootstrap, tcpListener } from "../config/bootstrap.ts";
import { type Address, staticCluster } from "../config/clusters.ts";
import type { Bootstrap, Cluster } from "../config/types.ts";
import type { IdentityFiles } from "./certificates.ts";
import { connectRoute, openTunnels, terminateTunnels, tunnelProtocol } from "./hbone.ts";
import { type Service, vipAndPort } from "./service.ts";
import { downstreamTls, upstreamTls } from "./tls.ts";

export interface OutboundOptions {
  /** Of the calling pod. */
  files: IdentityFiles;
  /** Where the waypoint accepts tunnels. */
  waypoint: Address;
  /** The SPIFFE id that it must have. */
  waypointId: string;
  services: readonly Service[];
  /** Ports by the names of services; default: the system's choice. */
  ports?: Readonly<Record<string, number>>;
  /** Address to listen on; default the loopback interface. */
  host?: string;
}

export interface InboundOptions {
  /** Of the pod. */
  files: IdentityFiles;
  trustDomain: string;
  /** What listens in the pod. Tunnels to anything else are refused with 404. */
  applications: readonly Address[];
  /** Default: of the system's choice on the loopback interface. */
  port?: number;
  host?: string;
}

/** The listener of `inboundZtunnel`. */
export const INBOUND = "inbound";

const WAYPOINT = "waypoint";

/** In front of a calling pod: one listener for each service, with its name, that leads to it through the waypoint. */
export function outboundZtunnel({ files, waypoint, waypointId, services, ports, host }: OutboundOptions): Bootstrap {
  const listeners = services.map((service) => {
    const tunnel = openTunnels(service.name, WAYPOINT, vipAndPort(service));
    return tcpListener(service.name, [{ filters: [tunnel] }], ports?.[service.name], host);
  });
  const cluster: Cluster = {
    ...staticCluster({ name: WAYPOINT, endpoints: [waypoint] }),
    transport_socket: upstreamTls(files, { exact: waypointId }),
    typed_extension_protocol_options: tunnelProtocol(),
  };
  return bootstrap({ listeners, clusters: [cluster] });
}

/** In front of a called pod: ends tunnels of the mesh and connects to what they ask for. */
export function inboundZtunnel({ files, trustDomain, applications, port, host }: InboundOptions): Bootstrap {
  const names = applications.map((application) => `${application.host}:${application.port}`);
  const virtualHosts = names.map((name) => ({ name, domains: [name], routes: [connectRoute(name)] }));
  const chain = {
    transport_socket: downstreamTls(files, { prefix: `spiffe://${trustDomain}/` }),
    filters: [terminateTunnels({ name: INBOUND, virtualHosts })],
  };
  const clusters = applications.map((application) =>
    staticCluster({ name: `${application.host}:${application.port}`, endpoints: [application] }),
  );
  return bootstrap({ listeners: [tcpListener(INBOUND, [chain], port, host)], clusters });
}
