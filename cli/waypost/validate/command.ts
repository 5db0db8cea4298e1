/**
 * `waypost validate`: manifests and configurations, judged by the modules that are to load them. Exit codes: 0 nothing is
 * wrong, 1 problems, 2 wrong usage or a file that cannot be read.
 */
import process from "node:process";
import { isatty } from "node:tty";
import { Command, Option } from "commander";
import pc from "picocolors";
import { FILTERS, type FilterName } from "./filters.ts";
import { inputs, UnreadableInput } from "./inputs.ts";
import { Modules } from "./modules.ts";
import { FORMATS, formatted, summaryOf, type Format, type Report } from "./output.ts";
import { printable } from "./problem.ts";
import { validate, type Counts } from "./validate.ts";

interface Options {
  filter?: FilterName;
  module: string[];
  format: Format;
  strict?: boolean;
}

const PROBLEMS = 1;
const UNUSABLE = 2;

/** The sub-command, for `waypost` to add. */
export function validateCommand(): Command {
  return new Command("validate")
    .description("Judges manifests of plugins and bare configurations by the modules that are to load them.")
    .argument("<paths...>", "files, folders, or - for standard input: manifests or configurations in YAML or JSON")
    .addOption(new Option("--filter <name>", "whose bare configurations are, where they do not tell").choices(FILTERS))
    .option("--module <[image=]file.wasm>", "a module of one's own and the image that has it; repeatable", append, [])
    .addOption(new Option("--format <name>", "how to print").choices(FORMATS).default("text"))
    .option("--strict", "warnings fail too")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : UNUSABLE))
    .action(run);
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run(paths: string[], options: Options): Promise<void> {
  try {
    const report = await reportOn(paths, options);
    for (const { file, why } of report.unreadable) console.error(`waypost validate: ${printable(`${file}: ${why}`)}`);
    print(report, options.format);
    process.exitCode = exitCode(report, options);
  } catch (error) {
    console.error(`waypost validate: ${printable((error as Error).message)}`);
    process.exitCode = UNUSABLE;
  }
}

async function reportOn(paths: readonly string[], { filter, module }: Options): Promise<Report> {
  const modules = await Modules.open(module);
  const counts: Counts = { checked: 0, notChecked: 0, passedOver: 0 };
  const report: Report = { problems: [], unreadable: [], summary: { ...counts, errors: 0, warnings: 0 } };
  for await (const input of inputs(paths)) {
    if (input instanceof UnreadableInput) {
      report.unreadable.push({ file: input.file, why: input.why });
      continue;
    }
    const file = await validate(input, modules, filter);
    for (const problem of file.problems) report.problems.push(problem);
    counts.checked += file.counts.checked;
    counts.notChecked += file.counts.notChecked;
    counts.passedOver += file.counts.passedOver;
  }
  report.summary = summaryOf(report.problems, counts);
  return report;
}

function print(report: Report, format: Format): void {
  // Whoever reads may stop early (`| head`): nothing to complain about.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === "EPIPE" ? undefined : UNUSABLE),
  );
  process.stdout.write(formatted(report, format, pc.createColors(isatty(1) && pc.isColorSupported)));
}

function exitCode({ unreadable, summary }: Report, { strict = false }: Options): number {
  if (unreadable.length > 0) return UNUSABLE;
  return summary.errors > 0 || (strict && summary.warnings > 0) ? PROBLEMS : 0;
}
