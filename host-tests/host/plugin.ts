/** A plugin: one entry of the filter chain with its configuration. What `addFilter` gives. */
import { createHash } from "node:crypto";
import type { EnvoyHost } from "./envoy-host.ts";
import { ConfigurationRefused } from "./errors.ts";
import { loadError } from "./module.ts";
import { acquire, canary, type PluginHandle } from "./plugin-handle.ts";
import type { FilterOptions } from "./types.ts";
import type { Thread } from "./thread.ts";
import { Vm, type VmOptions } from "./vm.ts";
import { Context } from "./context.ts";

const DEFAULT_BACKOFF_MS = 1000;

/**
 * One configuration of a plugin. A new configuration is a new Plugin: streams that began on the old one finish there.
 */
export class Plugin {
  /** Plugins of one key share a VM in each thread. */
  readonly vmKey: string;
  /** Equal configurations share a root context too. */
  readonly key: string;
  readonly vmOptions: VmOptions;

  constructor(readonly options: FilterOptions) {
    const { module, vmId = "", vmConfiguration = "", environment = {}, allowedCapabilities, ...rest } = options;
    this.vmKey = digest([module.hash, vmId, vmConfiguration, environment, allowedCapabilities]);
    this.key = digest([this.vmKey, rest]);
    this.vmOptions = {
      module,
      abi: module.abi ?? "0.2.1",
      vmId,
      vmConfiguration,
      environment,
      allowedCapabilities: allowedCapabilities && new Set(allowedCapabilities),
    };
  }

  get configuration(): string {
    return this.options.configuration ?? "";
  }
}

/** The handle of a plugin on one thread, replaced when its VM is rebuilt. */
interface Slot {
  handle: PluginHandle;
  /** When the VM was loaded, or when loading was last tried. */
  loadedAt: number;
}

/** A filter in the chain of the host's listener. */
export class Filter {
  private plugin!: Plugin;
  private base: BaseVm | undefined;
  private slots = new Map<Thread, Slot>();

  constructor(
    private readonly host: EnvoyHost,
    options: FilterOptions,
  ) {
    this.load(new Plugin(options));
  }

  get name(): string {
    return this.plugin.options.name;
  }

  get options(): FilterOptions {
    return this.plugin.options;
  }

  /**
   * A new configuration, as ECDS delivers it: new root contexts, in the same VM. Streams that began before keep the old
   * one, which ends with the last of them.
   * @throws {ConfigurationRefused} and keeps the old configuration
   */
  reconfigure(configuration: string | Partial<FilterOptions>): void {
    const change = typeof configuration === "string" ? { configuration } : configuration;
    this.load(new Plugin({ ...this.plugin.options, ...change }));
    this.host.clock.settle();
  }

  /** Takes the filter out of the chain. Streams that run keep it until they end. */
  remove(): void {
    this.host.removeFilter(this);
    this.release();
    this.host.clock.settle();
  }

  /** Size of the linear memory of this filter's VM. @param worker default 0 */
  memoryBytes(worker = 0): number {
    return this.slot(this.host.worker(worker)).handle.vm.memoryBytes;
  }

  /** The same in pages of 64 KiB. */
  memoryPages(worker = 0): number {
    return this.memoryBytes(worker) / 65536;
  }

  /** How many contexts the VM has: its own, roots and streams. */
  contextCount(worker = 0): number {
    return this.slot(this.host.worker(worker)).handle.vm.contexts.size;
  }

  /** The VM of a worker has trapped and is not in use any more. */
  failed(worker = 0): boolean {
    return this.slot(this.host.worker(worker)).handle.vm.failed;
  }

  /**
   * The handle that serves a new stream of the thread. `"bypass"`: the filter is left out of it; `"closed"`: every
   * stream is answered 503.
   */
  handleFor(thread: Thread): PluginHandle | "bypass" | "closed" {
    const slot = this.slot(thread);
    if (slot.handle.vm.failed) this.reload(thread, slot);
    if (!slot.handle.vm.failed) return slot.handle;
    return this.options.failurePolicy === "FAIL_OPEN" || this.options.failOpen === true ? "bypass" : "closed";
  }

  release(): void {
    for (const slot of this.slots.values()) slot.handle.release();
    this.base?.release();
  }

  private load(plugin: Plugin): void {
    const firstLine = this.host.log.lines.length;
    const base = this.createBase(plugin);
    if (base === undefined || !canary(this.host, plugin)) {
      base?.release();
      this.host.log.write("critical", `Plugin ${plugin.options.name} failed to load`);
      throw new ConfigurationRefused(plugin.options.name, this.host.log.lines.slice(firstLine));
    }
    const slots = new Map<Thread, Slot>();
    for (const thread of this.host.threads) {
      const handle = acquire(this.host, thread, plugin);
      if (handle !== undefined) slots.set(thread, { handle, loadedAt: this.host.clock.now });
    }
    const old = this.slots;
    this.plugin = plugin;
    this.slots = slots;
    for (const slot of old.values()) slot.handle.release();
    this.base?.release();
    this.base = base;
  }

  /** The base VM proves that the module loads and starts; the others are made from it. */
  private createBase(plugin: Plugin): BaseVm | undefined {
    const known = this.host.baseVms.get(plugin.vmKey);
    if (known !== undefined) return known.retain();
    const error = loadError(plugin.options.module);
    if (error !== undefined) {
      this.host.log.write("error", `Wasm VM failed ${error}`);
      this.host.log.write("error", "Wasm VM failed Failed to initialize Wasm code");
      return undefined;
    }
    const vm = new Vm(this.host, this.host.mainThread, plugin.vmOptions);
    vm.start(new Context(vm, undefined, 0));
    if (!vm.failed) return new BaseVm(this.host, plugin).retain();
    this.host.log.write("error", "Wasm VM failed Failed to initialize Wasm code");
    return undefined;
  }

  /** Under FAIL_RELOAD a new VM is built when a stream needs one, but not too often. */
  private reload(thread: Thread, slot: Slot): void {
    if (this.options.failurePolicy !== "FAIL_RELOAD") return;
    const { clock, random, log } = this.host;
    const base = this.options.reloadBackoff ?? DEFAULT_BACKOFF_MS;
    // Envoy's JitteredLowerBoundBackOffStrategy: the interval, plus up to half of it.
    const backoff = base + random.below(Math.max(1, base >> 1));
    if (clock.now - slot.loadedAt < backoff) return;
    slot.loadedAt = clock.now;
    const handle = acquire(this.host, thread, this.plugin);
    if (handle === undefined || handle.vm.failed) return log.write("error", `Plugin ${this.name} failed to reload`);
    slot.handle.release();
    slot.handle = handle;
  }

  private slot(thread: Thread): Slot {
    return this.slots.get(thread) as Slot;
  }
}

/** Keeps a vm_id alive while any plugin is configured with it. */
class BaseVm {
  private references = 0;

  constructor(
    private readonly host: EnvoyHost,
    private readonly plugin: Plugin,
  ) {
    host.baseVms.set(plugin.vmKey, this);
    host.retainVmId(plugin.vmOptions.vmId);
  }

  retain(): this {
    this.references++;
    return this;
  }

  release(): void {
    if (--this.references > 0) return;
    this.host.baseVms.delete(this.plugin.vmKey);
    this.host.releaseVmId(this.plugin.vmOptions.vmId);
  }
}
export type { BaseVm };

function digest(parts: unknown): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
