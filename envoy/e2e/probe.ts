/**
 * A small Wasm module for the harness's own tests, on the raw ABI: they must not depend on the filters and the SDK that
 * the harness is there to test.
 *
 * Its configuration is a label. It adds `x-probe: <label>` to requests and responses, counts
 * `wasm_filter.probe.waypost_probe_requests_total`, sets filter state `wasm.probe`, logs `probe <label>: request`, and
 * answers requests that carry `x-deny` with 403. It traps in the body of a request when its label is `trap`, and refuses
 * the label `refuse`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import asc from "assemblyscript/asc";

const SOURCE = `
@external("env", "proxy_log") declare function log(level: u32, data: usize, size: usize): u32;
@external("env", "proxy_get_buffer_bytes")
declare function getBuffer(type: u32, start: u32, length: u32, data: usize, size: usize): u32;
@external("env", "proxy_get_header_map_value")
declare function getHeader(map: u32, key: usize, keySize: usize, value: usize, size: usize): u32;
@external("env", "proxy_add_header_map_value")
declare function addHeader(map: u32, key: usize, keySize: usize, value: usize, size: usize): u32;
@external("env", "proxy_send_local_response")
declare function reply(
  status: u32, details: usize, detailsSize: usize, body: usize, bodySize: usize, headers: usize, headersSize: usize,
  grpcStatus: i32): u32;
@external("env", "proxy_set_property")
declare function setProperty(path: usize, pathSize: usize, value: usize, size: usize): u32;
@external("env", "proxy_define_metric") declare function define(type: u32, name: usize, size: usize, id: usize): u32;
@external("env", "proxy_increment_metric") declare function increment(id: u32, by: i64): u32;

const word = memory.data(8);
let label = "";
let counter: u32 = 0;

export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  unreachable();
}
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}
export function proxy_on_context_create(id: u32, parent: u32): void {}

export function proxy_on_configure(id: u32, size: u32): u32 {
  label = "";
  if (size > 0 && getBuffer(7, 0, size, word, word + 4) == 0) {
    label = String.UTF8.decodeUnsafe(load<usize>(word), load<u32>(word + 4));
  }
  const name = String.UTF8.encode("wasm_filter.probe.waypost_probe_requests_total");
  define(0, changetype<usize>(name), name.byteLength, word);
  counter = load<u32>(word);
  if (label != "refuse") return 1;
  say(4, 'probe refuses "' + label + '":\\n\\ta second line \\\\ and a backslash');
  return 0;
}

export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
  increment(counter, 1);
  say(2, "probe " + label + ": request");
  const property = String.UTF8.encode("probe");
  const value = String.UTF8.encode(label);
  setProperty(changetype<usize>(property), property.byteLength, changetype<usize>(value), value.byteLength);
  const deny = String.UTF8.encode("x-deny");
  if (getHeader(0, changetype<usize>(deny), deny.byteLength, word, word + 4) != 0) return add(0);
  const text = String.UTF8.encode("probe_denied");
  reply(403, changetype<usize>(text), text.byteLength, changetype<usize>(value), value.byteLength, 0, 0, -1);
  return 1;
}
export function proxy_on_request_body(id: u32, size: u32, end: u32): u32 {
  if (label == "trap") unreachable();
  return 0;
}
export function proxy_on_response_headers(id: u32, count: u32, end: u32): u32 {
  return add(2);
}

function add(map: u32): u32 {
  const name = String.UTF8.encode("x-probe");
  const value = String.UTF8.encode(label);
  addHeader(map, changetype<usize>(name), name.byteLength, changetype<usize>(value), value.byteLength);
  return 0;
}
function say(level: u32, text: string): void {
  const bytes = String.UTF8.encode(text);
  log(level, changetype<usize>(bytes), bytes.byteLength);
}
`;

const OPTIONS = ["-O3", "--runtime", "incremental", "--exportStart", "_initialize", "--use", "abort=probe/abort"];

/** Compiles the probe into `folder`, and gives the path of the module. */
export async function buildProbe(folder: string): Promise<string> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["probe.ts", "--outFile", "probe.wasm", "--config", "none", ...OPTIONS], {
    readFile: (name) => (name === "probe.ts" ? SOURCE : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || wasm === undefined) throw new Error(`the probe does not compile:\n${stderr.toString()}`);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "probe.wasm");
  writeFileSync(file, wasm);
  return file;
}
