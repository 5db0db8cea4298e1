import { proxy_get_log_level, proxy_log } from "../abi/hostcalls";
import { LogLevel, Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";
import { resultNumber } from "./result";

/**
 * The proxy's log. Nothing is formatted for a level that the proxy does not show: `log.info("…")` asks first, and a line
 * of several parts is built only when it will be seen:
 *
 * ```ts
 * log.line(LogLevel.Warn).text("keys of ").bytes(issuer).text(" not fetched, status ").number(status).send();
 * ```
 *
 * Istio's proxies show `warn` and above unless told otherwise. Never log tokens, keys, or bytes nobody has verified.
 */
export namespace log {
  /** Whether the proxy shows this level now (it can be changed while the proxy runs). */
  export function enabled(level: LogLevel): bool {
    return proxy_get_log_level(resultNumber) != Status.Ok || load<u32>(resultNumber) <= <u32>level;
  }

  export function trace(text: string): void {
    write(LogLevel.Trace, text);
  }

  export function debug(text: string): void {
    write(LogLevel.Debug, text);
  }

  export function info(text: string): void {
    write(LogLevel.Info, text);
  }

  export function warn(text: string): void {
    write(LogLevel.Warn, text);
  }

  export function error(text: string): void {
    write(LogLevel.Error, text);
  }

  export function critical(text: string): void {
    write(LogLevel.Critical, text);
  }

  /** Begins a line; `send` ends it. */
  export function line(level: LogLevel): LogLine {
    return theLine.begin(level);
  }
}

function write(level: LogLevel, text: string): void {
  if (!log.enabled(level)) return;
  const utf8 = Bytes.of(text);
  proxy_log(level, utf8.ptr, utf8.length);
}

/** A log line in the making. There is one, so begin the next after `send`. */
@final
export class LogLine {
  private level: LogLevel = LogLevel.Info;
  private writer: ByteWriter | null = null;

  begin(level: LogLevel): LogLine {
    this.level = level;
    this.writer = log.enabled(level) ? ByteWriter.create() : null;
    return this;
  }

  text(text: string): LogLine {
    const writer = this.writer;
    if (writer !== null) writer.text(text);
    return this;
  }

  bytes(bytes: Bytes): LogLine {
    const writer = this.writer;
    if (writer !== null) writer.bytes(bytes);
    return this;
  }

  number(value: i64): LogLine {
    const writer = this.writer;
    if (writer !== null) writer.i64(value);
    return this;
  }

  send(): void {
    const writer = this.writer;
    if (writer === null) return;
    const line = writer.finish();
    proxy_log(this.level, line.ptr, line.length);
    this.writer = null;
  }
}

const theLine = new LogLine();
