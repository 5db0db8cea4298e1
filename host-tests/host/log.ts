/** The log of Envoy's `wasm` component: what guests write and what the host itself says, filtered by level. */
import { LOG_LEVELS, type LogLevel } from "./abi.ts";

export interface LogLine {
  level: LogLevel;
  /** The text as the guest gave it, without Envoy's prefix. */
  message: string;
  /** Name of the plugin whose code wrote it; undefined for lines of the host. */
  plugin: string | undefined;
  /** When, in milliseconds since the epoch. */
  time: number;
}

export type LogThreshold = LogLevel | "off";

export class Log {
  readonly lines: LogLine[] = [];
  private readonly threshold: number;

  constructor(
    level: LogThreshold,
    private readonly now: () => number,
    private readonly onLine: ((line: LogLine) => void) | undefined,
  ) {
    this.threshold = level === "off" ? LOG_LEVELS.length : LOG_LEVELS.indexOf(level);
  }

  /** The number that `proxy_get_log_level` gives. */
  get level(): number {
    return this.threshold;
  }

  write(level: LogLevel, message: string, plugin?: string): void {
    if (LOG_LEVELS.indexOf(level) < this.threshold) return;
    const line: LogLine = { level, message, plugin, time: this.now() };
    this.lines.push(line);
    this.onLine?.(line);
  }
}
