/**
 * The Envoy that runs conformance cases: a listener with the filters of a case for each case. Nothing is in it but what the
 * Node host models: a waypoint's other filters would be seen in what is recorded.
 */
import type { ConformanceCase } from "../../host-tests/host/conformance/case.ts";
import {
  any,
  bootstrap,
  fileAccessLog,
  internalCluster,
  internalListener,
  outerListener,
  staticCluster,
  tcpListener,
  type Address,
  type Bootstrap,
  type Cluster,
  type FilterChain,
  type HttpFilter,
  type Listener,
} from "../config/index.ts";
import { defined } from "../config/types.ts";
import { WASM_FILTER } from "../config/wasm.ts";

/** What Envoy has to know of a case. */
export interface PlacedCase {
  test: ConformanceCase;
  /** Number of the case in this Envoy: keeps its names apart from those of others. */
  index: number;
  /** Ports of its upstream, of `{{service}}`, and of `{{grpc}}` if it has one. */
  ports: { upstream: number; service: number; grpc?: number };
  accessLog: string;
}

/** The filter state that access logs show, `StepRecord.filterState`. */
export const LOGGED_STATE = "wasm.x";

const GRPC_STATS: HttpFilter = {
  name: "envoy.filters.http.grpc_stats",
  typed_config: any("envoy.extensions.filters.http.grpc_stats.v3.FilterConfig", { emit_filter_state: true }),
};

/** Nothing listens there. */
const CLOSED_PORT = 1;

const HTTP = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** @param probe  path of the probe module */
export function conformanceBootstrap(cases: readonly PlacedCase[], probe: string): Bootstrap {
  return bootstrap({
    listeners: cases.flatMap((placed) => listeners(placed, probe)),
    clusters: [
      ...cases.flatMap(clusters),
      ...cases.filter(hasCaller).map((placed) => internalCluster(innerName(placed))),
    ],
    // Cases see the node in properties: the less of it the better.
    more: { node: undefined },
  });
}

/** Name of the listener of a case: for `EnvoyProcess.port`. */
export function listenerName({ index }: { index: number }): string {
  return `case-${index}`;
}

function listeners(placed: PlacedCase, probe: string): Listener[] {
  const filters = placed.test.scripts.map((script, filter) => wasm(placed, filter, script, probe));
  const { metadata, caller, grpcStats } = placed.test;
  const native = [
    ...(metadata === undefined ? [] : [setMetadata(metadata)]),
    ...(grpcStats === true ? [GRPC_STATS] : []),
  ];
  const chain = httpChain(placed, [...native, ...filters]);
  const name = listenerName(placed);
  if (caller === undefined) return [tcpListener(name, [chain])];
  return [outerListener(name, innerName(placed), caller), internalListener(innerName(placed), [chain])];
}

function hasCaller({ test }: PlacedCase): boolean {
  return test.caller !== undefined;
}

/** Name of the listener behind the outer one, and of the cluster between them. */
function innerName(placed: PlacedCase): string {
  return `inner-${listenerName(placed)}`;
}

function setMetadata(metadata: NonNullable<ConformanceCase["metadata"]>): HttpFilter {
  const entries = Object.entries(metadata).map(([name, value]) => ({ metadata_namespace: name, value }));
  const type = "envoy.extensions.filters.http.set_metadata.v3.Config";
  return { name: "envoy.filters.http.set_metadata", typed_config: any(type, { metadata: entries }) };
}

function httpChain(placed: PlacedCase, filters: HttpFilter[]): FilterChain {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: any("envoy.extensions.filters.http.router.v3.Router"),
  };
  const { clusterHeader, normalizePath } = placed.test;
  const target =
    clusterHeader === undefined ? { cluster: clusterName("upstream", placed) } : { cluster_header: clusterHeader };
  const route = { match: { prefix: normalizePath === true ? "" : "/" }, route: target };
  const manager = any(HTTP, {
    stat_prefix: listenerName(placed),
    codec_type: "AUTO",
    http_protocol_options: { enable_trailers: true },
    ...(normalizePath === true && { normalize_path: true, path_with_escaped_slashes_action: "KEEP_UNCHANGED" }),
    route_config: { name: "default", virtual_hosts: [{ name: "default", domains: ["*"], routes: [route] }] },
    http_filters: [...filters, router],
    access_log: [fileAccessLog(placed.accessLog, [LOGGED_STATE])],
  });
  return { filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] };
}

/** A filter of a case. Not by `wasmConfig`, which sets only what Istio can: cases are about all that Envoy knows. */
function wasm({ test, index }: PlacedCase, filter: number, script: string, probe: string): HttpFilter {
  const configuration = withClusters(script, index);
  const config = defined({
    // The log says it before each line of the plugin.
    name: `${index}.${filter}`,
    failure_policy: test.failurePolicy,
    fail_open: test.failOpen,
    allow_on_headers_stop_iteration: test.allowOnHeadersStopIteration,
    configuration: any("google.protobuf.StringValue", { value: configuration }),
    vm_config: {
      vm_id: test.sharedVm === true ? `${index}.shared` : `${index}.${filter}`,
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: probe } },
    },
  });
  return { name: `probe-${filter}`, typed_config: any(WASM_FILTER, { config }) };
}

function clusters(placed: PlacedCase): Cluster[] {
  const { upstream, service, grpc } = placed.ports;
  const { cluster: metadata, endpoint: endpointMetadata } = placed.test.upstreamMetadata ?? {};
  const http1 = { upstream: [upstream], service: [service], refused: [CLOSED_PORT], hostless: [] };
  const options = { explicit_http_config: { http_protocol_options: { enable_trailers: true } } };
  const clusters = Object.entries(http1).map(([name, ports]) => ({
    ...staticCluster({
      name: clusterName(name, placed),
      endpoints: ports.map(local),
      ...(name === "upstream" && defined({ metadata, endpointMetadata })),
    }),
    typed_extension_protocol_options: { [HTTP_OPTIONS]: any(HTTP_OPTIONS, options) },
  }));
  if (grpc === undefined) return clusters;
  const name = clusterName("grpc", placed);
  return [...clusters, staticCluster({ name, endpoints: [local(grpc)], protocol: "http2" })];
}

function local(port: number): Address {
  return { host: "127.0.0.1", port };
}

/** Placeholders of clusters replaced by their names. */
export function withClusters(text: string, index: number): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, cluster: string) => clusterName(cluster, { index }));
}

function clusterName(name: string, { index }: { index: number }): string {
  return `${name}${clusterSuffix(index)}`;
}

/** What is behind each cluster's name of a case, and in what its probe logs. */
export function clusterSuffix(index: number): string {
  return `-of-case-${index}`;
}
