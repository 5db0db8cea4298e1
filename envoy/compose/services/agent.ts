/**
 * What Istio's agent and istiod are to a waypoint: writes its bootstrap, its module and the ECDS file that names it, before
 * the proxy starts; publishes again whenever the configuration changes. A new module comes with a new image: its file is
 * named by its hash, so the proxy reads it without a restart.
 */
import { rename, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { LivePlugin } from "../../local/live-plugin.ts";
import { PluginFile } from "../../local/plugin-file.ts";
import { watchFile } from "../../local/watch-file.ts";
import { listen } from "../../services/detect.ts";
import { ANY_HOST, BOOTSTRAP_FILE, CONFIG_FOLDER, RUN_FOLDER, SERVICE_PORT } from "./addresses.ts";
import { composeBootstrap } from "./bootstrap.ts";
import type { Service } from "./service.ts";

/** @param module  path of the module */
export async function startAgent(module: string): Promise<Service> {
  const file = await PluginFile.open(CONFIG_FOLDER, false);
  const plugin = new LivePlugin(RUN_FOLDER, module, file);
  await plugin.publish();
  await writeBootstrap(JSON.stringify(composeBootstrap(plugin.filter), null, 1));
  console.log(`The bootstrap, the module and ${file.path} are published.`);
  const watcher = watchFile(file.path, () => void publishAgain(plugin, file.path));
  // It listens when there is something to start a proxy with: that is what its probe asks.
  const server = http.createServer((_request, response) => response.end("published\n"));
  const listening = await listen(server, SERVICE_PORT, ANY_HOST);
  return {
    async stop() {
      watcher.close();
      await listening.close();
    },
  };
}

async function publishAgain(plugin: LivePlugin, file: string): Promise<void> {
  try {
    await plugin.publish();
    console.log(`${file} changed and is published; the waypoint's log says what it thinks of it.`);
  } catch (error) {
    console.error(`not published: ${(error as Error).message}`);
  }
}

/** Moved into place: a proxy that starts meanwhile reads the old one or the new one. */
async function writeBootstrap(text: string): Promise<void> {
  const file = path.join(RUN_FOLDER, BOOTSTRAP_FILE);
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
