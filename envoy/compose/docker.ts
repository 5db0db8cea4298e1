/**
 * The Docker that compose runs on: a daemon that answers, or, where that is asked for, one of our own for as long as we run.
 */
import { runWhenParentDies } from "../harness/watchdog.ts";
import { runCommand, type RunOptions } from "../run-command.ts";
import { startDaemon, type Daemon } from "./daemon.ts";

/** Milliseconds that a daemon may take to answer. */
const ANSWER_TIMEOUT = 15_000;

/** The two forms of the command; both must work with our file. */
const COMPOSE_COMMANDS = ["docker compose", "docker-compose"] as const;

/** A client and a daemon that answers it. */
export class Docker {
  readonly #daemon: Daemon | undefined;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(daemon: Daemon | undefined) {
    this.#daemon = daemon;
    this.#env = { ...process.env, ...(daemon && { DOCKER_HOST: daemon.host }) };
  }

  /** Asks the daemon that the client knows. Rejects with an Error that says why none answers. */
  static async find(): Promise<Docker> {
    const docker = new Docker(undefined);
    await docker.#answers().catch((error: unknown) => {
      throw new Error(`no Docker daemon answers: ${(error as Error).message}`, { cause: error });
    });
    return docker;
  }

  /**
   * Finds a daemon, or starts one that ends with `stop`, where WAYPOST_DOCKERD=1 says that it may: that needs root and
   * `dockerd`, and changes the machine's packet filter, so it is never done unasked.
   */
  static async findOrStart(): Promise<Docker> {
    try {
      return await Docker.find();
    } catch (error) {
      if (process.env["WAYPOST_DOCKERD"] === "1") return new Docker(await startDaemon());
      const advice = "start one, or have the tests start one with WAYPOST_DOCKERD=1 as root";
      throw new Error(`${(error as Error).message} (${advice})`, { cause: error });
    }
  }

  /** `docker <args>`; rejects when it fails. Gives its output. */
  run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return runCommand("docker", args, { ...options, env: { ...this.#env, ...options.env } });
  }

  /** `docker compose <args>` in whichever form there is. */
  async compose(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return compose(args, { ...options, env: { ...this.#env, ...options.env } });
  }

  /** Runs compose when this process ends without having taken the order back, which the answer does. */
  async composeWhenWeDie(args: readonly string[], env: NodeJS.ProcessEnv): Promise<() => void> {
    return runWhenParentDies([...(await composeCommand()).split(" "), ...args], { ...this.#env, ...env });
  }

  /** Ends a daemon of our own. */
  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  async #answers(): Promise<void> {
    await this.run(["version", "--format", "{{.Server.Version}}"], { timeout: ANSWER_TIMEOUT });
  }
}

/** Runs compose: the command in WAYPOST_COMPOSE, else the first of both that is there. Needs a daemon only if compose does. */
export async function compose(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const [command = "", ...first] = (await composeCommand()).split(" ");
  return runCommand(command, [...first, ...args], options);
}

let known: Promise<string> | undefined;

/** `docker compose` or `docker-compose`; rejects when neither is there. */
export function composeCommand(): Promise<string> {
  known ??= findCompose();
  return known;
}

async function findCompose(): Promise<string> {
  const named = process.env["WAYPOST_COMPOSE"];
  const reasons: string[] = [];
  for (const candidate of named ? [named] : COMPOSE_COMMANDS) {
    const [command = "", ...first] = candidate.split(" ");
    try {
      await runCommand(command, [...first, "version"], { timeout: ANSWER_TIMEOUT });
      return candidate;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(`there is no compose: ${reasons.join("; ")}`);
}
