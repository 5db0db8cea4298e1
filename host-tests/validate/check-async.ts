/** Properties of what takes its time: `check` of ../pure/property.ts, for promises. */
import process from "node:process";
import * as fc from "fast-check";

const seed = process.env["SEED"];

/** Checks `predicate` on `runs` generated inputs. A failure prints its seed; `SEED=<it>` runs the same inputs again. */
export async function checkAsync<T>(
  runs: number,
  arbitrary: fc.Arbitrary<T>,
  predicate: (input: T) => Promise<void>,
): Promise<void> {
  const options: fc.Parameters<[T]> = { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) };
  await fc.assert(fc.asyncProperty(arbitrary, predicate), options);
}
