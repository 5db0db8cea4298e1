/** Reads what Envoy writes to an access log of config/access-log.ts. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { AccessLogEntry } from "../config/index.ts";

const POLL_INTERVAL = 10;
const DEFAULT_TIMEOUT = 2_000;

export class AccessLogFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** All complete lines, in the order in which the streams ended. */
  async entries(): Promise<AccessLogEntry[]> {
    const text = await readFile(this.path, "utf8").catch(() => "");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as AccessLogEntry);
  }

  /**
   * Waits for the entry that `isIt` accepts; `undefined` when it does not come in time.
   *
   * @param start  number of entries not to look at
   */
  async find(
    isIt: (entry: AccessLogEntry) => boolean,
    { start = 0, timeout = DEFAULT_TIMEOUT } = {},
  ): Promise<AccessLogEntry | undefined> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const entry = (await this.entries()).slice(start).find(isIt);
      if (entry !== undefined || Date.now() > deadline) return entry;
      await sleep(POLL_INTERVAL);
    }
  }
}
