/** docker-compose.yml, up and running under a name of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { Docker } from "./docker.ts";

/** Milliseconds for containers to start, and for all to be healthy. */
const UP_TIMEOUT = 120_000;
const DOWN_TIMEOUT = 60_000;
const POLL_INTERVAL = 500;
/** Lines of a container's log that an error shows. */
const SHOWN_LINES = "30";

/** Ends everything, volumes included. */
const DOWN = ["--profile", "observability", "down", "--volumes", "--remove-orphans", "--timeout", "5"];

/** A container's part of `docker inspect`. */
export interface Container {
  Id: string;
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: { ReadonlyRootfs: boolean; CapDrop: string[] | null; SecurityOpt: string[] | null };
  State: { Status: string; ExitCode: number; Health?: { Status: string; Log: { Output: string }[] } };
  NetworkSettings: {
    Ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
    Networks: Record<string, { IPAddress: string }>;
  };
}

/** What is used of compose's own view of the file. */
export interface ComposeFile {
  services: Record<"waypoint" | "prometheus" | "otel-collector" | "jaeger" | "grafana", { image: string }> & {
    agent: { image: string; build: { args: { NODE_IMAGE: string } } };
  };
}

export class ComposeProject {
  readonly #docker: Docker;
  readonly #name: string;
  readonly #env: NodeJS.ProcessEnv;
  /** Takes the watchdog away that ends everything when we are gone. */
  #disarm: (() => void) | undefined;

  /** @param env  what the file takes from the environment */
  constructor(docker: Docker, name: string, env: NodeJS.ProcessEnv) {
    this.#docker = docker;
    this.#name = name;
    this.#env = env;
  }

