/** Makes sure that what is measured does its work: a filter that lets everything pass would be fast. */
import { setTimeout as sleep } from "node:timers/promises";
import type { EnvoyProcess } from "../envoy/harness/process.ts";
import type { BenchCase, Check } from "./case.ts";

/** What is asked of a case. */
export type Checked = Pick<BenchCase, "name" | "tokens" | "paths" | "headers" | "checks">;

/** Milliseconds in which a request is counted, and between two looks. */
const COUNTED_WITHIN = 5_000;
const COUNT_POLL = 10;

/**
 * Sends the case's checks. Rejects with an Error that names the one that was answered otherwise.
 *
 * @param envoy  where they are counted
 * @param url    without a path
 */
export async function check(one: Checked, envoy: EnvoyProcess, url: string): Promise<void> {
  const [firstToken = ""] = one.tokens;
  const [firstPath = "/"] = one.paths ?? [];
  for (const wanted of one.checks) {
    const { token = firstToken, path = firstPath, headers = one.headers, counts } = wanted;
    const before = counts === undefined ? 0 : await sumOf(envoy, counts);
    const answer = await fetch(`${url}${path}`, { headers: { ...headers, authorization: `Bearer ${token}` } });
    const problem = wrongIn(answer, await answer.text(), wanted);
    if (problem !== undefined) throw new Error(`${one.name}: ${path} is answered with ${problem}`);
    if (counts !== undefined) await mustCount(one, envoy, counts, before + 1);
  }
}

/** @param counters  a regular expression (RE2) that their names contain a match of */
export async function sumOf(envoy: EnvoyProcess, counters: string): Promise<number> {
  const stats = await envoy.admin.stats(counters);
  return [...stats.values()].reduce((sum, count) => sum + count, 0);
}

/** Envoy counts a request when its stream ends, which may be after its answer has come. */
async function mustCount({ name }: Checked, envoy: EnvoyProcess, counters: string, expected: number): Promise<void> {
  const deadline = Date.now() + COUNTED_WITHIN;
  let sum = await sumOf(envoy, counters);
  while (sum < expected && Date.now() < deadline) {
    await sleep(COUNT_POLL);
    sum = await sumOf(envoy, counters);
  }
  if (sum === expected) return;
  throw new Error(`${name}: expected ${expected} in the counters with ${counters} in their names, found ${sum}`);
}

/** What is wrong with an answer; undefined: nothing. */
function wrongIn(answer: Response, body: string, { status, answer: headers = {} }: Check): string | undefined {
  if (answer.status !== status) return `${answer.status} ${body.trim()}; expected ${status}`;
  const wrong = Object.entries(headers).find(([name, value]) => answer.headers.get(name) !== value);
  if (wrong === undefined) return undefined;
  const [name, value] = wrong;
  return `${name}: ${answer.headers.get(name) ?? "(nothing)"}; expected ${value}`;
}
