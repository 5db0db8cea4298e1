/** A root context: one configured plugin in one VM. Calls out of filters are made, and answered, here. */
import { Context } from "./context.ts";
import type { Timer } from "./clock.ts";
import { GrpcClient } from "./grpc-call.ts";
import { HttpCalls } from "./http-call.ts";
import type { CelStateType } from "./filter-state.ts";
import type { Expressions } from "./foreign/expressions.ts";
import type { Plugin } from "./plugin.ts";
import type { Vm } from "./vm.ts";

export class RootContext extends Context {
  readonly httpCalls: HttpCalls;
  readonly grpc: GrpcClient;
  readonly declaredProperties = new Map<string, CelStateType>();
  /** CEL expressions of `expr_create`, made when the first one is. */
  expressions: Expressions | undefined;
  /** What `proxy_get_status` gives. */
  status: { code: number; message: string } = { code: 0, message: "" };
  callData: Buffer | undefined;
  private tickTimer: Timer | undefined;
  private tickPeriod = 0;
  private destroyed = false;

  constructor(vm: Vm, plugin: Plugin) {
    super(vm, plugin);
    this.httpCalls = new HttpCalls(this);
    this.grpc = new GrpcClient(this);
  }

  override get root(): this {
    return this;
  }

  /** `proxy_on_context_create` and `proxy_on_vm_start`. */
  onStart(): boolean {
    const create = this.callback("proxy_on_context_create");
    if (create !== undefined) {
      this.configuring = this.plugin?.configuration;
      this.vm.call(this, "proxy_on_context_create", create, this.id, 0);
      this.configuring = undefined;
      this.created = true;
    }
    const started = this.ask("proxy_on_vm_start", Buffer.byteLength(this.vm.options.vmConfiguration), true);
    this.vm.afterCall();
    return started && !this.vm.failed;
  }

  onConfigure(): boolean {
    if (this.vm.failed) return true;
    if (!this.created) this.notify("proxy_on_context_create", 0);
    this.created = true;
    const configuration = this.plugin?.configuration ?? "";
    this.configuring = configuration;
    const accepted = this.ask("proxy_on_configure", Buffer.byteLength(configuration), true);
    this.configuring = undefined;
    return accepted;
  }

  onDone(): boolean {
    return this.ask("proxy_on_done", undefined, true);
  }

  onDelete(): void {
    if (this.created) this.notify("proxy_on_delete");
  }

  onQueueReady(token: number): void {
    this.notify("proxy_on_queue_ready", token);
  }

  onHttpCallResponse(token: number, headers: number, bodySize: number, trailers: number): void {
    const callback = this.callback("proxy_on_http_call_response");
    if (callback === undefined) return;
    this.vm.call(this, "proxy_on_http_call_response", callback, this.id, token, headers, bodySize, trailers);
    this.vm.afterCall();
  }

  onGrpcEvent(name: string, token: number, argument: number): void {
    this.notify(name, token, argument);
  }

  onResolveDns(token: number, data: Buffer): void {
    this.callData = data;
    this.notify("envoy_on_resolve_dns", token, data.length);
    this.callData = undefined;
  }

  /** Milliseconds between ticks; 0 stops them. A running period starts again from now. */
  setTickPeriod(period: number): void {
    this.tickTimer?.cancel();
    this.tickTimer = undefined;
    this.tickPeriod = period;
    if (period > 0 && !this.destroyed) this.scheduleTick();
  }

  /** The VM drops the context: what it waits for is cancelled. */
  destroy(): void {
    this.destroyed = true;
    this.tickTimer?.cancel();
    this.httpCalls.cancelAll();
    this.grpc.cancelAll();
    this.vm.contexts.delete(this.id);
  }

  private scheduleTick(): void {
    this.tickTimer = this.vm.host.clock.schedule(this.tickPeriod, () => {
      const timer = this.tickTimer;
      this.notify("proxy_on_tick");
      // Unless the tick itself set a new period, the next one starts when this one has ended.
      if (!this.destroyed && this.tickTimer === timer && this.tickPeriod > 0) this.scheduleTick();
    });
  }
}
