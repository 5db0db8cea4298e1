/** Properties over generated inputs. A failure prints its seed; `SEED=<it> npm test` runs the same inputs again. */
import process from "node:process";
import * as fc from "fast-check";

/** Milliseconds for a property, the search for its smallest counterexample included; vitest cannot interrupt it. */
const TIME_LIMIT = 25_000;
fc.installGlobalPlugin(fc.interruptAfterTimeLimit(TIME_LIMIT, { failOnInterrupt: true }));

const seed = process.env["SEED"];

/** Checks `predicate` on `runs` generated inputs. */
export function check<T extends [unknown, ...unknown[]]>(
  runs: number,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  predicate: (...inputs: T) => void,
): void {
  const options: fc.Parameters<T> = { numRuns: runs };
  if (seed !== undefined) options.seed = Number(seed);
  // Braces: a predicate that answers something, such as an assertion of vitest, would be taken by its word.
  const property = fc.property(...arbitraries, (...inputs) => {
    predicate(...inputs);
  });
  fc.assert(property, options);
}

/** `original` with a few random changes, drawn from bytes that its grammar knows and from all others. */
export function mutated(original: fc.Arbitrary<Uint8Array>, alphabet: string): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Buffer.from(alphabet)) },
    { weight: 1, arbitrary: fc.nat(255) },
  );
  const change = fc.record({ position: fc.nat(), remove: fc.nat(2), insert: fc.array(byte, { maxLength: 3 }) });
  return fc.tuple(original, fc.array(change, { maxLength: 3 })).map(([bytes, changes]) => {
    let result = [...bytes];
    for (const { position, remove, insert } of changes) {
      const at = position % (result.length + 1);
      result = [...result.slice(0, at), ...insert, ...result.slice(at + remove)];
    }
    return Uint8Array.from(result);
  });
}
