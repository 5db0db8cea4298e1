/** A configured plugin on one thread: its VM, which others may share, and its root context. */
import { Context } from "./context.ts";
import type { EnvoyHost } from "./envoy-host.ts";
import type { Plugin } from "./plugin.ts";
import { RootContext } from "./root-context.ts";
import type { Thread, VmHandle } from "./thread.ts";
import { Vm } from "./vm.ts";

export class PluginHandle {
  private references = 0;

  constructor(
    private readonly thread: Thread,
    readonly plugin: Plugin,
    private readonly vmHandle: VmHandle,
    readonly root: RootContext,
  ) {}

  get vm(): Vm {
    return this.vmHandle.vm;
  }

  /** The configuration and every stream hold it. */
  retain(): this {
    this.references++;
    return this;
  }

  release(): void {
    if (--this.references > 0) return;
    if (this.thread.plugins.get(pluginKey(this.plugin)) === this) this.thread.plugins.delete(pluginKey(this.plugin));
    this.shutDown();
  }

  /** `proxy_on_done`; what answers "not yet" is deleted when it calls `proxy_done`. */
  private shutDown(): void {
    const { vm, root } = this;
    if (this.root.onDone()) this.finish();
    else vm.host.pendingDone.set(root, () => vm.defer(() => this.finish()));
  }

  private finish(): void {
    this.root.onDelete();
    this.root.destroy();
    if (--this.vmHandle.references > 0) return;
    const { vm, thread } = this;
    if (thread.vms.get(this.plugin.vmKey) === this.vmHandle) thread.vms.delete(this.plugin.vmKey);
    vm.host.releaseVmId(vm.vmId);
  }
}

function pluginKey(plugin: Plugin): string {
  return `${plugin.vmKey}||${plugin.key}`;
}

/**
 * The plugin on this thread: the one that is there, or a new one. Undefined when it refuses to start or its
 * configuration.
 */
export function acquire(host: EnvoyHost, thread: Thread, plugin: Plugin): PluginHandle | undefined {
  const known = thread.plugins.get(pluginKey(plugin));
  if (known !== undefined) return known.retain();
  const vmHandle = acquireVm(host, thread, plugin);
  const root = startPlugin(vmHandle.vm, plugin);
  if (root === undefined) {
    vmHandle.references--;
    return undefined;
  }
  const handle = new PluginHandle(thread, plugin, vmHandle, root);
  thread.plugins.set(pluginKey(plugin), handle);
  vmHandle.vm.onFail(() => thread.plugins.delete(pluginKey(plugin)));
  return handle.retain();
}

function acquireVm(host: EnvoyHost, thread: Thread, plugin: Plugin): VmHandle {
  const known = thread.vms.get(plugin.vmKey);
  if (known !== undefined) {
    known.references++;
    return known;
  }
  const vm = createVm(host, thread, plugin);
  const handle: VmHandle = { vm, references: 1 };
  thread.vms.set(plugin.vmKey, handle);
  host.retainVmId(vm.vmId);
  // A VM that trapped is not given to anybody else.
  vm.onFail(() => thread.vms.delete(plugin.vmKey));
  return handle;
}

function createVm(host: EnvoyHost, thread: Thread, plugin: Plugin): Vm {
  const vm = new Vm(host, thread, plugin.vmOptions);
  vm.start(new Context(vm, undefined, 0));
  return vm;
}

function startPlugin(vm: Vm, plugin: Plugin): RootContext | undefined {
  const root = new RootContext(vm, plugin);
  if (!root.onStart()) {
    vm.host.log.write("error", "Wasm VM failed Failed to start base Wasm");
    return undefined;
  }
  if (!root.onConfigure() || vm.failed) {
    vm.host.log.write("error", "Wasm VM failed Failed to configure base Wasm plugin");
    return undefined;
  }
  return root;
}

/** Tries the plugin in a VM of its own, which is thrown away with all that it began. */
export function canary(host: EnvoyHost, plugin: Plugin): boolean {
  const vm = createVm(host, host.mainThread, plugin);
  const root = vm.failed ? undefined : startPlugin(vm, plugin);
  for (const context of [...vm.contexts.values()]) if (context instanceof RootContext) context.destroy();
  return root !== undefined;
}
