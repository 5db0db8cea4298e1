/** Runs the cases in Envoy. */
import { bootstrap, httpChain, tcpListener, type Listener } from "../envoy/config/index.ts";
import { EnvoyProcess } from "../envoy/harness/process.ts";
import type { BenchCase } from "./cases.ts";
import { cpuTime, residentMemory } from "./cpu.ts";
import type { LoadGenerator } from "./load.ts";
import { rotated } from "./rounds.ts";
import { tampered } from "./tokens.ts";

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

/** Answers come from Envoy itself, so that nothing but the chain is measured. */
const ANSWER = { match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "ok\n" } } };

/**
 * CPU time of the Envoy process for each request, in microseconds: for each case one number a round. All cases are
 * listeners of one process with one worker, and every round visits every case, so that all meet the same conditions.
 */
export async function measureCpu(
  cases: readonly BenchCase[],
  load: LoadGenerator,
  settings: Settings,
  progress: Progress,
): Promise<Map<string, number[]>> {
  const costs = new Map(cases.map(({ name }) => [name, [] as number[]]));
  await using envoy = await start(cases);
  for (const one of cases) await check(envoy, one);
  if (settings.warmUp) {
    for (const one of cases) {
      progress(`warm-up: ${one.name}`);
      await costOf(envoy, one, load, settings);
    }
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (const one of rotated(cases, round)) {
      progress(`round ${round + 1} of ${settings.rounds}: ${one.name}`);
      costs.get(one.name)?.push(await costOf(envoy, one, load, settings));
    }
  }
  return costs;
}

/** Resident memory, in bytes, of an Envoy that has nothing but this case, after some load. */
export async function measureMemory(one: BenchCase, load: LoadGenerator, settings: Settings): Promise<number> {
  await using envoy = await start([one]);
  await sendLoad(envoy, one, load, settings);
  // Awaited here: Envoy ends with this function.
  return await residentMemory(envoy.pid);
}

function start(cases: readonly BenchCase[]): Promise<EnvoyProcess> {
  // Istio's proxies log warnings; at `info` some filters would log each request.
  return EnvoyProcess.start({ config: bootstrap({ listeners: cases.map(listener), clusters: [] }), logLevel: "warn" });
}

function listener({ name, filters }: BenchCase): Listener {
  return tcpListener(name, [httpChain({ name, places: filters, routes: [ANSWER] })]);
}

/** Makes sure that the filter works: one that lets everything pass would be fast. */
async function check(envoy: EnvoyProcess, one: BenchCase): Promise<void> {
  const [token = ""] = one.tokens;
  const expected = [
    [token, 200],
    [tampered(token), one.authenticates ? 401 : 200],
  ] as const;
  for (const [sent, status] of expected) {
    const answer = await fetch(urlOf(envoy, one), { headers: { authorization: `Bearer ${sent}` } });
    const body = await answer.text();
    if (answer.status !== status) throw new Error(`${one.name}: expected ${status}, got ${answer.status} ${body}`);
  }
}

async function costOf(envoy: EnvoyProcess, one: BenchCase, load: LoadGenerator, settings: Settings): Promise<number> {
  const before = await cpuTime(envoy.pid);
  const requests = await sendLoad(envoy, one, load, settings);
  return ((await cpuTime(envoy.pid)) - before) / requests / 1_000;
}

/** Gives the number of requests. */
function sendLoad(
  envoy: EnvoyProcess,
  one: BenchCase,
  load: LoadGenerator,
  { connections, seconds }: Settings,
): Promise<number> {
  // Envoy's own folder goes when Envoy does, whatever ends them.
  return load.run({ url: urlOf(envoy, one), tokens: one.tokens, connections, seconds, folder: envoy.folder });
}

function urlOf(envoy: EnvoyProcess, { name }: BenchCase): string {
  return `http://127.0.0.1:${envoy.port(name)}/`;
}
