/** Two filters in one module: one that says which configuration it has, and one whose stream objects are used again. */
import * as sdk from "../sdk";
export * from "../abi/callbacks/required";
export { proxy_on_http_call_response, proxy_on_request_headers, proxy_on_response_headers } from "../abi/callbacks";

/** Adds its configuration to each request. */
class LabelRoot extends sdk.RootContext {
  label: string = "";

  onConfigure(configuration: sdk.Bytes): bool {
    this.label = configuration.toString();
    return true;
  }

  createStream(): sdk.StreamContext {
    return new LabelStream(this);
  }
}

class LabelStream extends sdk.StreamOf<LabelRoot> {
  onRequestHeaders(endOfStream: bool): sdk.HeadersStatus {
    sdk.requestHeaders.add("x-label", this.root.label);
    return sdk.HeadersStatus.Continue;
  }
}

/**
 * Sends each request that names a path in `x-ask` there first. Its stream objects and their calls are used again; configured
 * with `careless`, without looking whether a call is still pending.
 */
class RecyclingRoot extends sdk.RootContext {
  readonly created: sdk.Counter = new sdk.Counter("streams_created");
  careless: bool = false;

  onConfigure(configuration: sdk.Bytes): bool {
    this.careless = configuration.toString() == "careless";
    return true;
  }

  createStream(): sdk.StreamContext {
    this.created.increment();
    return new RecyclingStream(this);
  }
}

class RecyclingStream extends sdk.StreamOf<RecyclingRoot> {
  private call: AskCall | null = null;
  answer: i32 = 0;

  onRequestHeaders(endOfStream: bool): sdk.HeadersStatus {
    const path = sdk.requestHeaders.get("x-ask");
    if (path === null) return sdk.HeadersStatus.Continue;
    const status = this.takeCall().send(this, "service", sdk.HttpCall.headers("GET", "service", path), null, 1000);
    if (status != sdk.Status.Ok) sdk.LocalReply.of(503, "not sent: " + status.toString()).send();
    return sdk.HeadersStatus.StopAllIterationAndWatermark;
  }

  onResponseHeaders(endOfStream: bool): sdk.HeadersStatus {
    sdk.responseHeaders.add("x-answer", this.answer.toString());
    return sdk.HeadersStatus.Continue;
  }

  recycle(): bool {
    this.answer = 0;
    return true;
  }

  private takeCall(): AskCall {
    const known = this.call;
    if (known !== null && (this.root.careless || !known.pending)) return known;
    const call = new AskCall(this);
    this.call = call;
    return call;
  }
}

class AskCall extends sdk.HttpCall {
  constructor(private readonly stream: RecyclingStream) {
    super();
  }

  onResponse(status: i32): void {
    this.stream.answer = status;
    this.stream.continueRequest();
  }

  onLateResponse(status: i32): void {
    sdk.log.info("late " + status.toString());
  }
}

sdk.registerFilter("label", () => new LabelRoot());
sdk.registerFilter("recycling", () => new RecyclingRoot());