  /** The file as compose reads it, variables put in. */
  async file(): Promise<ComposeFile> {
    return parse(await this.#compose(["--profile", "observability", "config"])) as ComposeFile;
  }

  /** Builds our own image, which all of our services share, from its Dockerfile. */
  async build(timeout: number): Promise<void> {
    await this.#compose(["build", "agent"], { timeout });
  }

  /**
   * Starts services, all of the default ones if none is named, and waits until they are healthy. Rejects with what a
   * container said when it ends or takes too long.
   *
   * @param options  `profile`: one to switch on; `env`: replaces what the file takes from the environment
   */
  async up(services: readonly string[] = [], { profile, env }: { profile?: string; env?: NodeJS.ProcessEnv } = {}) {
    const deadline = Date.now() + UP_TIMEOUT;
    const profiles = profile === undefined ? [] : ["--profile", profile];
    this.#disarm ??= await this.#docker.composeWhenWeDie(["--project-name", this.#name, ...DOWN], this.#env);
    const up = [...profiles, "up", "--detach", "--no-build", ...services];
    await this.#compose(up, { timeout: UP_TIMEOUT, ...(env && { env }) }).catch(async (error: unknown) => {
      // What compose says of a container that is not healthy is that.
      const failed = (await this.containers()).find(hasFailed);
      throw failed === undefined ? error : await this.#failure(failed);
    });
    await this.#wait(deadline);
  }

  /** Waits until all containers are well. Rejects with what one says that is not. */
  async #wait(deadline: number): Promise<void> {
    for (;;) {
      const waiting = (await this.containers()).filter((container) => !isWell(container));
      if (waiting.length === 0) return;
      const shown = waiting.find(hasFailed) ?? (Date.now() > deadline ? waiting[0] : undefined);
      if (shown !== undefined) throw await this.#failure(shown);
      await sleep(POLL_INTERVAL);
    }
  }

  /** All containers of the project, in no order. */
  async containers(): Promise<Container[]> {
    const label = `label=com.docker.compose.project=${this.#name}`;
    const ids = (await this.#docker.run(["ps", "--all", "--quiet", "--filter", label])).split("\n").filter(Boolean);
    if (ids.length === 0) return [];
    return JSON.parse(await this.#docker.run(["inspect", "--type", "container", ...ids])) as Container[];
  }

  /** The port of this machine that leads to one of a service. */
  async port(service: string, port: number): Promise<number> {
    const published = (await this.container(service)).NetworkSettings.Ports[`${port}/tcp`]?.[0];
    if (published === undefined) throw new Error(`port ${port} of ${service} is not published`);
    return Number(published.HostPort);
  }

  /** The container of a service. */
  async container(service: string): Promise<Container> {
    const container = (await this.containers()).find((candidate) => serviceOf(candidate) === service);
    if (container === undefined) throw new Error(`${service} has no container`);
    return container;
  }

  /** Runs a command in the container of a service. Rejects when it fails. Gives its output. */
  async exec(service: string, command: readonly string[]): Promise<string> {
    return this.#docker.run(["exec", (await this.container(service)).Id, ...command]);
  }

  /** The address of a service's container in the project's network. */
  async address(service: string): Promise<string> {
    const { Networks } = (await this.container(service)).NetworkSettings;
    const address = Networks[this.#network]?.IPAddress;
    if (!address) throw new Error(`${service} is not in ${this.#network}`);
    return address;
  }

  /** Gives the containers of these services each other's addresses, or new ones, as when they come back in another order. */
  async move(services: readonly string[]): Promise<void> {
    const ids = new Map<string, string>();
    for (const service of services) ids.set(service, (await this.container(service)).Id);
    const addresses = new Map<string, string>();
    for (const service of services) addresses.set(service, await this.address(service));
    const last = (service: string) => Number(addresses.get(service)?.split(".").at(-1));
    const [first = "", ...others] = services.toSorted((a, b) => last(a) - last(b));
    for (const id of ids.values()) await this.#docker.run(["network", "disconnect", this.#network, id]);
    // The daemon gives the lowest that is free.
    for (const service of [...others, first]) {
      const id = ids.get(service) ?? "";
      await this.#docker.run(["network", "connect", "--alias", service, this.#network, id]);
    }
  }

  get #network(): string {
    return `${this.#name}_default`;
  }

  /** What a service has said. */
  logs(service: string): Promise<string> {
    return this.#compose(["logs", "--no-color", service]);
  }

  /** Restarts the container of a service, and waits until all are healthy. */
  async restart(service: string): Promise<void> {
    await this.#compose(["restart", service]);
    await this.#wait(Date.now() + UP_TIMEOUT);
  }

  /** Ends everything, volumes included. */
  async down(): Promise<void> {
    await this.#compose(DOWN, { timeout: DOWN_TIMEOUT });
    this.#disarm?.();
    this.#disarm = undefined;
  }

  async #failure(container: Container): Promise<Error> {
    const { State } = container;
    const probed = State.Health?.Log.at(-1)?.Output.trim() ?? "";
    const state = State.Status === "exited" ? `ended with ${State.ExitCode}` : `${State.Status}; ${probed}`;
    const log = await this.#docker.run(["logs", "--tail", SHOWN_LINES, container.Id]);
    return new Error(`${serviceOf(container)} is not healthy: ${state}; its log ends:\n${log}`);
  }

  #compose(args: readonly string[], { timeout, env }: { timeout?: number; env?: NodeJS.ProcessEnv } = {}) {
    const options = { env: { ...this.#env, ...env }, ...(timeout !== undefined && { timeout }) };
    return this.#docker.compose(["--project-name", this.#name, ...args], options);
  }
}

/** The name of a container's service. */
export function serviceOf({ Config }: Container): string {
  return Config.Labels["com.docker.compose.service"] ?? "";
}

/** It will not become well by itself. */
function hasFailed({ State }: Container): boolean {
  return State.Status === "exited" || State.Status === "dead" || State.Health?.Status === "unhealthy";
}

/** A container without a health check is well while it runs. */
function isWell({ State }: Container): boolean {
  return State.Status === "running" && (State.Health === undefined || State.Health.Status === "healthy");
}
