/** Measures waypoints in a mesh: what a request costs, how long it takes, what a waypoint needs. */
import { residentMemory, cpuTime } from "./cpu.ts";
import { check, sumOf } from "./check.ts";
import type { LoadGenerator } from "./load.ts";
import type { Progress } from "./measure.ts";
import type { MeshCase } from "./mesh-cases.ts";
import { startApplication, startMeshStage, type MeshStage } from "./mesh-stage.ts";
import { openLoad } from "./open-load.ts";
import { rotated } from "./rounds.ts";
import { quantile } from "./statistics.ts";

export interface MeshSettings {
  rounds: number;
  /** Seconds of each load, of which a round has two: as many requests as are answered, and so many a second. */
  seconds: number;
  connections: number;
  /** Requests a second while latencies are measured. */
  rate: number;
  /** Each has its own Envoys, one after the other. */
  workers: readonly number[];
}

/** In milliseconds. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
}

/** What was measured of one case with so many workers. */
export interface MeshMeasured {
  name: string;
  title: string;
  workers: number;
  /** CPU time of the Envoy that is measured for each request, in microseconds, one a round. */
  costs: number[];
  /** One a round. */
  latencies: Latency[];
  /** Its resident memory, in bytes: before the first request, and after the last. */
  memory: { idle: number; loaded: number };
  /** VMs of Wasm that it has, the main thread's counted. */
  vms: number;
}

/** All cases with one number of workers run beside each other, and every round visits every one. */
export async function measureMesh(
  cases: readonly MeshCase[],
  load: LoadGenerator,
  settings: MeshSettings,
  progress: Progress,
): Promise<MeshMeasured[]> {
  const measured: MeshMeasured[] = [];
  for (const workers of settings.workers) {
    measured.push(...(await measureWith(workers, cases, load, settings, progress)));
  }
  return measured;
}

async function measureWith(
  workers: number,
  cases: readonly MeshCase[],
  load: LoadGenerator,
  settings: MeshSettings,
  progress: Progress,
): Promise<MeshMeasured[]> {
  const group = `mesh, ${workers} ${workers === 1 ? "worker" : "workers"}`;
  const application = await startApplication();
  const benches: Bench[] = [];
  try {
    for (const one of cases) {
      progress(`${group}, start: ${one.name}`);
      benches.push(await Bench.start(one, application, workers, load, settings));
    }
    for (const bench of benches) await bench.prepare();
    for (let round = 0; round < settings.rounds; round++) {
      for (const bench of rotated(benches, round)) {
        progress(`${group}, round ${round + 1} of ${settings.rounds}: ${bench.name}`);
        await bench.round();
      }
    }
    return await Promise.all(benches.map((bench) => bench.result()));
  } finally {
    await Promise.all([...benches, application].map((one) => one.stop()));
  }
}

type Application = Awaited<ReturnType<typeof startApplication>>;

/** One case while it is measured. */
class Bench {
  readonly #stage: MeshStage;
  readonly #load: LoadGenerator;
  readonly #settings: MeshSettings;
  readonly #workers: number;
  readonly #idle: number;
  readonly #costs: number[] = [];
  readonly #latencies: Latency[] = [];

  private constructor(stage: MeshStage, workers: number, idle: number, load: LoadGenerator, settings: MeshSettings) {
    this.#stage = stage;
    this.#workers = workers;
    this.#idle = idle;
    this.#load = load;
    this.#settings = settings;
  }

  static async start(
    one: MeshCase,
    application: Application,
    workers: number,
    load: LoadGenerator,
    settings: MeshSettings,
  ): Promise<Bench> {
    const stage = await startMeshStage(one, application, workers);
    return new Bench(stage, workers, await residentMemory(stage.envoy.pid), load, settings);
  }

  get name(): string {
    return this.#stage.one.name;
  }

  stop(): Promise<void> {
    return this.#stage.stop();
  }

  /** Makes sure that the filters work, by each way in, and warms up. */
  async prepare(): Promise<void> {
    const { one, envoy, entries } = this.#stage;
    for (const { url } of entries) await check(one, envoy, url);
    await this.#send();
  }

  async round(): Promise<void> {
    const { pid } = this.#stage.envoy;
    const before = await cpuTime(pid);
    const requests = await this.#send();
    this.#costs.push(((await cpuTime(pid)) - before) / requests / 1_000);
    this.#latencies.push(await this.#latency());
  }

  async result(): Promise<MeshMeasured> {
    const { one, envoy } = this.#stage;
    return {
      name: one.name,
      title: one.title,
      workers: this.#workers,
      costs: this.#costs,
      latencies: this.#latencies,
      memory: { idle: this.#idle, loaded: await residentMemory(envoy.pid) },
      vms: await sumOf(envoy, "^wasm\\.envoy\\.wasm\\.runtime\\.v8\\.active$"),
    };
  }

  /** As many requests as are answered, by all ways in at once; gives their number. */
  async #send(): Promise<number> {
    const { one, entries } = this.#stage;
    const { tokens, paths, headers } = one;
    const { seconds } = this.#settings;
    const connections = this.#settings.connections / entries.length;
    const loads = entries.map(({ url, folder }) =>
      this.#load.run({ url, tokens, paths, headers, first: 0, connections, seconds, folder }),
    );
    return (await Promise.all(loads)).reduce((sum, count) => sum + count, 0);
  }

  async #latency(): Promise<Latency> {
    const { one, entries } = this.#stage;
    const { rate, seconds } = this.#settings;
    const [token = ""] = one.tokens;
    const [path = "/"] = one.paths;
    const headers = { ...one.headers, authorization: `Bearer ${token}` };
    const all = await openLoad({ urls: entries.map(({ url }) => url), path, headers, rate, seconds });
    return { p50: quantile(all, 0.5), p90: quantile(all, 0.9), p99: quantile(all, 0.99) };
  }
}
