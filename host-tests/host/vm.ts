/**
 * One WebAssembly VM: an instance of a module with its contexts. Modelled on `WasmBase` of proxy-wasm-cpp-host: what a
 * hostcall wants done to streams is put off until the guest has returned, and a trap fails the whole VM.
 */
import { CALLBACKS, type AbiVersion } from "./abi.ts";
import type { Context } from "./context.ts";
import type { EnvoyHost } from "./envoy-host.ts";
import { GuestMemory, MAX_MEMORY_BYTES } from "./memory.ts";
import { MetricIds } from "./metrics.ts";
import type { FilterModule } from "./module.ts";
import { createImports } from "./hostcalls/imports.ts";
import type { Thread } from "./thread.ts";

/** A callback of the guest; missing ones are undefined. All numbers, because all callbacks take and give i32. */
export type Callback = ((...args: number[]) => number | undefined) | undefined;

/** Thrown into the guest to end it: `restricted_callback`. */
export class GuestTrap extends Error {}

/** Hostcalls that may run while the module starts: everything of WASI, and logging. */
const ALLOWED_WHILE_STARTING = (name: string): boolean =>
  name === "env.proxy_log" || name === "env.emscripten_notify_memory_growth" || name.startsWith("wasi_");
const ALLOWED_WHILE_ALLOCATING = (name: string): boolean =>
  /^env\.proxy_log$|\.(fd_write|clock_time_get|poll_oneoff)$/.test(name);

export interface VmOptions {
  module: FilterModule;
  abi: AbiVersion;
  vmId: string;
  vmConfiguration: string;
  environment: Readonly<Record<string, string>>;
  allowedCapabilities: ReadonlySet<string> | undefined;
}

export class Vm {
  readonly contexts = new Map<number, Context>();
  readonly metrics: MetricIds;
  readonly callbacks: Readonly<Record<string, Callback>>;
  readonly memory: GuestMemory;
  /** Set by a local reply inside a callback: whatever the callback returns, iteration stops. */
  stopIteration = false;
  private failure: string | undefined;
  private restricted: ((name: string) => boolean) | undefined;
  private readonly allocateInGuest: Callback;
  private readonly wasmMemory: WebAssembly.Memory;
  private afterCallActions: (() => void)[] = [];
  private readonly failCallbacks: (() => void)[] = [];
  private nextContextId = 1;
  private nextHttpCallId = 0;
  private nextGrpcCallId = 1;
  private nextGrpcStreamId = 2;

  constructor(
    readonly host: EnvoyHost,
    readonly thread: Thread,
    readonly options: VmOptions,
  ) {
    this.metrics = new MetricIds(host.stats);
    const imports = createImports(this);
    const instance = new WebAssembly.Instance(options.module.compiled, imports);
    this.wasmMemory = findMemory(instance, imports);
    this.memory = new GuestMemory(this.wasmMemory);
    this.callbacks = this.collectCallbacks(instance);
    this.allocateInGuest = this.callbacks["malloc"] ?? this.callbacks["proxy_on_memory_allocate"];
  }

  get vmId(): string {
    return this.options.vmId;
  }

  get abi(): AbiVersion {
    return this.options.abi;
  }

  /** The VM has trapped: it is never entered again. */
  get failed(): boolean {
    return this.failure !== undefined;
  }

  get failureMessage(): string | undefined {
    return this.failure;
  }

  get memoryBytes(): number {
    return this.memory.size;
  }

  /** Runs `_initialize` and `main`, or `_start`, with hostcalls restricted. */
  start(vmContext: Context): void {
    this.restricted = ALLOWED_WHILE_STARTING;
    const { _initialize, _start, main, __main_void } = this.callbacks;
    if (_initialize !== undefined) {
      this.call(vmContext, "_initialize", _initialize);
      if (main !== undefined) this.call(vmContext, "main", main);
      else if (__main_void !== undefined) this.call(vmContext, "__main_void", __main_void);
    } else if (_start !== undefined) {
      this.call(vmContext, "_start", _start);
    }
    this.restricted = undefined;
  }

  /** Enters the guest. A trap fails the VM and gives 0. The caller converts the result, then calls `afterCall`. */
  call(context: Context, name: string, callback: NonNullable<Callback>, a = 0, b = 0, c = 0, d = 0, e = 0): number {
    const thread = this.thread;
    const { current, effectiveId } = thread;
    thread.current = context;
    thread.effectiveId = 0;
    try {
      this.host.tracer?.enter(this, context, name, [a, b, c, d, e]);
      const result = (callback(a, b, c, d, e) ?? 0) >>> 0;
      this.host.tracer?.leave(this, name, result);
      if (this.wasmMemory.buffer.byteLength > MAX_MEMORY_BYTES) this.fail(`Function: ${name} failed: out of memory`);
      return result;
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.host.tracer?.trap(this, name, error.message);
      this.fail(trapMessage(name, error));
      return 0;
    } finally {
      thread.current = current;
      thread.effectiveId = effectiveId;
    }
  }

  /** Does what hostcalls put off, in order. Nested entries of the same VM work on the same list, as in Envoy. */
  afterCall(): void {
    this.stopIteration = false;
    for (let action = this.afterCallActions.shift(); action !== undefined; action = this.afterCallActions.shift())
      action();
  }

