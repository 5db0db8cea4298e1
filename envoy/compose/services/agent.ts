/**
 * What istiod and Istio's agents are to the proxies: makes certificates, and writes for each proxy, into a volume of its own, all
 * that it reads, before it starts. For the waypoint it goes on: with the pods' addresses as they change, and with the module and its
 * configuration. A new module comes with a new image: its file is named by its hash, so the proxy reads it without a restart.
 */
import { rename, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bootstrap } from "../../config/index.ts";
import { LivePlugin } from "../../local/live-plugin.ts";
import { PLUGIN } from "../../local/names.ts";
import { PluginFile } from "../../local/plugin-file.ts";
import { watchFile } from "../../local/watch-file.ts";
import { endpointFiles, publishEndpoints } from "../../mesh/index.ts";
import { listen } from "../../services/detect.ts";
import { ANY_HOST, BOOTSTRAP_FILE, CONFIG_FOLDER, LISTEN_PORT, type ProxyName, RUN_FOLDER } from "./addresses.ts";
import { Authority, RENEWAL } from "./authority.ts";
import { PodAddresses } from "./pod-addresses.ts";
import { composeCaller, composePods, composeServices, composeWaypoint, versionOf } from "./proxies.ts";
import type { Service } from "./service.ts";

/** Milliseconds between two looks for the pods. */
const LOOK_INTERVAL = 1_000;

/** @param module  path of the module */
export async function startAgent(module: string): Promise<Service> {
  const file = await PluginFile.open(CONFIG_FOLDER, false);
  const plugin = new LivePlugin(folderOf("waypoint"), module, file, { name: PLUGIN });
  await plugin.publish();
  const authority = await Authority.create();
  const publishAddresses = await writeBootstraps(authority, plugin);
  console.log(`Bootstraps, certificates, the module and ${file.path} are published.`);

  const watcher = watchFile(file.path, () => void publishAgain(plugin, file.path));
  const ended = new AbortController();
  void keepLooking(publishAddresses, ended.signal);
  const renewals = setInterval(() => void telling("certificates are not renewed", () => authority.renew()), RENEWAL);
  // It listens when there is something to start proxies with: that is what its probe asks.
  const server = http.createServer((_request, response) => response.end("published\n"));
  const listening = await listen(server, LISTEN_PORT, ANY_HOST);
  return {
    async stop() {
      watcher.close();
      ended.abort();
      clearInterval(renewals);
      await listening.close();
    },
  };
}

/** One look after the other: a late answer must not come behind a newer one. */
async function keepLooking(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await telling("pods' addresses are not published", look);
    await sleep(LOOK_INTERVAL, undefined, { signal }).catch(() => {});
  }
}

/** Writes them all. Answers what looks for the pods and publishes their addresses. */
async function writeBootstraps(authority: Authority, plugin: LivePlugin): Promise<() => Promise<void>> {
  const pods = new PodAddresses();
  await pods.look();
  const version = versionOf(process.env["ENVOY_IMAGE"] ?? "");
  const services = () => composeServices(pods.current, plugin.filter, version);
  const endpoints = endpointFiles(folderOf("waypoint"), services());
  const identityOf = (proxy: ProxyName) => authority.filesOf(proxy);
  const bootstraps: Record<ProxyName, Bootstrap> = {
    waypoint: composeWaypoint({
      identity: identityOf("waypoint"),
      services: services(),
      endpointFiles: endpoints,
      version,
    }),
    "ztunnel-productpage": composeCaller("productpage", identityOf("ztunnel-productpage")),
    "ztunnel-sleep": composeCaller("sleep", identityOf("ztunnel-sleep")),
    "ztunnel-pods": composePods(identityOf("ztunnel-pods")),
  };
  for (const [proxy, bootstrap] of Object.entries(bootstraps)) await write(proxy as ProxyName, bootstrap);
  return async () => {
    if (!(await pods.look())) return;
    publishEndpoints(endpoints, services());
    console.log(`Pods: ${JSON.stringify(pods.current)}`);
  };
}

function publishAgain(plugin: LivePlugin, file: string): Promise<void> {
  return telling(`${file} is not published`, async () => {
    await plugin.publish();
    console.log(`${file} changed and is published; the waypoint's log says what it thinks of it.`);
  });
}

/** What fails now may go well the next time, and everything else goes on. */
async function telling(failure: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(`${failure}: ${(error as Error).message}`);
  }
}

/** Moved into place: a proxy that starts meanwhile reads the old one or the new one. */
async function write(proxy: ProxyName, bootstrap: Bootstrap): Promise<void> {
  const file = path.join(folderOf(proxy), BOOTSTRAP_FILE);
  await writeFile(`${file}.new`, JSON.stringify(bootstrap, null, 1));
  await rename(`${file}.new`, file);
}

function folderOf(proxy: ProxyName): string {
  return path.join(RUN_FOLDER, proxy);
}
