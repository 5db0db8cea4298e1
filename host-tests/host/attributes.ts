/**
 * Envoy's attributes, which guests read with `proxy_get_property` and CEL expressions by name. Which ones are there
 * depends on the phase, because Envoy answers from the headers that the running callback may see.
 */
import { utf8Text } from "./bytes.ts";
import type { Context } from "./context.ts";
import { HeaderMap } from "./header-map.ts";
import { grpcStatusOf } from "./local-reply.ts";
import { encodeStruct, metadataMessage, ProtoWriter, structValue } from "./proto.ts";
import type { StreamInfo, VisibleHeaders } from "./stream-info.ts";
import { Duration, Lookup, Message, Timestamp, toValue, Uint, type Value } from "./values.ts";

/** What a test says of the surroundings, by first name. */
export type Overrides = Readonly<Record<string, unknown>>;

interface Scene {
  context: Context;
  info: StreamInfo | undefined;
  headers: VisibleHeaders;
  overrides: Overrides;
}

type Resolver = (scene: Scene) => Value | undefined;
type Members = Readonly<Record<string, Resolver>>;

const NO_HEADERS = new HeaderMap();

const UPSTREAM = ["127.0.0.1", 8080] as const;

const REQUEST: Members = {
  headers: ({ headers }) => headers.request ?? NO_HEADERS,
  headers_bytes: ({ headers }) => BigInt(headers.request?.byteSize() ?? 0),
  time: ({ info }) => info && new Timestamp(info.startTime),
  size: ({ info, headers }) => contentLength(headers.request) ?? (info && BigInt(info.bytesReceived)),
  total_size: ({ info, headers }) => info && BigInt(info.bytesReceived + (headers.request?.byteSize() ?? 0)),
  duration: ({ info }) => (info?.duration === undefined ? undefined : new Duration(info.duration)),
  protocol: ({ info }) => info?.protocol,
  path: requestHeader(":path"),
  url_path: ({ headers }) => headers.request && (headers.request.first(":path") ?? "").replace(/\?.*$/s, ""),
  host: requestHeader(":authority"),
  scheme: requestHeader(":scheme"),
  method: requestHeader(":method"),
  referer: requestHeader("referer"),
  id: requestHeader("x-request-id"),
  useragent: requestHeader("user-agent"),
  query: ({ headers }) => headers.request && query(headers.request.first(":path") ?? ""),
};

const RESPONSE: Members = {
  code: ({ info }) => (info?.responseCode === undefined ? undefined : BigInt(info.responseCode)),
  code_details: ({ info }) => info?.details,
  size: ({ info }) => BigInt(info?.bytesSent ?? 0),
  headers: ({ headers }) => headers.response ?? NO_HEADERS,
  headers_bytes: ({ headers }) => BigInt(headers.response?.byteSize() ?? 0),
  trailers: ({ headers }) => headers.responseTrailers ?? NO_HEADERS,
  flags: ({ info }) => info?.flags ?? 0n,
  grpc_status: ({ info, headers }) => grpcStatus(info, headers),
  total_size: ({ info, headers: { response, responseTrailers } }) =>
    BigInt((info?.bytesSent ?? 0) + (response?.byteSize() ?? 0) + (responseTrailers?.byteSize() ?? 0)),
  backend_latency: ({ info }) => (info?.backendLatency === undefined ? undefined : new Duration(info.backendLatency)),
};

const CONNECTION: Members = {
  id: ({ info }) => info && new Uint(BigInt(info.connectionId)),
  mtls: () => false,
  requested_server_name: () => "",
  peer_certificate_valid: () => false,
};

const UPSTREAM_MEMBERS: Members = {
  address: whenConnected(() => UPSTREAM.join(":")),
  port: whenConnected(() => BigInt(UPSTREAM[1])),
  local_address: whenConnected(() => `${UPSTREAM[0]}:40000`),
  locality: whenConnected(() => new Message({ region: "", zone: "", sub_zone: "" }, () => Buffer.alloc(0))),
  transport_failure_reason: ({ info }) => info?.upstream?.failure,
  server_name: () => undefined,
  cx_pool_ready_duration: ({ info }) =>
    info?.upstream === undefined ? undefined : new Duration(info.upstream.readyNanoseconds),
  request_attempt_count: ({ info }) => new Uint(BigInt(info?.upstream?.attempts ?? 0)),
  num_endpoints: ({ info }) => (info?.route === undefined ? undefined : new Uint(1n)),
};

const XDS: Members = {
  node: ({ overrides }) => node(overrides),
  cluster_name: ({ info }) => info?.route?.cluster && utf8Text(info.route.cluster.name),
  cluster_metadata: ({ info }) => info?.route?.cluster && metadataMessage(info.route.cluster.metadata),
  route_name: ({ info }) => info?.route && utf8Text(info.route.init.name ?? ""),
  route_metadata: ({ info }) => info?.route && metadataMessage(info.route.init.metadata),
  virtual_host_name: ({ info }) => info?.route && "default",
  virtual_host_metadata: ({ info }) => info?.route && metadataMessage(),
  upstream_host_metadata: ({ info }) => info?.upstream && hostMetadata(info.route?.cluster?.hostMetadata),
  upstream_host_locality_metadata: ({ info }) => (info?.upstream === undefined ? undefined : null),
  filter_chain_name: ({ info }) => info && "",
  listener_metadata: ({ info }) => info && metadataMessage(),
  listener_direction: ({ info }) => info && 0n,
};

