/**
 * A filter that does with the SDK what its configuration says, and logs what comes of it. The configuration names callbacks,
 * and for each the commands to run (`script/commands.ts`, `script/calls.ts`):
 *
 * ```json
 * {"onRequestHeaders": [["set", "request", "x-a", "1"], ["get", "request", "x-a"], ["return", "4"]]}
 * ```
 *
 * Each command logs a line such as `onRequestHeaders: get request x-a = "1"`.
 */
import * as sdk from "../sdk";
import { DataStatus, HeadersStatus, TrailersStatus } from "../sdk";
import { Script } from "./script/script";
export * from "../abi/callbacks";

class ScriptRoot extends sdk.RootContext {
  readonly script: Script = new Script();

  onVmStart(): bool {
    const text = this.vmConfiguration().toString();
    if (text.length > 0) sdk.log.info("onVmStart: " + text);
    return text != "refuse";
  }

  onConfigure(configuration: sdk.Bytes): bool {
    return this.script.read(configuration) && this.script.run("onConfigure", this, 1) == 1;
  }

  onTick(): void {
    this.script.run("onTick", this);
  }

  onQueueReady(queueId: u32): void {
    this.script.run("onQueueReady", this);
  }

  onForeignFunction(functionId: u32, args: sdk.Bytes): void {
    sdk.log.info("onForeignFunction: " + functionId.toString() + " " + args.toString());
  }

  onDone(): bool {
    return this.script.run("onRootDone", this, 1) == 1;
  }

  onDelete(): void {
    this.script.run("onRootDelete", this);
  }

  createStream(): sdk.StreamContext {
    return new ScriptStream(this);
  }
}

class ScriptStream extends sdk.StreamOf<ScriptRoot> {
  onRequestHeaders(endOfStream: bool): HeadersStatus {
    this.root.script.stream = this;
    return <HeadersStatus>this.run("onRequestHeaders");
  }

  onRequestBody(size: i32, endOfStream: bool): DataStatus {
    return <DataStatus>this.runData("onRequestBody", size, endOfStream);
  }

  onRequestTrailers(): TrailersStatus {
    return <TrailersStatus>this.run("onRequestTrailers");
  }

  onResponseHeaders(endOfStream: bool): HeadersStatus {
    return <HeadersStatus>this.run("onResponseHeaders");
  }

  onResponseBody(size: i32, endOfStream: bool): DataStatus {
    return <DataStatus>this.runData("onResponseBody", size, endOfStream);
  }

  onResponseTrailers(): TrailersStatus {
    return <TrailersStatus>this.run("onResponseTrailers");
  }

  onDone(): bool {
    return this.run("onDone", 1) == 1;
  }

  onLog(): void {
    this.run("onLog");
  }

  onDelete(): void {
    this.run("onDelete");
  }

  private run(callback: string, otherwise: i32 = 0): i32 {
    return this.root.script.run(callback, this, otherwise);
  }

  /** At the end of a body the script may have another section: `onRequestBodyEnd`. */
  private runData(callback: string, size: i32, endOfStream: bool): i32 {
    const ending = callback + "End";
    return this.run(endOfStream && this.root.script.has(ending) ? ending : callback);
  }
}

sdk.registerFilter("script", () => new ScriptRoot());
