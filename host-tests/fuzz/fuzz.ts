/**
 * Fuzzes the release module of jwt-auth in the Node host:
 *
 * ```sh
 * npm run fuzz -- --seconds 60 --seed 1
 * npm run fuzz -- --seed 1 --case 4711
 * ```
 *
 * Key sets and tokens, valid ones and such as were changed at every layer, go to the filter and to a judge (`judge.ts`), and
 * both must say the same. Whatever else a request, a configuration or an issuer's answer holds, the filter must neither trap
 * nor leave a request without an answer, and nothing passes with the mark of a token that the judge does not accept.
 *
 * Prints the seed, from which everything follows, keys and signatures too; and of each failure the least case that shows it
 * and how to run it again. Exits with 1 when there is one.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { Fuzzer } from "./run.ts";

const DEFAULT_SECONDS = 10;

/** `npm test` adds up what is written to this file; see cli/test/counts.mjs. */
const countsFile = process.env["WAYPOST_TEST_COUNTS"];

const { values } = parseArgs({
  options: { seconds: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
});
const seed = wholeNumber("seed", values.seed) ?? Math.floor(Math.random() * 2 ** 32);
const seconds = wholeNumber("seconds", values.seconds) ?? DEFAULT_SECONDS;
const only = wholeNumber("case", values.case);

console.log(only === undefined ? `seed ${seed}, ${seconds} s` : `seed ${seed}, case ${only}`);
const fuzzer = await Fuzzer.load(seed);
const { failures, ...counts } = only === undefined ? await fuzzer.run(seconds) : await fuzzer.runCase(only);
console.log(counts);
for (const failure of failures) {
  console.error(`\ncase ${failure.case} (npm run fuzz -- --seed ${seed} --case ${failure.case}): ${failure.what}`);
}
if (countsFile !== undefined) {
  writeFileSync(
    countsFile,
    JSON.stringify({ passed: failures.length === 0 ? 1 : 0, failed: failures.length, skipped: [] }),
  );
}
process.exitCode = failures.length === 0 ? 0 : 1;

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`--${name} ${text}: expected a whole number`);
  return number;
}
