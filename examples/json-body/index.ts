/** Sets one field in the JSON bodies of requests. See README.md. */
import { JsonEditStatus, JsonEditor } from "../../assembly/json/edit";
import * as sdk from "../../assembly/sdk";
import { DataStatus, HeadersStatus, TrailersStatus, requestBody, requestHeaders } from "../../assembly/sdk";
export * from "../../assembly/abi/required";
export { proxy_on_request_body, proxy_on_request_headers, proxy_on_request_trailers } from "../../assembly/abi/callbacks";

class JsonBodyRoot extends sdk.RootContext {
  readonly editor: JsonEditor = new JsonEditor();
  field: string = "";
  value: string = "";
  maxBytes: i64 = 0;
  refuses: bool = true;

  onConfigure(text: sdk.Bytes): bool {
    const config = sdk.Configuration.parse(text);
    const root = config.root();
    this.field = root.requiredString("field");
    this.value = root.json("value");
    if (this.value.length == 0) root.problem("value", "missing: any JSON value but null");
    this.maxBytes = root.integer("maxBytes", 65_536, 1, 1_048_576);
    this.refuses = root.choice("onFailure", ["PASS", "REFUSE"], 1) == 1;
    return config.finish();
  }

  createStream(): sdk.StreamContext {
    return new JsonBodyStream(this);
  }
}

class JsonBodyStream extends sdk.StreamContext {
  private isJson: bool = false;

  constructor(private readonly root: JsonBodyRoot) {
    super();
  }

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const type = requestHeaders.get("content-type");
    this.isJson = !endOfStream && type !== null && type.toLowerCase().startsWith("application/json");
    // Envoy would announce the old length to the upstream.
    if (this.isJson) requestHeaders.remove("content-length");
    return HeadersStatus.Continue;
  }

  onRequestBody(size: i32, endOfStream: bool): DataStatus {
    if (!this.isJson) return DataStatus.Continue;
    if (size > this.root.maxBytes) return this.giveUp(413, "body too large");
    return endOfStream ? this.change() : DataStatus.StopIterationAndBuffer;
  }

  /** A request with trailers: its body ends here. */
  onRequestTrailers(): TrailersStatus {
    return !this.isJson || this.change() == DataStatus.Continue ? TrailersStatus.Continue : TrailersStatus.StopIteration;
  }

  private change(): DataStatus {
    const editor = this.root.editor;
    const field = sdk.Bytes.of(this.root.field);
    const status = editor.set(requestBody.read(), field, sdk.Bytes.of(this.root.value));
    if (status != JsonEditStatus.Ok) return this.giveUp(400, "body without a place for " + this.root.field);
    requestBody.replace(editor.result);
    return DataStatus.Continue;
  }

  private giveUp(status: i32, why: string): DataStatus {
    this.isJson = false;
    if (!this.root.refuses) return DataStatus.Continue;
    sdk.LocalReply.of(status, why).details("json_body_refused").send();
    return DataStatus.StopIterationNoBuffer;
  }
}

sdk.registerFilter("json-body", () => new JsonBodyRoot());
