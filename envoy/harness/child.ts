/** A server that we started as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../within.ts";
import { killWhenParentDies } from "./watchdog.ts";

const POLL_INTERVAL = 10;
const STOP_GRACE = 5_000;
const LAST_WORDS = 2_000;

export interface ChildOptions {
  /** Its own folder, removed when it ends. */
  folder: string;
  /** Adds to the environment of this process. */
  env?: Record<string, string>;
  /** Takes what it writes to standard error, in pieces of any size. */
  onOutput: (chunk: string) => void;
}

/** A process that ends with us, however we end, and its folder with it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #closed: Promise<unknown>;
  /** Takes the watchdog away. */
  readonly #disarm: () => void;

  constructor(binary: string, args: readonly string[], { folder, env, onOutput }: ChildOptions) {
    // Detached: signals of the terminal are for us, and we decide in which order things end.
    this.#process = spawn(binary, args, {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
      env: { ...process.env, ...env },
    });
    this.#process.stderr?.setEncoding("utf8").on("data", onOutput);
    this.#folder = folder;
    this.#closed = once(this.#process, "close");
    this.#disarm = this.#process.pid === undefined ? () => {} : killWhenParentDies(this.#process.pid, folder);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Fulfilled when it has ended, by itself or because it was stopped, and has said its last words. */
  get ended(): Promise<void> {
    return this.#closed.then(() => {});
  }

  /** How it ended: `code 1`, `SIGKILL`. */
  get outcome(): string {
    return this.#process.signalCode ?? `code ${this.#process.exitCode}`;
  }

  /** Asks again and again until `isDone`, the process has ended, or it is later than `deadline` (as `Date.now()`). */
  async waitUntil(isDone: () => Promise<boolean>, deadline: number): Promise<"done" | "ended" | "late"> {
    while (!(await isDone().catch(() => false))) {
      if (!this.isRunning) {
        // Its last words may still be on their way.
        await within(LAST_WORDS, "the end of its output", this.#closed).catch(() => {});
        return "ended";
      }
      if (Date.now() > deadline) return "late";
      await sleep(POLL_INTERVAL);
    }
    return "done";
  }

  /** Ends it and removes its folder. May be called again. */
  async end(): Promise<void> {
    if (this.isRunning) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_GRACE);
      await within(2 * STOP_GRACE, `process ${this.pid} to end`, exited);
      clearTimeout(timer);
    }
    // The watchdog goes last: it removes the folder if we are killed meanwhile.
    await rm(this.#folder, { recursive: true, force: true });
    this.#disarm();
  }
}
