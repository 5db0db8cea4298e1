/**
 * `npm run bench:crypto`: how fast signatures are checked, beside OpenSSL and others. See docs/cryptography.md.
 *
 * It compares and prints; it never fails because something is slow.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import process from "node:process";
import { Command } from "commander";
import { withSection } from "../../cli/docs/section.mjs";
import { makeCases } from "./cases.ts";
import type { Absent, Contender } from "./contender.ts";
import { judge } from "./goals.ts";
import { jwkSet } from "./keys.ts";
import { measure, type Settings } from "./measure.ts";
import { NODE, openssl } from "./native.ts";
import { asMarkdown, asText, type Report } from "./report.ts";
import { buildRivals } from "./rivals.ts";
import { wasmContender, withoutTables } from "./wasm.ts";

interface Options {
  quick?: boolean;
  only?: string;
  rivals: boolean;
  write?: boolean;
}

const FULL: Settings = { rounds: 7, seconds: 0.15 };
const QUICK: Settings = { rounds: 1, seconds: 0.05 };

const MODULE = "build/test/bench-crypto.wasm";
const SCALAR_MODULE = "build/test/bench-crypto.scalar.wasm";

const PAGE = "docs/cryptography.md";
const START = "<!-- speed: written by `npm run bench:crypto -- --write` -->";
const END = "<!-- end of speed -->";

await new Command("npm run bench:crypto --")
  .description(
    "Measures how many signatures a second are checked by Waypost, other Wasm modules, and native libraries.",
  )
  .option("--quick", "one short round, for a first look only")
  .option("--only <pattern>", "only cases whose name, such as ES256, matches this regular expression")
  .option("--no-rivals", "without the verifiers that have to be built first (Rust, Go)")
  .option("--write", `write the tables into ${PAGE}`)
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`bench:crypto: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });

async function run({ quick = false, only = "", rivals, write = false }: Options): Promise<void> {
  if (write && (quick || only !== "" || !rivals)) throw new Error("--write is for a full run");
  const settings = quick ? QUICK : FULL;
  const progress = (what: string) => process.stderr.write(`${what} ...\n`);
  const cases = makeCases(new RegExp(only));
  const all = [...ours(), ...(rivals ? buildRivals(progress) : []), NODE, openssl()];
  const contenders = all.filter((one): one is Contender => "start" in one);
  const absent = all.filter((one): one is Absent => "reason" in one);

  const series = measure(cases, contenders, settings, progress);
  const { versions } = process;
  const report: Report = {
    settings,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    versions: `Node ${versions.node}, V8 ${versions.v8}`,
    contenders,
    absent,
    series,
    goals: judge(series),
  };
  process.stdout.write(`${asText(report)}\n${quick ? "\nquick: not for quoting\n" : ""}`);
  if (!write) return;
  writeFileSync(PAGE, await withSection(readFileSync(PAGE, "utf8"), START, END, asMarkdown(report)));
  process.stderr.write(`${PAGE}: written\n`);
}

function ours(): (Contender | Absent)[] {
  const scalar = "Waypost, no SIMD";
  return [
    wasmContender("waypost", "Waypost", MODULE, jwkSet),
    withoutTables("waypost-no-table", "Waypost, no table", MODULE, jwkSet),
    existsSync(SCALAR_MODULE)
      ? wasmContender("waypost-scalar", scalar, SCALAR_MODULE, jwkSet)
      : { title: scalar, reason: `there is no ${SCALAR_MODULE}` },
  ];
}
