#!/usr/bin/env node
/** The program `waypost`: `npx waypost` in a project that has the package, `npm run waypost --` in a checkout. */
import { Command } from "commander";
import pc from "picocolors";
import { buildCommand } from "./build.ts";
import { devCommand } from "./dev/command.ts";
import { newCommand } from "./new/command.ts";
import { packageManifest } from "./package-files.ts";
import { validateCommand } from "./validate/command.ts";

const program = new Command("waypost")
  .description("Filters for Istio waypoints: makes one of your own, builds it, runs it, and judges configurations.")
  .version(packageManifest().version)
  .addCommand(newCommand())
  .addCommand(buildCommand())
  .addCommand(devCommand())
  .addCommand(validateCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(pc.red((error as Error).message));
  process.exitCode = 1;
}
