/** Closes a service for maintenance: answers in its place, and says when to come again. See README.md. */
import * as sdk from "waypost/assembly/sdk";
export * from "waypost/assembly/abi/callbacks/required";
export { proxy_on_request_headers, proxy_on_response_headers } from "waypost/assembly/abi/callbacks";

/** One configuration: that of a WasmPlugin. schema.json says the same of its fields. */
class MaintenanceRoot extends sdk.RootContext {
  closed: bool = false;
  message: string = "";
  retryAfter: string = "";

  onConfigure(text: sdk.Bytes): bool {
    const config = sdk.Configuration.parse(text);
    this.closed = config.root().choice("mode", ["OPEN", "CLOSED"], 0) == 1;
    this.message = config.root().string("message", "closed for maintenance");
    this.retryAfter = config.root().integer("retryAfterSeconds", 60, 1, 86_400).toString();
    return config.finish();
  }

  createStream(): sdk.StreamContext {
    return new MaintenanceStream(this);
  }
}

/** One request with its response. */
class MaintenanceStream extends sdk.StreamOf<MaintenanceRoot> {
  onRequestHeaders(endOfStream: bool): sdk.HeadersStatus {
    if (!this.root.closed) return sdk.HeadersStatus.Continue;
    const reply = sdk.LocalReply.of(503, this.root.message).details("closed_for_maintenance");
    reply.header("retry-after", this.root.retryAfter).send();
    return sdk.HeadersStatus.StopAllIterationAndWatermark;
  }

  onResponseHeaders(endOfStream: bool): sdk.HeadersStatus {
    sdk.responseHeaders.set("x-my-filter", this.root.closed ? "closed" : "open");
    return sdk.HeadersStatus.Continue;
  }
}

sdk.registerFilter("my-filter", () => new MaintenanceRoot());
