/** Which modules Envoy loads. Modules in text form, made with Binaryen. */
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { ConfigurationRefused, EnvoyHost, loadModule } from "./index.ts";

/** The least that is loaded. */
const ABI = `(export "proxy_abi_version_0_2_1" (func $nothing))`;
const BASE = `(memory (export "memory") 1) (func $nothing) (func $malloc (param i32) (result i32) (i32.const 64)) (export "malloc" (func $malloc))`;

async function load(body: string, head = ""): Promise<EnvoyHost> {
  const module = binaryen.parseText(`(module ${head} ${BASE} ${body})`);
  const host = new EnvoyHost({ logLevel: "trace" });
  host.addFilter({ name: "p", module: await loadModule(module.emitBinary()) });
  return host;
}

async function refusal(body: string, head = ""): Promise<string> {
  const error: unknown = await load(body, head).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigurationRefused);
  return (error as ConfigurationRefused).message;
}

describe("a module is loaded", () => {
  it.each(["0_1_0", "0_2_0", "0_2_1"])("with ABI %s", async (version) => {
    await expect(load(`(export "proxy_abi_version_${version}" (func $nothing))`)).resolves.toBeDefined();
  });

  it("with proxy_on_memory_allocate in place of malloc", async () => {
    const text = `(module (memory (export "memory") 1) (func $nothing) ${ABI}
      (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 64)))`;
    const module = await loadModule(binaryen.parseText(text).emitBinary());
    expect(() => new EnvoyHost().addFilter({ name: "p", module })).not.toThrow();
  });

  it("with WASI imports, of which the log is one", async () => {
    const host = await load(
      `${ABI} (data (i32.const 8) "\\10\\00\\00\\00\\03\\00\\00\\00hi\\0a") (data (i32.const 16) "hi\\0a")
       (func (export "_initialize") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0))))`,
      `(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))`,
    );
    expect(host.logs.filter(({ message }) => message === "hi")).not.toEqual([]);
  });
});

describe("a module is refused", () => {
  it.each([
    ["no ABI version", "", "", "Missing or unknown Proxy-Wasm ABI version"],
    [
      "an unknown ABI version",
      `(export "proxy_abi_version_0_3_0" (func $nothing))`,
      "",
      "Missing or unknown Proxy-Wasm ABI version",
    ],
    [
      "AssemblyScript's abort",
      ABI,
      `(import "env" "abort" (func (param i32 i32 i32 i32)))`,
      "Failed to load Wasm module due to a missing import: env.abort",
    ],
    [
      "AssemblyScript's seed",
      ABI,
      `(import "env" "seed" (func (result f64)))`,
      "Failed to load Wasm module due to a missing import: env.seed",
    ],
    [
      "a hostcall of another ABI version",
      ABI,
      `(import "env" "proxy_clear_route_cache" (func (result i32)))`,
      "missing import: env.proxy_clear_route_cache",
    ],
    [
      "a hostcall with other types",
      ABI,
      `(import "env" "proxy_log" (func (param i64) (result i32)))`,
      "import type mismatch: env.proxy_log, want: i64 -> i32, but host exports: i32 i32 i32 -> i32",
    ],
    [
      "a callback with other types",
      `${ABI} (func (export "proxy_on_tick") (param i64))`,
      "",
      "Bad function signature for: proxy_on_tick, want: i32 -> void, but the module exports: i64 -> void",
    ],
    [
      "a trap while it starts",
      `${ABI} (func (export "_initialize") (unreachable))`,
      "",
      "Function: _initialize failed",
    ],
    [
      "a hostcall while it starts",
      `${ABI} (func (export "_initialize") (drop (call $done)))`,
      `(import "env" "proxy_done" (func $done (result i32)))`,
      "restricted_callback",
    ],
    [
      "proxy_on_vm_start that answers no",
      `${ABI} (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 0))`,
      "",
      "Failed to start base Wasm",
    ],
    [
      "proxy_on_configure that answers no",
      `${ABI} (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 0))`,
      "",
      "Failed to configure base Wasm plugin",
    ],
    [
      "a trap in proxy_on_configure",
      `${ABI} (func (export "proxy_on_configure") (param i32 i32) (result i32) (unreachable))`,
      "",
      "Function: proxy_on_configure failed: Uncaught RuntimeError: unreachable",
    ],
  ])("for %s", async (_name, body, head, message) => {
    expect(await refusal(body, head)).toContain(message);
  });
});

describe("a capability restriction", () => {
  it("makes other hostcalls fail and leaves other callbacks out", async () => {
    const module = await loadModule("build/test/host-probe.wasm");
    const host = new EnvoyHost();
    host.addFilter({
      name: "p",
      module,
      configuration: "on_request_headers\n get 0 :path\non_response_headers",
      allowedCapabilities: [
        "proxy_log",
        "proxy_get_buffer_bytes",
        "proxy_on_configure",
        "proxy_on_context_create",
        "proxy_on_request_headers",
      ],
    });
    host.request();
    expect(host.logs.map(({ message }) => message)).toEqual(["on_request_headers 1", "get 0 :path => 10"]);
  });
});
