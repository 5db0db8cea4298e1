import { proxy_log } from "./hostcalls";
import { LogLevel } from "./types";

/**
 * Takes the place of AssemblyScript's `env.abort`, which no proxy-wasm host offers (a module that imports it is not
 * loaded). Logs where it happened and ends the VM, which Envoy then treats as the plugin's failure policy says.
 */
export function abort(message: string | null, fileName: string | null, line: u32, column: u32): void {
  const text =
    "trap: " +
    (message === null ? "unknown" : message) +
    " at " +
    (fileName === null ? "unknown" : fileName) +
    ":" +
    line.toString() +
    ":" +
    column.toString();
  const utf8 = String.UTF8.encode(text);
  proxy_log(LogLevel.Critical, changetype<usize>(utf8), utf8.byteLength);
  unreachable();
}
