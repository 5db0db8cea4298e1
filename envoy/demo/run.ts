/** `npm run demo`: lists the demos, or runs those that are named, each on a mesh of its own on this machine. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { Argument, Command } from "commander";
import pc from "picocolors";
import { nameOf, readManifests } from "../istiod/manifest.ts";
import { endSoon } from "../stop-all.ts";
import { within } from "../within.ts";
import type { Demo } from "./demo.ts";
import { DEMOS } from "./demos/index.ts";
import { PrintedJournal } from "./print.ts";
import { manifestFile, runDemo } from "./stage.ts";
import { CHECKOUT } from "./surroundings.ts";

/** Milliseconds for one demo, which takes some seconds: one that stands still is given up. */
const LIMIT = 180_000;

const program = new Command("npm run demo --")
  .description(
    "Shows what a waypoint does: manifests, requests, and what came of them. Without a name: all demos there are.",
  )
  .addArgument(new Argument("[name...]", "demos to run").choices(DEMOS.map(({ name }) => name)))
  .option("--all", "runs all of them", false);
program.parse();

const names = program.args;
const { all } = program.opts<{ all: boolean }>();
const chosen = DEMOS.filter(({ name }) => all || names.includes(name));

if (chosen.length === 0) list();
else process.exitCode = (await runAll(chosen)) ? 0 : 1;
endSoon();

function list(): void {
  const [longest, by] = [widest(({ name }) => name), widest((demo) => demo.by)];
  for (const demo of DEMOS) {
    console.log(`${pc.bold(demo.name.padEnd(longest))}  ${demo.by.padEnd(by)}  ${demo.capability}`);
  }
  console.log("\nnpm run demo -- <name> runs one, npm run demo -- --all runs all.");
}

function widest(text: (demo: Demo) => string): number {
  return Math.max(...DEMOS.map((demo) => text(demo).length));
}

/** Runs demos one after the other, and answers whether all checks held. */
async function runAll(demos: readonly Demo[]): Promise<boolean> {
  const started = performance.now();
  const journal = new PrintedJournal((line) => console.log(line));
  for (const demo of demos) {
    console.log(`${pc.bold(demo.capability)} ${pc.dim(`(${demo.name}; ${doneBy(demo)})`)}`);
    const manifests = readManifests(await readFile(path.join(CHECKOUT, manifestFile(demo)), "utf8"));
    console.log(pc.dim(`applies ${manifestFile(demo)}: ${manifests.map(nameOf).join(", ")}`));
    await within(LIMIT, "its end", runDemo(demo, journal)).catch((error: unknown) => journal.ended(error));
    console.log("");
  }
  const { checks, failed } = journal;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const outcome =
    failed === 0 ? pc.green(`all ${checks} checks hold`) : pc.red(`${failed} of ${checks} checks do not hold`);
  console.log(`${demos.length} ${demos.length === 1 ? "demo" : "demos"}, ${outcome}, ${seconds} s`);
  return failed === 0;
}

function doneBy({ by }: Demo): string {
  return by === "both" ? "by Envoy and Waypost together" : `by ${by}`;
}
