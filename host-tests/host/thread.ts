/** One thread of the proxy: the main thread or a worker, with its VMs and its configured plugins. */
import type { Context } from "./context.ts";
import type { PluginHandle } from "./plugin-handle.ts";
import type { Vm } from "./vm.ts";

export class Thread {
  /** The context whose guest code runs now. */
  current: Context | undefined;
  /** Set by `proxy_set_effective_context` until the running callback returns; 0 = none. */
  effectiveId = 0;
  /** Healthy VMs by VM key. */
  readonly vms = new Map<string, VmHandle>();
  /** Configured plugins by VM key and plugin key. */
  readonly plugins = new Map<string, PluginHandle>();

  /** @param worker number of the worker; undefined for the main thread */
  constructor(readonly worker: number | undefined) {}

  /** The context that hostcalls act for: the effective one while it lives, else the running one. */
  get context(): Context {
    const current = this.current as Context;
    if (this.effectiveId === 0) return current;
    return current.vm.contexts.get(this.effectiveId) ?? current;
  }
}

/** A VM that several plugins of a thread share; it is shut down when the last one lets go. */
export interface VmHandle {
  readonly vm: Vm;
  references: number;
}
