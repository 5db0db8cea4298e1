/** One running Envoy. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Bootstrap } from "../config/types.ts";
import { findEnvoy } from "../find-envoy.ts";
import { Admin } from "./admin.ts";
import { Child } from "./child.ts";
import { EnvoyLog, LOG_FORMAT, type EnvoyLogLine, type LogLevel } from "./logs.ts";
import { configurationFor } from "./older.ts";

export interface EnvoyOptions {
  /** Given the instance's own folder, for the files that the configuration names. */
  config: Bootstrap | ((folder: string) => Bootstrap | Promise<Bootstrap>);
  /** Worker threads; default 1. */
  workers?: number;
  /** Of all components; default `info`. */
  logLevel?: LogLevel;
  /** By component: `{ wasm: "debug" }`. */
  componentLogLevel?: Record<string, LogLevel>;
  /** Milliseconds until it must be ready; default 20 s. */
  readyTimeout?: number;
  /** Does not wait for listeners: for configurations that wait for a resource that comes later. */
  startOnly?: boolean;
  env?: Record<string, string>;
}

/** Envoy ended, or did not become ready: its configuration is wrong, or a plugin refused its own. */
export class EnvoyFailed extends Error {
  readonly lines: readonly EnvoyLogLine[];

  constructor(what: string, log: EnvoyLog) {
    super(`${what}; its log says:\n${log.tail()}`);
    this.lines = log.lines;
  }
}

const DEFAULT_READY_TIMEOUT = 20_000;
/** Access logs reach their file within so many milliseconds; Envoy's default of 10 s is too long to wait for. */
const FILE_FLUSH_INTERVAL = 20;

/** The process and what it says. */
interface Running {
  child: Child;
  log: EnvoyLog;
}

/** Starts, watches and stops one Envoy. Any number may run at a time: ports are the system's choice. */
export class EnvoyProcess {
  readonly admin: Admin;
  readonly log: EnvoyLog;
  /** The instance's own folder, removed when it stops. */
  readonly folder: string;
  readonly #running: Running;
  #ports = new Map<string, number>();

  private constructor(admin: Admin, running: Running, folder: string) {
    this.admin = admin;
    this.log = running.log;
    this.folder = folder;
    this.#running = running;
  }

  /** Starts an Envoy and waits until it serves. Rejects with EnvoyFailed when it ends or takes too long. */
  static async start(options: EnvoyOptions): Promise<EnvoyProcess> {
    const { path: binary, version } = await findEnvoy();
    const folder = await mkdtemp(path.join(tmpdir(), "waypost-envoy-"));
    try {
      const config = typeof options.config === "function" ? await options.config(folder) : options.config;
      const written = JSON.stringify(configurationFor(version, config), null, 1);
      await writeFile(path.join(folder, "bootstrap.json"), written);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    const running = run(binary, options, folder);
    const deadline = Date.now() + (options.readyTimeout ?? DEFAULT_READY_TIMEOUT);
    try {
      const address = await adminAddress(path.join(folder, "admin-address"), running, deadline);
      const envoy = new EnvoyProcess(new Admin(address), running, folder);
      if (options.startOnly !== true) await envoy.ready(deadline - Date.now());
      return envoy;
    } catch (error) {
      await running.child.end();
      throw error;
    }
  }

  get pid(): number {
    return this.#running.child.pid;
  }

  /** Port of a listener, by name. */
  port(listener: string): number {
    const port = this.#ports.get(listener);
    if (port !== undefined) return port;
    throw new Error(`no listener ${listener}; there are: ${[...this.#ports.keys()].join(", ") || "none"}`);
  }

  /** Waits until Envoy serves. Needed only after `startOnly`. */
  async ready(timeout = DEFAULT_READY_TIMEOUT): Promise<void> {
    await poll(this.#running, Date.now() + timeout, "it did not become ready", () => this.admin.isReady());
    this.#ports = await this.admin.ports();
  }

  /** Reads the ports again: after listeners came or went. */
  async refreshPorts(): Promise<ReadonlyMap<string, number>> {
    return (this.#ports = await this.admin.ports());
  }

  /**
   * Publishes by ECDS and waits until Envoy has decided.
   *
   * @param filter   name of the filter: `EcdsFile.name`
   * @param publish  what publishes
   */
  async ecdsUpdate(filter: string, publish: () => void): Promise<"accepted" | "refused"> {
    const before = await this.admin.ecdsUpdates(filter);
    publish();
    let outcome: "accepted" | "refused" | undefined;
    await poll(this.#running, Date.now() + DEFAULT_READY_TIMEOUT, "it did not read the update", async () => {
      const now = await this.admin.ecdsUpdates(filter);
      if (now.accepted > before.accepted) outcome = "accepted";
      else if (now.refused > before.refused) outcome = "refused";
      return outcome !== undefined;
    });
    return outcome ?? "refused";
  }

  /** Fulfilled when Envoy has ended, by itself or because it was stopped. */
  get ended(): Promise<void> {
    return this.#running.child.ended;
  }

  /** Whether it still runs. */
  get running(): boolean {
    return this.#running.child.isRunning;
  }

  /** Ends Envoy and removes its folder. May be called again. */
  async stop(): Promise<void> {
    await this.#running.child.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function run(binary: string, options: EnvoyOptions, folder: string): Running {
  const log = new EnvoyLog();
  const { env } = options;
  const onOutput = (chunk: string) => log.push(chunk);
  const child = new Child(binary, argumentsOf(options, folder), { folder, onOutput, ...(env && { env }) });
  return { child, log };
}

function argumentsOf(options: EnvoyOptions, folder: string): string[] {
  const components = Object.entries(options.componentLogLevel ?? {}).map(([name, level]) => `${name}:${spdlog(level)}`);
  return [
    ...["--config-path", path.join(folder, "bootstrap.json")],
    ...["--admin-address-path", path.join(folder, "admin-address")],
    ...["--concurrency", String(options.workers ?? 1)],
    ...["--log-level", spdlog(options.logLevel ?? "info")],
    ...(components.length === 0 ? [] : ["--component-log-level", components.join(",")]),
    ...["--log-format", LOG_FORMAT, "--log-format-escaped"],
    ...["--file-flush-interval-msec", String(FILE_FLUSH_INTERVAL)],
    "--disable-hot-restart",
  ];
}

function spdlog(level: LogLevel): string {
  return level === "warn" ? "warning" : level;
}

async function adminAddress(file: string, running: Running, deadline: number): Promise<string> {
  let address = "";
  await poll(running, deadline, "it did not start", async () => {
    address = (await readFile(file, "utf8").catch(() => "")).trim();
    return address !== "";
  });
  return address;
}

async function poll(
  { child, log }: Running,
  deadline: number,
  what: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const outcome = await child.waitUntil(isDone, deadline);
  if (outcome === "ended") throw new EnvoyFailed(`Envoy ended with ${child.outcome}`, log);
  if (outcome === "late") throw new EnvoyFailed(`Envoy was given up: ${what} in time`, log);
}
