/** Sets one field in the JSON bodies of requests. See README.md. */
import * as sdk from "../../assembly/sdk";
export * from "../../assembly/abi/callbacks/required";
export {
  proxy_on_request_body,
  proxy_on_request_headers,
  proxy_on_request_trailers,
} from "../../assembly/abi/callbacks";

class JsonBodyRoot extends sdk.RootContext {
  field: string = "";
  value: string = "";
  maxBytes: i64 = 0;
  passes: bool = false;

  onConfigure(text: sdk.Bytes): bool {
    const config = sdk.Configuration.parse(text);
    this.field = config.root().requiredString("field");
    this.value = config.root().requiredJson("value");
    this.maxBytes = config.root().integer("maxBytes", 65_536, 1, 1_048_576);
    this.passes = config.root().choice("onFailure", ["REFUSE", "PASS"], 0) == 1;
    return config.finish();
  }

  createStream(): sdk.StreamContext {
    return new JsonBodyStream(this);
  }
}

class JsonBodyStream extends sdk.StreamOf<JsonBodyRoot> {
  private isJson: bool = false;

  onRequestHeaders(endOfStream: bool): sdk.HeadersStatus {
    const type = sdk.requestHeaders.get("content-type");
    this.isJson = !endOfStream && type !== null && (type.toLowerCase() + ";").startsWith("application/json;");
    if (this.isJson) sdk.requestHeaders.remove("content-length"); // it will be another one
    return sdk.HeadersStatus.Continue;
  }

  onRequestBody(size: i32, endOfStream: bool): sdk.DataStatus {
    if (size <= this.root.maxBytes && !endOfStream && this.isJson) return sdk.DataStatus.StopIterationAndBuffer;
    return this.changeBody(size) ? sdk.DataStatus.Continue : sdk.DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(): sdk.TrailersStatus {
    return this.changeBody(sdk.requestBody.size()) ? sdk.TrailersStatus.Continue : sdk.TrailersStatus.StopIteration;
  }

  private changeBody(size: i32): bool {
    if (!this.isJson) return true;
    this.isJson = false;
    const root = this.root;
    if (size <= root.maxBytes && sdk.requestBody.setJson(root.field, root.value) == sdk.JsonEditStatus.Ok) return true;
    if (!root.passes) sdk.LocalReply.of(400, "the body cannot be changed").details("json_body_refused").send();
    return root.passes;
  }
}

sdk.registerFilter("json-body", () => new JsonBodyRoot());
