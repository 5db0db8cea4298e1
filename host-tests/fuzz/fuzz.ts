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
import { Command, InvalidArgumentError } from "commander";
import { Fuzzer } from "./run.ts";

/** `npm test` adds up what is written to this file; see cli/test/counts.mjs. */
const countsFile = process.env["WAYPOST_TEST_COUNTS"];

interface Options {
  seconds: number;
  seed?: number;
  case?: number;
}

const command = new Command("fuzz")
  .description("Fuzzes the release module of jwt-auth against an independent judge.")
  .option("--seconds <number>", "how long", wholeNumber, 10)
  .option("--seed <number>", "what everything follows from; random when it is not given", wholeNumber)
  .option("--case <number>", "only this case of the seed", wholeNumber)
  .parse();
const { seconds, seed = Math.floor(Math.random() * 2 ** 32), case: only } = command.opts<Options>();

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

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError("expected a whole number");
  return number;
}
