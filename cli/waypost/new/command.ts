/** `waypost new <name>`: a folder with a filter of one's own. */
import path from "node:path";
import { Command } from "commander";
import { nameProblem } from "./names.ts";
import { writeProject } from "./write-project.ts";

/** The sub-command, for `waypost` to add. */
export function newCommand(): Command {
  return new Command("new")
    .description("makes a folder with a filter of your own: source, schema, tests, local configuration, WasmPlugin")
    .argument("<name>", "of the filter: letters a to z, digits and dashes")
    .option("--folder <path>", "where to put it (default: a folder of that name)")
    .action((name: string, { folder = name }: { folder?: string }) => create(name, path.resolve(folder)));
}

function create(name: string, folder: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new Error(`${JSON.stringify(name)} cannot be the filter's name: ${problem}`);
  const files = writeProject(name, folder);
  const shown = path.relative(".", folder) || ".";
  console.log(`${shown}: ${files.length} files written: a filter that works, for you to change. Next:\n`);
  for (const [command, does] of nextSteps(shown)) console.log(`  ${command.padEnd(28)} # ${does}`);
}

function nextSteps(folder: string): [command: string, does: string][] {
  return [
    ...(folder === "." ? [] : [[`cd ${folder}`, "README.md says what is where"] as [string, string]]),
    ["npm install", "the compiler, the SDK, vitest"],
    ["npm test", "compiles the filter and runs its tests"],
    ["npm run dev", "a local waypoint that follows each save"],
  ];
}