const TOP_LEVEL: Readonly<Record<string, Resolver>> = {
  request: (scene) => scene.info && members("request", REQUEST, scene),
  response: (scene) => scene.info && members("response", RESPONSE, scene),
  connection: (scene) => scene.info && members("connection", CONNECTION, scene),
  upstream: (scene) => scene.info && members("upstream", UPSTREAM_MEMBERS, scene),
  source: (scene) => scene.info && members("source", peer(scene.info.source), scene),
  destination: (scene) => scene.info && members("destination", peer(scene.info.destination), scene),
  xds: (scene) => members("xds", XDS, scene),
  metadata: ({ info, overrides }) =>
    info && metadataMessage({ ...filterMetadata(overrides["metadata"]), ...info.metadata }),
  filter_state: ({ info }) => info && new Lookup((name) => info.filterState.attribute(name)),
  upstream_filter_state: ({ info }) => info?.upstream && new Lookup(() => undefined),
  plugin_name: ({ context }) => context.plugin && utf8Text(context.plugin.options.name),
  plugin_root_id: ({ context }) => utf8Text(context.plugin?.options.rootId ?? ""),
  plugin_vm_id: ({ context }) => utf8Text(context.vm.vmId),
  connection_id: ({ info }) => info && new Uint(BigInt(info.connectionId)),
};

/** A top-level attribute, or a property that a guest set; undefined when there is none. */
export function findAttribute(
  name: string,
  context: Context,
  headers: VisibleHeaders,
  overrides: Overrides,
): Value | undefined {
  const info = context.streamInfo;
  const scene = { context, info, headers, overrides };
  const resolver = Object.hasOwn(TOP_LEVEL, name) ? TOP_LEVEL[name] : undefined;
  if (resolver !== undefined) return resolver(scene);
  return info?.filterState.celState(name) ?? toValue(overrides[name]);
}

/** The members of a top-level attribute: what a test gives comes first. */
function members(name: string, table: Members, scene: Scene): Lookup {
  const given = scene.overrides[name] as Record<string, unknown> | undefined;
  return new Lookup((part) => {
    if (given !== undefined && Object.hasOwn(given, part)) return givenMember(part, given[part], scene);
    return Object.hasOwn(table, part) ? table[part]?.(scene) : undefined;
  });
}

/** Metadata and the node are messages, whose encoding differs from that of a map. */
function givenMember(part: string, value: unknown, scene: Scene): Value | undefined {
  if (part === "node") return node(scene.overrides);
  if (part.endsWith("metadata")) return metadataMessage(filterMetadata(value));
  return toValue(value);
}

/** `{filter_metadata: {…}}`, or what would stand inside. */
function filterMetadata(given: unknown): Record<string, unknown> {
  const object = (given ?? {}) as Record<string, unknown>;
  return (object["filter_metadata"] as Record<string, unknown> | undefined) ?? object;
}

interface Node {
  id?: string;
  cluster?: string;
  metadata?: Record<string, unknown>;
}

/** `envoy.config.core.v3.Node`. */
function node(overrides: Overrides): Message {
  const given = (overrides["xds"] as { node?: Node } | undefined)?.node ?? {};
  const { id = "node", cluster = "cluster", metadata = {} } = given;
  return new Message({ id: utf8Text(id), cluster: utf8Text(cluster), metadata: structValue(metadata) }, () =>
    new ProtoWriter().bytes(1, id).bytes(2, cluster).bytes(3, encodeStruct(metadata)).finish(),
  );
}

/** An upstream host without metadata is null, which has no serialization. */
function hostMetadata(metadata: Readonly<Record<string, unknown>> | undefined): Value {
  return metadata === undefined ? null : metadataMessage(metadata);
}

function requestHeader(name: string): Resolver {
  return ({ headers }) => headers.request?.first(name);
}

function whenConnected(resolver: Resolver): Resolver {
  return (scene) => (scene.info?.upstream === undefined ? undefined : resolver(scene));
}

/** @param address  `ip:port` */
function peer(address: string): Members {
  return { address: () => address, port: () => BigInt(address.slice(address.lastIndexOf(":") + 1)) };
}

function contentLength(headers: HeaderMap | undefined): bigint | undefined {
  const text = headers?.first("content-length");
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;
}

function query(path: string): string {
  const start = path.indexOf("?");
  return start < 0 ? "" : path.slice(start + 1).replace(/#.*$/s, "");
}

/** `UNAUTHENTICATED`, the last one. */
const MAX_GRPC_STATUS = 16;
/** What Envoy makes of any other. */
const INVALID_GRPC_STATUS = -1n;

/** From trailers, else from headers; else what the HTTP status means, whether or not the request was one of gRPC. */
function grpcStatus(info: StreamInfo | undefined, { response, responseTrailers }: VisibleHeaders): bigint | undefined {
  const text = responseTrailers?.first("grpc-status") ?? response?.first("grpc-status");
  if (text !== undefined)
    return /^\d+$/.test(text) && Number(text) <= MAX_GRPC_STATUS ? BigInt(text) : INVALID_GRPC_STATUS;
  return info?.responseCode === undefined ? undefined : BigInt(grpcStatusOf(info.responseCode));
}

/** Follows a path of parts that zero bytes separate. Undefined: NotFound; null: there is no path at all. */
export function splitPath(path: string): string[] {
  const parts = path.split("\0");
  // A zero byte at the end does not start another part.
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return parts;
}
