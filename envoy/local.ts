/**
 * `npm start`: a waypoint on this machine. A real Envoy with jwt-auth, authz and header-router in front of two upstreams, an
 * issuer that mints tokens, a few requests that show what happens, and everything needed to try more. It runs until Ctrl-C.
 */
import { once } from "node:events";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { bootstrap, httpChain, staticCluster, tcpListener } from "./config/index.ts";
import { findEnvoy } from "./find-envoy.ts";
import { EnvoyProcess } from "./harness/index.ts";
import { curlLines } from "./local/curl-lines.ts";
import { demoRequests } from "./local/demo-requests.ts";
import { mintDemoTokens, type DemoTokens } from "./local/demo-users.ts";
import { LivePlugin, problemsOf } from "./local/live-plugin.ts";
import { ISSUER_AUTHORITY, ISSUER_CLUSTER, REVIEW_PATH } from "./local/names.ts";
import { PluginFile } from "./local/plugin-file.ts";
import { showRequests } from "./local/show-requests.ts";
import { routesByLane, Upstreams } from "./local/upstreams.ts";
import { Issuer } from "./services/issuer.ts";

interface Options {
  port: number;
  adminPort: number;
  workers: number;
  folder: string;
  reset: boolean;
  once: boolean;
}

const CHAIN = "inbound-vip|80|http|reviews.default.svc.cluster.local";
const MODULE = path.resolve("build/waypoint.wasm");

/** Everything that runs, and how it ends. */
interface Running {
  envoy: EnvoyProcess;
  upstreams: Upstreams;
  issuer: Issuer;
  stranger: Issuer;
  plugin: LivePlugin;
}

try {
  await main(parseArguments());
} catch (error) {
  console.error(pc.red((error as Error).message));
  process.exitCode = 1;
}

function parseArguments(): Options {
  const number = (text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError("must be 0 to 65535");
    return value;
  };
  return new Command("npm start --")
    .description("Runs a local waypoint: Envoy with all filters, two upstreams and an issuer.")
    .option("--port <port>", "port of the waypoint (0: a free one)", number, 0)
    .option("--admin-port <port>", "port of Envoy's admin interface (0: a free one)", number, 0)
    .option("--workers <count>", "worker threads of Envoy", number, 1)
    .option("--folder <path>", "where the configuration that you edit is kept", ".waypost")
    .option("--reset", "write the configuration anew, as it was at first", false)
    .option("--once", "show the requests and end; the exit code says whether all went as expected", false)
    .parse()
    .opts<Options>();
}

async function main(options: Options): Promise<void> {
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const file = await PluginFile.open(path.resolve(options.folder), options.reset);
  const running = await start(options, file);
  try {
    const tokens = await mintDemoTokens(running.issuer, running.stranger);
    const problems = problemsOf(running.envoy);
    if (problems !== "") showRefusal(problems, file);
    const asExpected = problems === "" && (await demonstrate(running, tokens, file));
    if (options.once) {
      process.exitCode = asExpected ? 0 : 1;
      return;
    }
    showHelp(running, tokens, file);
    running.plugin.watch(running.envoy, (what) => console.log(`${pc.bold("waypoint:")} ${what}`));
    await ended;
    console.log("\nStopping ...");
  } finally {
    await stop(running);
  }
}

async function start(options: Options, file: PluginFile): Promise<Running> {
  const envoyBinary = await step("Looking for an Envoy", () => findEnvoy());
  console.log(`Envoy ${envoyBinary.version} (from: ${envoyBinary.source})`);
  const [upstreams, issuer, stranger] = await Promise.all([
    Upstreams.start(),
    Issuer.start({ authority: ISSUER_AUTHORITY, algorithms: ["ES256", "RS256"] }),
    Issuer.start({ authority: "stranger.waypost.test", algorithms: ["ES256"] }),
  ]);
  let plugin: LivePlugin | undefined;
  const issuerEndpoint = { host: "127.0.0.1", port: issuer.port };
  const clusters = [...upstreams.clusters, staticCluster({ name: ISSUER_CLUSTER, endpoints: [issuerEndpoint] })];
  try {
    const envoy = await step("Starting Envoy", () =>
      EnvoyProcess.start({
        workers: options.workers,
        config: async (folder) => {
          plugin = new LivePlugin(folder, MODULE, file);
          await plugin.publish();
          const chain = httpChain({ name: CHAIN, places: { AUTHN: [plugin.filter] }, routes: routesByLane() });
          return bootstrap({
            listeners: [tcpListener("waypoint", [chain], options.port)],
            clusters,
            adminPort: options.adminPort,
          });
        },
      }),
    );
    if (plugin === undefined) throw new Error("Envoy started without its configuration");
    return { envoy, upstreams, issuer, stranger, plugin };
  } catch (error) {
    await Promise.all([upstreams.stop(), issuer.stop(), stranger.stop()]);
    throw error;
  }
}

async function stop({ envoy, upstreams, issuer, stranger, plugin }: Running): Promise<void> {
  plugin.stop();
  await envoy.stop();
  await Promise.all([upstreams.stop(), issuer.stop(), stranger.stop()]);
}

/** Says what is going on when it takes longer than a second. */
async function step<T>(what: string, action: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => console.log(`${what} ...`), 1_000);
  try {
    return await action();
  } finally {
    clearTimeout(timer);
  }
}

/** Shows the requests and what came of them. Answers whether all went as expected. */
async function demonstrate({ envoy, upstreams }: Running, tokens: DemoTokens, file: PluginFile): Promise<boolean> {
  const asExpected = await showRequests(demoRequests(tokens), envoy.port("waypoint"), upstreams);
  if (!asExpected && !file.isPristine) {
    console.log(
      `What is expected goes with the first configuration; ${file.path} was edited (--reset writes it anew).`,
    );
  }
  return asExpected;
}

/** Envoy answers 500 to everything until there is a configuration that the plugin takes. */
function showRefusal(problems: string, file: PluginFile): void {
  console.log(`${pc.red("The configuration is refused")} (${file.path}), so every request gets 500:\n${problems}`);
  console.log("Mend the file and save it, or start with --reset to have it written anew.");
}

function showHelp({ envoy }: Running, tokens: DemoTokens, file: PluginFile): void {
  const origin = `http://127.0.0.1:${envoy.port("waypoint")}`;
  console.log("\nTry it:\n");
  for (const [name, line] of curlLines(origin, tokens)) console.log(`${pc.bold(`# ${name}`)}\n${line}\n`);
  console.log(`Waypoint       ${origin}${REVIEW_PATH}`);
  console.log(
    `Envoy's admin  http://${envoy.admin.address}  (counters: http://${envoy.admin.address}/stats?filter=waypost)`,
  );
  console.log(`Configuration  ${file.path}  (save it and it is live)`);
  console.log(`Module         npm run build  (in another terminal; a new build is live too)`);
  console.log("\nCtrl-C ends everything.");
}
