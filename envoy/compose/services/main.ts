/**
 * The program of the image for our own services. Its first argument says what it is: a service (`agent`, `issuer`, `pod`,
 * `collector`, or `stay`, for commands to run in), or a command: `probe`, `get` or `fault`.
 */
import { once } from "node:events";
import path from "node:path";
import type { Service } from "./service.ts";

/** The module lies beside the program. */
const MODULE = path.join(path.dirname(process.argv[1] ?? ""), "waypoint.wasm");

type Args = readonly string[];

// Each loads what it needs and no more: a health check runs every few seconds.
const SERVICES: Readonly<Record<string, (args: Args) => Promise<Service>>> = {
  agent: async () => (await import("./agent.ts")).startAgent(MODULE),
  issuer: async () => (await import("./issuer.ts")).startIssuer(),
  pod: async (args) => (await import("./pod.ts")).startPod(args),
  collector: async () => (await import("./collector.ts")).startCollector(),
  stay: () => Promise.resolve(stay()),
};

/** What each answers is printed. */
const COMMANDS: Readonly<Record<string, (args: Args) => Promise<string>>> = {
  probe: async (urls) => (await import("./probe.ts")).probe(urls),
  get: async (args) => (await import("./get.ts")).get(args),
  fault: async ([fault]) => (await import("./pod.ts")).faultOf(fault),
};

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});

async function main([role = "", ...args]: Args): Promise<void> {
  const command = COMMANDS[role];
  if (command !== undefined) return void process.stdout.write(await command(args));
  const start = SERVICES[role];
  const roles = [...Object.keys(SERVICES), ...Object.keys(COMMANDS)].join(", ");
  if (start === undefined) throw new Error(`${role}: expected one of ${roles}`);
  // The first process of a container dies of no signal that it does not handle.
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const service = await start(args);
  await ended;
  await service.stop();
}

function stay(): Service {
  const timer = setInterval(() => {}, 2 ** 30);
  return {
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
