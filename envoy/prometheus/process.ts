/** One running Prometheus. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { Child } from "../harness/child.ts";
import { listen } from "../services/detect.ts";
import { PrometheusApi } from "./api.ts";
import { localConfig, type LocalConfigOptions } from "./config.ts";
import { findPrometheus } from "./find-prometheus.ts";

export interface PrometheusOptions extends LocalConfigOptions {
  /** Port of its API; default: a free one. */
  port?: number;
  /** Milliseconds until it must serve; default 20 s. */
  readyTimeout?: number;
}

/** Prometheus ended, or did not become ready: its configuration or rules are wrong. */
export class PrometheusFailed extends Error {
  /** @param output  all that it said; errors and warnings are shown, else the last lines */
  constructor(what: string, output: string) {
    const lines = output.trimEnd().split("\n");
    const bad = lines.filter((line) => / level=(warn|error) /i.test(line));
    super(`${what}; it says:\n${(bad.length > 0 ? bad : lines).slice(-SHOWN_LINES).join("\n")}`);
  }
}

const DEFAULT_READY_TIMEOUT = 20_000;
const SHOWN_LINES = 12;
const POLL_INTERVAL = 20;
/** The first scrape comes 5 to 10 s after the start: Prometheus looks for targets, and takes them up, every 5 s. */
const SCRAPE_TIMEOUT = 60_000;

/** The last words of its start. Asking its port could find somebody else's Prometheus there. */
const READY = "Server is ready to receive web requests";

/** It cannot be told to choose a port: between our choice and its start another process may take it. */
const PORT_TAKEN = "address already in use";
const PORT_ATTEMPTS = 5;

/** Starts, asks and stops one Prometheus, with its data in a temporary folder. Any number may run at a time. */
export class PrometheusProcess extends PrometheusApi {
  readonly #child: Child;

  private constructor(address: string, child: Child) {
    super(address);
    this.#child = child;
  }

  /** Starts a Prometheus and waits until it serves. Rejects with PrometheusFailed when it ends or takes too long. */
  static async start(options: PrometheusOptions): Promise<PrometheusProcess> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await PrometheusProcess.#startOn(options.port || (await freePort()), options);
      } catch (error) {
        const isClash = error instanceof PrometheusFailed && error.message.includes(PORT_TAKEN);
        if (options.port || !isClash || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  static async #startOn(port: number, options: PrometheusOptions): Promise<PrometheusProcess> {
    const { path: binary } = await findPrometheus();
    const folder = await mkdtemp(path.join(tmpdir(), "waypost-prometheus-"));
    const file = path.join(folder, "prometheus.yaml");
    try {
      await writeFile(file, stringify(await localConfig(options)));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    const address = `127.0.0.1:${port}`;
    const data = path.join(folder, "data");
    const args = [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=${address}`];
    let output = "";
    const child = new Child(binary, args, { folder, onOutput: (chunk) => (output += chunk) });
    const deadline = Date.now() + (options.readyTimeout ?? DEFAULT_READY_TIMEOUT);
    const outcome = await child.waitUntil(() => Promise.resolve(output.includes(READY)), deadline);
    if (outcome === "done") return new PrometheusProcess(address, child);
    const how = outcome === "ended" ? `ended with ${child.outcome}` : "was given up: it did not become ready in time";
    await child.end();
    throw new PrometheusFailed(`Prometheus ${how}`, output);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it still runs. */
  get running(): boolean {
    return this.#child.isRunning;
  }

  /**
   * Waits until every target has been scraped in a scrape that began after this call. Gives the time of the oldest of these
   * scrapes, in seconds since 1970: a query at this time sees all that had been counted before the call.
   *
   * Rejects when a target does not answer in time, with what Prometheus says of it.
   */
  async scraped(timeout = SCRAPE_TIMEOUT): Promise<number> {
    const from = Date.now() / 1_000;
    const deadline = Date.now() + timeout;
    for (;;) {
      const targets = await this.targets();
      // Not the API of targets: that tells of scrapes whose samples queries do not see yet.
      const samples = await this.query("timestamp(up) and up == 1");
      const times = samples.map(({ value }) => value).filter((time) => time > from);
      if (targets.length > 0 && times.length === targets.length) return Math.min(...times);
      if (Date.now() > deadline) {
        const lines = targets.map(({ url, health, lastError }) => `  ${url}: ${health} ${lastError}`);
        throw new Error(`waited ${timeout / 1_000} s for Prometheus to scrape its targets:\n${lines.join("\n")}`);
      }
      await sleep(POLL_INTERVAL);
    }
  }

  /** Ends Prometheus and removes its folder. May be called again. */
  async stop(): Promise<void> {
    await this.#child.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function freePort(): Promise<number> {
  const { port, close } = await listen(net.createServer());
  await close();
  return port;
}
