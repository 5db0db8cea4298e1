/** `waypost dev`: a local waypoint that follows each save. */
import { once } from "node:events";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { readProject } from "../project.ts";
import { DevelopmentLoop } from "./loop.ts";
import { watchProject } from "./watch-project.ts";
import type { Ports } from "./waypoint.ts";

/** The sub-command, for `waypost` to add. */
export function devCommand(): Command {
  return new Command("dev")
    .description("runs the filter in a local waypoint, a real Envoy; builds, tests and swaps it at each save")
    .option("--port <port>", "port of the waypoint; default: a free one", parsePort, 0)
    .option("--admin-port <port>", "port of Envoy's admin interface; default: a free one", parsePort, 0)
    .action(develop);
}

/** Stays until Ctrl-C, and then ends all that it started. */
async function develop(ports: Ports): Promise<void> {
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const loop = new DevelopmentLoop(readProject(), ports);
  const watcher = watchProject(
    (change) => loop.take(change),
    ({ message }) => console.error(`${pc.red("not watched")}: ${message}`),
  );
  loop.take("source");
  await ended;
  console.log("\nStopping ...");
  await Promise.all([watcher.close(), loop.stop()]);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("expected a number from 0 to 65535.");
}
