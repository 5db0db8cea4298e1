/** Envoy's log, line by line. */

/** Envoy's levels, with `warning` as proxy-wasm names it. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "critical";

export interface EnvoyLogLine {
  level: LogLevel;
  /** Envoy's component: `main`, `config`, `wasm`, … */
  component: string;
  /** Of a line that a Wasm plugin wrote: its root_id, or its name where it has none. */
  plugin?: string;
  message: string;
}

/**
 * For `--log-format`: what `parseLogLine` reads. Goes with `--log-format-escaped`, which keeps a message of several lines
 * on one.
 */
export const LOG_FORMAT = "%E.%f %l %n %v";

const LINE = /^\d+\.\d+ (\w+) (\S+) (.*)$/;

/** proxy-wasm-cpp-host puts this before what a plugin logs. */
const WASM_LOG = /^wasm log(?: (.*?))?: ([\s\S]*)$/;

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", "\\": "\\", '"': '"', "'": "'" };

/** Reads one line of Envoy's log. A line that is none (what a library prints) becomes a message of component `stderr`. */
export function parseLogLine(line: string): EnvoyLogLine {
  const [, level, component, text] = LINE.exec(line) ?? [];
  if (level === undefined || component === undefined || text === undefined) {
    return { level: "error", component: "stderr", message: line };
  }
  const message = unescape(text);
  const parsed = { level: levelOf(level), component, message };
  const wasm = component === "wasm" ? WASM_LOG.exec(message) : null;
  return wasm === null ? parsed : { ...parsed, plugin: wasm[1] ?? "", message: wasm[2] ?? "" };
}

function levelOf(name: string): LogLevel {
  return name === "warning" ? "warn" : (name as LogLevel);
}

function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (whole, hex: string | undefined, letter: string | undefined) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[letter ?? ""] ?? whole),
  );
}

/** All lines of one Envoy, and those still to come. */
export class EnvoyLog {
  readonly lines: EnvoyLogLine[] = [];
  #rest = "";
  #listeners = new Set<(line: EnvoyLogLine) => void>();

  /** Takes what Envoy wrote, in pieces of any size. */
  push(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const text of lines.filter((line) => line !== "")) {
      const line = parseLogLine(text);
      this.lines.push(line);
      for (const listener of this.#listeners) listener(line);
    }
  }

  /** Calls `listener` for each line from now on. Gives what ends it. */
  onLine(listener: (line: EnvoyLogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lines of Wasm plugins from position `start` of `lines` on. */
  ofPlugins(start = 0): EnvoyLogLine[] {
    return this.lines.slice(start).filter(({ plugin }) => plugin !== undefined);
  }

  /** The last lines as text, errors preferred: for the message of an Error. */
  tail(count = 15): string {
    const bad = this.lines.filter(({ level }) => level === "warn" || level === "error" || level === "critical");
    const shown = (bad.length > 0 ? bad : this.lines).slice(-count);
    return shown.map(({ level, component, message }) => `  ${level} ${component}: ${message}`).join("\n");
  }
}
