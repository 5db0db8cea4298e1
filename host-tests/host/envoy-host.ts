/**
 * The host: a proxy-wasm host with the semantics of Envoy 1.40, in one process, on a clock that the test moves. It is
 * never kinder than Envoy.
 *
 * ```ts
 * const host = new EnvoyHost({ clusters: { issuer: () => ({ body: jwks }) } });
 * host.addFilter({ name: "default.jwt-auth", module: await loadModule("build/jwt-auth.wasm"), configuration });
 * const exchange = host.request({ path: "/orders", headers: [["authorization", `Bearer ${token}`]] });
 * expect(exchange.response?.status).toBe(200);
 * ```
 */
import { Clock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { Exchange } from "./exchange.ts";
import { givenObject, type FilterState } from "./filter-state.ts";
import { utf8Text } from "./bytes.ts";
import { Log, type LogLine } from "./log.ts";
import { Stats } from "./metrics.ts";
import { Filter, type BaseVm } from "./plugin.ts";
import { Random } from "./random.ts";
import type { RootContext } from "./root-context.ts";
import { SharedData } from "./shared-data.ts";
import { SharedQueues } from "./shared-queues.ts";
import { StreamDriver } from "./stream-driver.ts";
import { Thread } from "./thread.ts";
import { Tracer } from "./trace.ts";
import type {
  Cluster,
  ClusterHandlers,
  ConnectionInit,
  FilterOptions,
  HostOptions,
  ReceivedRequest,
  ReplyInit,
  RequestInit,
  RouteInit,
} from "./types.ts";

/** In the place of Envoy's own filter in the chain. */
export const GRPC_STATS = "grpc_stats";

const DEFAULT_NOW = 1_700_000_000_000;
const DEFAULT_BUFFER_LIMIT = 1024 * 1024;

export class EnvoyHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly stats = new Stats();
  readonly sharedData = new SharedData();
  readonly sharedQueues = new SharedQueues();
  readonly random: Random;
  readonly mainThread = new Thread(undefined);
  readonly threads: readonly Thread[];
  /** For the host's own modules: the filters, Envoy's among them, in their order. */
  readonly chain: (Filter | typeof GRPC_STATS)[] = [];
  readonly routes: readonly RouteInit[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly bufferLimit: number;
  readonly tracer: Tracer | undefined;
  /** Base VMs by VM key: modules that have been loaded. */
  readonly baseVms = new Map<string, BaseVm>();
  /** Root contexts whose `proxy_on_done` answered "not yet", and what `proxy_done` does. */
  readonly pendingDone = new Map<RootContext, () => void>();
  nextDnsToken = 1;
  private readonly clusters = new Map<string, ClusterHandlers>();
  private readonly vmIds = new Map<string, number>();
  private nextConnectionId = 0;
  private nextExchangeId = 1;

  constructor(readonly options: HostOptions = {}) {
    this.clock = new Clock(options.now ?? DEFAULT_NOW);
    this.log = new Log(options.logLevel ?? "info", () => this.clock.now, options.onLog);
    this.random = new Random(options.seed ?? 1);
    this.threads = [this.mainThread, ...Array.from({ length: options.workers ?? 1 }, (_, index) => new Thread(index))];
    this.routes = options.routes ?? [{}];
    this.properties = options.properties ?? {};
    this.bufferLimit = options.bufferLimit ?? DEFAULT_BUFFER_LIMIT;
    this.tracer = options.trace === true ? new Tracer() : undefined;
    for (const [name, cluster] of Object.entries(options.clusters ?? {})) this.setCluster(name, cluster);
  }

  /** Milliseconds since the epoch, as the guests see them. */
  get now(): number {
    return this.clock.now;
  }

  /** Log lines so far. Set `logs.length = 0` to begin anew. */
  get logs(): LogLine[] {
    return this.log.lines;
  }

  /** The plugins, in the order of the chain. */
  get filters(): readonly Filter[] {
    return this.chain.filter((filter) => filter !== GRPC_STATS);
  }

  /** Every call across the border between host and guests, when `trace` is on. */
  get trace(): readonly string[] {
    return this.tracer?.lines ?? [];
  }

  /**
   * Puts a filter behind those that are there: loads the module, configures it in a canary, on the main thread and on
   * each worker.
   * @throws {ConfigurationRefused} when Envoy would reject the listener
   */
  addFilter(options: FilterOptions): Filter {
    const filter = new Filter(this, options);
    this.chain.push(filter);
    this.clock.settle();
    return filter;
  }

  /**
   * Puts Envoy's grpc_stats behind the filters that are there, with `emit_filter_state` as in a waypoint: messages of gRPC
   * are counted in filter state `envoy.filters.http.grpc_stats`.
   */
  addGrpcStats(): void {
    this.chain.push(GRPC_STATS);
  }

  /** Sends a request and runs all that is due now. What waits for time goes on with `advance`. */
  request(init: RequestInit = {}): Exchange {
    const exchange = new Exchange(this, this.nextExchangeId++, init);
    exchange.send(init);
    this.clock.settle();
    return exchange;
  }

  /** A stream that the test drives frame by frame, on both sides. */
  stream(init: RequestInit = {}): StreamDriver {
    return new StreamDriver(new Exchange(this, this.nextExchangeId++, init), init);
  }

  /** A downstream connection, for several requests or with something to know about it. */
  connection(init?: ConnectionInit): Connection {
    return new Connection(this.nextConnectionId++, init);
  }

  /** Moves the clock: ticks, answers that take their time, time-outs. */
  advance(milliseconds: number): void {
    this.clock.advance(milliseconds);
  }

  /** A cluster that filters can call from now on, in place of one with this name. */
  setCluster(name: string, cluster: Cluster): void {
    this.clusters.set(name, toHandlers(cluster));
  }

  removeCluster(name: string): void {
    this.clusters.delete(name);
  }

  /** Value of a counter that a guest defined, 0 when none did. */
  counter(name: string): number {
    return this.stats.counter(name);
  }

  gauge(name: string): number {
    return this.stats.gauge(name);
  }

  /** Values recorded in a histogram, in order. */
  histogram(name: string): readonly number[] {
    return this.stats.histogram(name);
  }

  /** For the host's own modules. */
  cluster(name: string): ClusterHandlers | undefined {
    return this.clusters.get(name);
  }

  /** For the host's own modules. */
  worker(index: number): Thread {
    const thread = this.threads[index + 1];
    if (thread === undefined)
      throw new RangeError(`there is no worker ${index}: the host has ${this.threads.length - 1}`);
    return thread;
  }

  /** For the host's own modules: what the upstream answers. */
  answer(request: ReceivedRequest): ReplyInit {
    return this.options.upstream?.(request) ?? {};
  }

  /** For the host's own modules: filter state that the surroundings have put there. */
  prepareFilterState(state: FilterState): void {
    for (const [name, value] of Object.entries(this.properties["filter_state"] ?? {})) {
      state.setNative(utf8Text(name), givenObject(value));
    }
  }

  /** For the host's own modules. */
  removeFilter(filter: Filter): void {
    const index = this.chain.indexOf(filter);
    if (index >= 0) this.chain.splice(index, 1);
  }

  /** Shared data and queues of a vm_id last as long as any VM with it. */
  retainVmId(vmId: string): void {
    this.vmIds.set(vmId, (this.vmIds.get(vmId) ?? 0) + 1);
  }

  releaseVmId(vmId: string): void {
    const left = (this.vmIds.get(vmId) ?? 0) - 1;
    this.vmIds.set(vmId, left);
    if (left > 0) return;
    this.vmIds.delete(vmId);
    this.sharedData.forget(vmId);
    this.sharedQueues.forget(vmId);
  }
}

const HANDLER_NAMES = ["http", "grpc", "grpcStream", "onGrpcMessage"];

/** A function, a fixed reply, a fault, or handlers by kind. */
function toHandlers(cluster: Cluster): ClusterHandlers {
  if (typeof cluster === "function") return { http: cluster };
  if (HANDLER_NAMES.some((name) => name in cluster)) return cluster;
  if (cluster.fault !== undefined) return { fault: cluster.fault };
  return { http: () => cluster };
}
