/**
 * The program of the image for our own services. Its first argument says what it is: `agent`, `issuer`, `upstream`, `prober`
 * (stays, for health checks to run in), or `probe <url>`.
 */
import { once } from "node:events";
import path from "node:path";
import { EchoService } from "../../services/echo.ts";
import { ANY_HOST, SERVICE_PORT } from "./addresses.ts";
import { startAgent } from "./agent.ts";
import { probe } from "./probe.ts";
import type { Service } from "./service.ts";
import { startIssuer } from "./issuer.ts";

/** Requests that an upstream remembers: nobody asks it, and it must not grow. */
const REMEMBERED = 100;

/** The module lies beside the program. */
const MODULE = path.join(path.dirname(process.argv[1] ?? ""), "waypoint.wasm");

const SERVICES: Readonly<Record<string, () => Promise<Service>>> = {
  agent: () => startAgent(MODULE),
  issuer: startIssuer,
  upstream: () => EchoService.start({ port: SERVICE_PORT, host: ANY_HOST, remembers: REMEMBERED }),
  prober: stay,
};

void main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const [role = "", url = ""] = process.argv.slice(2);
  if (role === "probe") return probe(url);
  const start = SERVICES[role];
  if (start === undefined) throw new Error(`${role}: expected ${Object.keys(SERVICES).join(", ")} or probe <url>`);
  // The first process of a container dies of no signal that it does not handle.
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const service = await start();
  await ended;
  await service.stop();
}

function stay(): Promise<Service> {
  const timer = setInterval(() => {}, 2 ** 30);
  return Promise.resolve({
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  });
}
