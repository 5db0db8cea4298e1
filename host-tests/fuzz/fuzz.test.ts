import { expect, it } from "vitest";
import { Fuzzer, type FuzzResult } from "./run.ts";

/** `npm test` runs the fuzzer for a minute besides. */
const CASES = 60;

async function run(seed: number, cases: number): Promise<FuzzResult> {
  const fuzzer = await Fuzzer.load(seed);
  for (let index = 0; index < cases; index++) await fuzzer.runCase(index);
  return fuzzer.result;
}

it("filter and judge agree, nothing traps, and nothing passes without a valid token", async () => {
  const seed = Date.now() % 2 ** 32;
  const { failures, accepted, refused, refusedSets, requests, documents } = await run(seed, CASES);
  expect(failures, `npm run fuzz -- --seed ${seed}`).toEqual([]);
  // All kinds of verdicts came up.
  expect(Math.min(accepted, refused, requests.accepted, requests.passed, requests.refused)).toBeGreaterThan(10);
  expect(Math.min(refusedSets, documents)).toBeGreaterThan(0);
});

it("a seed repeats a run", async () => {
  expect(await run(7, 5)).toEqual(await run(7, 5));
});