  defer(action: () => void): void {
    this.afterCallActions.push(action);
  }

  /** Memory inside the guest, or 0. */
  allocate(size: number): number {
    if (this.allocateInGuest === undefined) return 0;
    const context = this.contexts.get(0) as Context;
    const restricted = this.restricted;
    this.restricted = ALLOWED_WHILE_ALLOCATING;
    const pointer = this.call(context, "malloc", this.allocateInGuest, size);
    this.restricted = restricted;
    return pointer !== 0 && pointer + size <= this.memory.size ? pointer : 0;
  }

  /**
   * Copies bytes into the guest and writes where they are. False when the guest has no memory or the pointers are bad.
   */
  copyOut(data: Uint8Array, pointerOut: number, sizeOut: number): boolean {
    let pointer = 0;
    if (data.length > 0) {
      pointer = this.allocate(data.length);
      if (pointer === 0 || !this.memory.write(pointer, data)) return false;
    }
    return this.memory.writeU32(pointerOut, pointer) && this.memory.writeU32(sizeOut, data.length);
  }

  /** The same for a byte string. */
  copyTextOut(text: string, pointerOut: number, sizeOut: number): boolean {
    let pointer = 0;
    if (text.length > 0) {
      pointer = this.allocate(text.length);
      if (pointer === 0 || !this.memory.writeLatin1(pointer, text)) return false;
    }
    return this.memory.writeU32(pointerOut, pointer) && this.memory.writeU32(sizeOut, text.length);
  }

  /** Throws into the guest when this hostcall may not run now. */
  checkAllowed(name: string): void {
    if (this.restricted !== undefined && !this.restricted(name)) throw new GuestTrap("restricted_callback");
  }

  fail(message: string): void {
    if (this.failed) return;
    this.failure = message;
    this.host.log.write("error", `Wasm VM failed ${message}`);
    for (const callback of this.failCallbacks) callback();
  }

  onFail(callback: () => void): void {
    this.failCallbacks.push(callback);
  }

  addContext(context: Context): number {
    while (this.contexts.has(this.nextContextId)) this.nextContextId++;
    const id = this.nextContextId++;
    this.contexts.set(id, context);
    return id;
  }

  newHttpCallId(): number {
    return (this.nextHttpCallId += CALL_ID_STEP);
  }

  newGrpcCallId(): number {
    return (this.nextGrpcCallId += CALL_ID_STEP);
  }

  newGrpcStreamId(): number {
    return (this.nextGrpcStreamId += CALL_ID_STEP);
  }

  capabilityAllowed(name: string): boolean {
    return this.options.allowedCapabilities === undefined || this.options.allowedCapabilities.has(name);
  }

  private collectCallbacks(instance: WebAssembly.Instance): Record<string, Callback> {
    const found: Record<string, Callback> = {};
    for (const name of Object.keys(CALLBACKS)) {
      const exported = instance.exports[name];
      if (typeof exported !== "function") continue;
      const isRestricted = name.startsWith("proxy_on_") && name !== "proxy_on_memory_allocate";
      if (!isRestricted || this.capabilityAllowed(name)) found[name] = exported as NonNullable<Callback>;
    }
    return found;
  }
}

/** The two low bits of a token tell the kind of call: 0 HTTP, 1 gRPC call, 2 gRPC stream. */
const CALL_ID_STEP = 4;

function findMemory(instance: WebAssembly.Instance, imports: WebAssembly.Imports): WebAssembly.Memory {
  for (const exported of Object.values(instance.exports)) if (exported instanceof WebAssembly.Memory) return exported;
  for (const module of Object.values(imports)) {
    for (const value of Object.values(module)) if (value instanceof WebAssembly.Memory) return value;
  }
  return new WebAssembly.Memory({ initial: 0, maximum: 0 });
}

/** What ends a guest, as opposed to a mistake in this host, which must come to light. */
function isTrap(error: unknown): error is Error {
  if (error instanceof WebAssembly.RuntimeError || error instanceof GuestTrap) return true;
  return error instanceof RangeError && /call stack/.test(error.message);
}

/** As Envoy logs it: the engine's message and the backtrace inside the VM. */
function trapMessage(name: string, error: Error): string {
  const reason = error instanceof GuestTrap ? error.message : `Uncaught ${error.name}: ${error.message}`;
  const frames = Array.from((error.stack ?? "").matchAll(WASM_FRAME), ([, symbol, index, offset], row) => {
    const label = symbol?.replace(/^.*?\./, "") ?? `unknown(function index:${index})`;
    return `\n${String(row).padStart(3)}: ${offset} - ${label}`;
  });
  const trace = frames.length === 0 ? "" : `\nProxy-Wasm plugin in-VM backtrace:${frames.join("")}`;
  return `Function: ${name} failed: ${reason}${trace}`;
}

/** A frame of V8's stack trace that is inside a WebAssembly module. */
const WASM_FRAME = /at (?:(\S+) \()?wasm:\/\/\S*?:wasm-function\[(\d+)\]:(0x[0-9a-f]+)/g;
