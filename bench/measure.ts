/** Runs the cases in Envoy. */
import { bootstrap, httpChain, peerPrincipal, tcpListener, type Listener } from "../envoy/config/index.ts";
import { EnvoyProcess } from "../envoy/harness/process.ts";
import { directRoute, SERVICE } from "./answers.ts";
import type { BenchCase, BenchGroup } from "./case.ts";
import { check, sumOf } from "./check.ts";
import { cpuTime, residentMemory } from "./cpu.ts";
import type { LoadGenerator } from "./load.ts";
import { rotated } from "./rounds.ts";

export interface Settings {
  /** How often each case is measured. */
  rounds: number;
  /** Seconds of load in each measurement. */
  seconds: number;
  /** Whether each case runs once before the rounds. */
  warmUp: boolean;
  connections: number;
}

/** Hears what is about to be done. */
export type Progress = (what: string) => void;

/** An Envoy with a listener for each case, and how many requests each was sent. */
class Stage {
  readonly #envoy: EnvoyProcess;
  readonly #load: LoadGenerator;
  readonly #settings: Settings;
  readonly #sent = new Map<string, number>();

  private constructor(envoy: EnvoyProcess, load: LoadGenerator, settings: Settings) {
    this.#envoy = envoy;
    this.#load = load;
    this.#settings = settings;
  }

  static async start(cases: readonly BenchCase[], load: LoadGenerator, settings: Settings): Promise<Stage> {
    // Istio's proxies log warnings; at `info` some filters would log each request.
    const config = bootstrap({ listeners: cases.map(listener), clusters: [SERVICE] });
    return new Stage(await EnvoyProcess.start({ config, logLevel: "warn" }), load, settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#envoy.stop();
  }

  /** Makes sure that the filter works. */
  async check(one: BenchCase): Promise<void> {
    await check(one, this.#envoy, this.#url(one));
    this.#sent.set(one.name, 1);
  }

  /** Makes sure that the load left behind what it was to. */
  async checkLeft({ name, leaves }: BenchCase): Promise<void> {
    if (leaves === undefined) return;
    const stats = await this.#envoy.admin.stats(leaves.named);
    const found = [...stats.values()].filter((count) => count > 0).length;
    if (found === leaves.count) return;
    throw new Error(`${name}: expected ${leaves.count} counters with ${leaves.named} in their names, found ${found}`);
  }

  /** CPU time of the Envoy process for each request, in microseconds. */
  async costOf(one: BenchCase): Promise<number> {
    const before = await cpuTime(this.#envoy.pid);
    const requests = await this.send(one);
    return ((await cpuTime(this.#envoy.pid)) - before) / requests / 1_000;
  }

  /** Sends load, the requests that come next, and gives their number. */
  async send(one: BenchCase): Promise<number> {
    const { connections, seconds } = this.#settings;
    const first = this.#sent.get(one.name) ?? 0;
    // Envoy's own folder goes when Envoy does, whatever ends them.
    const { folder } = this.#envoy;
    const { tokens, paths = ["/"], headers = {} } = one;
    const load = { url: this.#url(one), tokens, paths, headers, first, connections, seconds, folder };
    const requests = await this.#load.run(load);
    // On each connection one may have been sent that was not answered any more.
    this.#sent.set(one.name, first + requests + connections);
    return requests;
  }

  /** How many tokens jwt-auth found in its caches. */
  cacheHits(): Promise<number> {
    return sumOf(this.#envoy, "waypost_jwt_cache_hits_total");
  }

  residentMemory(): Promise<number> {
    return residentMemory(this.#envoy.pid);
  }

  #url({ name }: BenchCase): string {
    return `http://127.0.0.1:${this.#envoy.port(name)}`;
  }
}

/**
 * CPU time of the Envoy process for each request, in microseconds: for each case one number a round. All cases are
 * listeners of one process with one worker, and every round visits every case, so that all meet the same conditions.
 */
export async function measureCpu(
  { name: group, cases, unseen }: BenchGroup,
  load: LoadGenerator,
  settings: Settings,
  progress: Progress,
): Promise<Map<string, number[]>> {
  const costs = new Map(cases.map(({ name }) => [name, [] as number[]]));
  await using stage = await Stage.start(cases, load, settings);
  for (const one of cases) await stage.check(one);
  if (settings.warmUp) {
    for (const one of cases) {
      progress(`${group}, warm-up: ${one.name}`);
      await stage.send(one);
    }
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (const one of rotated(cases, round)) {
      progress(`${group}, round ${round + 1} of ${settings.rounds}: ${one.name}`);
      costs.get(one.name)?.push(await stage.costOf(one));
    }
  }
  const hits = unseen ? await stage.cacheHits() : 0;
  if (hits > 0) throw new Error(`${hits} tokens were found in a cache: they were to be new`);
  for (const one of cases) await stage.checkLeft(one);
  return costs;
}

/** Resident memory, in bytes, of an Envoy that has nothing but this case, after some load. */
export async function measureMemory(one: BenchCase, load: LoadGenerator, settings: Settings): Promise<number> {
  await using stage = await Stage.start([one], load, settings);
  await stage.send(one);
  // Awaited here: Envoy ends with this function.
  return await stage.residentMemory();
}

function listener({ name, filters, principal, routes = [directRoute()] }: BenchCase): Listener {
  const chain = httpChain({ name, places: filters, routes });
  if (principal !== undefined) chain.filters.unshift(peerPrincipal(principal));
  return tcpListener(name, [chain]);
}
