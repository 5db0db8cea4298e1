/**
 * `npm start`: a mesh on this machine. Bookinfo's pods behind a waypoint with all filters, callers whose ztunnels open tunnels
 * to it with their identities, an issuer that mints tokens, a few requests that show what happens, and everything needed to try
 * more. It runs until Ctrl-C, with a table of the requests at the bottom of the terminal.
 */
import { once } from "node:events";
import path from "node:path";
import pc from "picocolors";
import { demoRequests } from "./local/demo-requests.ts";
import type { DemoTokens } from "./local/demo-users.ts";
import { showHelp } from "./local/help.ts";
import { problemsOf } from "./local/live-plugin.ts";
import { LiveTable } from "./local/metrics/live-table.ts";
import { REQUESTS_PATH } from "./local/metrics/requests.ts";
import { showTotals } from "./local/metrics/totals.ts";
import { parseOptions, type Options } from "./local/options.ts";
import { PluginFile } from "./local/plugin-file.ts";
import { showRequests } from "./local/show-requests.ts";
import { step } from "./local/step.ts";
import { Traffic } from "./local/traffic.ts";
import { LocalWaypoint } from "./local/waypoint.ts";
import { PrometheusProcess } from "./prometheus/index.ts";
import { endSoon, stopAll } from "./stop-all.ts";

/** What is stopped in the end, the last one first. */
type Stops = (() => Promise<void> | void)[];

try {
  await main(parseOptions());
} catch (error) {
  console.error(pc.red((error as Error).message));
  process.exitCode = 1;
}
endSoon();

async function main(options: Options): Promise<void> {
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const file = await PluginFile.open(path.resolve(options.folder), options.reset === true);
  const stops: Stops = [];
  try {
    const waypoint = await LocalWaypoint.start(options, file);
    stops.push(() => waypoint.stop());
    if (options.once) process.exitCode = (await showOnce(waypoint, file)) ? 0 : 1;
    else await stay(options, waypoint, file, { stops, ended });
  } finally {
    await stopAll(stops.toReversed());
  }
}

/** Shows requests and their metrics. Answers whether all went as expected. */
async function showOnce(waypoint: LocalWaypoint, file: PluginFile): Promise<boolean> {
  if (!isConfigured(waypoint, file)) return false;
  const tokens = await waypoint.mintTokens();
  const asExpected = await demonstrate(waypoint, tokens, file);
  const count = demoRequests(tokens).flatMap(({ requests }) => requests).length;
  await showTotals(() => waypoint.envoy.admin.get(REQUESTS_PATH), count, noMetrics(file));
  return asExpected;
}

/** Shows requests, and stays until the end. */
async function stay(
  options: Options,
  waypoint: LocalWaypoint,
  file: PluginFile,
  { stops, ended }: { stops: Stops; ended: Promise<unknown> },
): Promise<void> {
  const prometheus = options.prometheus && (await startPrometheus(waypoint));
  if (prometheus) stops.push(() => prometheus.stop());
  const since = performance.now();
  const tokens = await waypoint.mintTokens();
  if (isConfigured(waypoint, file)) await demonstrate(waypoint, tokens, file);
  showHelp(waypoint, tokens, file, { prometheus: prometheus?.address, traffic: options.traffic });

  if (options.traffic !== undefined) {
    const traffic = await startTraffic(waypoint, options.traffic);
    stops.push(() => traffic.stop());
  }
  const table = options.live && process.stdout.isTTY ? liveTable(waypoint, file, since) : undefined;
  if (table !== undefined) stops.push(() => table.stop());
  waypoint.plugin.watch(waypoint.envoy, (what) => {
    const line = `${pc.bold("waypoint:")} ${what}`;
    if (table === undefined) console.log(line);
    else table.print(line);
  });
  await ended;
  table?.stop();
  console.log("\nStopping ...");
}

/** Envoy answers 500 to everything until there is a configuration that the plugin takes. */
function isConfigured({ envoy }: LocalWaypoint, file: PluginFile): boolean {
  const problems = problemsOf(envoy);
  if (problems === "") return true;
  console.log(`${pc.red("The configuration is refused")} (${file.path}), so every request gets 500:\n${problems}`);
  console.log("Mend the file and save it, or start with --reset to have it written anew.");
  return false;
}

/** Shows the requests and what came of them. Answers whether all went as expected. */
async function demonstrate(waypoint: LocalWaypoint, tokens: DemoTokens, file: PluginFile): Promise<boolean> {
  const asExpected = await showRequests(demoRequests(tokens), {
    port: (caller) => waypoint.port(caller),
    seen: (id) => waypoint.seen(id),
  });
  if (!asExpected && !file.isPristine) {
    console.log(
      `What is expected goes with the first configuration; ${file.path} was edited (--reset writes it anew).`,
    );
  }
  return asExpected;
}

function liveTable({ envoy }: LocalWaypoint, file: PluginFile, since: number): LiveTable {
  const read = () => envoy.admin.get(REQUESTS_PATH);
  return new LiveTable({ read, stream: process.stdout, since, noMetrics: noMetrics(file) });
}

function noMetrics(file: PluginFile): string {
  return `No metrics: they need a section l7Metrics in ${file.path} (docs/l7-metrics.md has its fields; --reset writes the file anew).`;
}

function startTraffic(waypoint: LocalWaypoint, rate: number): Promise<Traffic> {
  const requests = async () => demoRequests(await waypoint.mintTokens()).flatMap((group) => group.requests);
  return Traffic.start({ port: (caller) => waypoint.port(caller), rate, requests });
}

function startPrometheus({ envoy }: LocalWaypoint): Promise<PrometheusProcess> {
  return step("Starting Prometheus", () => PrometheusProcess.start({ targets: [envoy.admin.address] }));
}
