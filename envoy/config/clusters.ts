/** Clusters. */
import { any, type Cluster, defined, type Message } from "./types.ts";

export interface Address {
  host: string;
  port: number;
}

/**
 * Protocol to the endpoints: `downstream` is the one that the request came with, as in a waypoint's clusters of ports
 * that declare no protocol.
 */
export type UpstreamProtocol = "http1" | "http2" | "downstream";

export interface ClusterOptions {
  name: string;
  endpoints: readonly Address[];
  /** Default `http1`. */
  protocol?: UpstreamProtocol;
  /** Default 10s, as the mesh's. */
  connectTimeout?: string;
  /** Its `filter_metadata`: `xds.cluster_metadata`. Default: none. */
  metadata?: Message;
  /** The `filter_metadata` of each endpoint: `xds.upstream_host_metadata`. Default: none. */
  endpointMetadata?: Message;
}

/** A cluster of fixed endpoints; none: a cluster without hosts. */
export function staticCluster({
  name,
  endpoints,
  protocol = "http1",
  connectTimeout = "10s",
  metadata,
  endpointMetadata,
}: ClusterOptions): Cluster {
  const lbEndpoints = endpoints.map(({ host, port }) =>
    defined({ endpoint: { address: socketAddress({ host, port }) }, metadata: filterMetadata(endpointMetadata) }),
  );
  return defined({
    name,
    type: "STATIC",
    connect_timeout: connectTimeout,
    lb_policy: "LEAST_REQUEST",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: lbEndpoints }] },
    typed_extension_protocol_options: protocolOptions(protocol),
    metadata: filterMetadata(metadata),
  });
}

/** A cluster whose hosts are names, looked up (IPv4) again and again while Envoy runs. */
export function dnsCluster(options: ClusterOptions): Cluster {
  return { ...staticCluster(options), type: "STRICT_DNS", dns_lookup_family: "V4_ONLY" };
}

/** `envoy.config.core.v3.Address` of a TCP socket. */
export function socketAddress({ host, port }: Address): Message {
  return { socket_address: { address: host, port_value: port } };
}

function filterMetadata(metadata: Message | undefined): Message | undefined {
  return metadata && { filter_metadata: metadata };
}

function protocolOptions(protocol: UpstreamProtocol): Message | undefined {
  if (protocol === "http1") return undefined;
  const config =
    protocol === "http2"
      ? { explicit_http_config: { http2_protocol_options: {} } }
      : { use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} } };
  const type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  return { [type]: any(type, config) };
}
