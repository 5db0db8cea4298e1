/** Asks an authorization service about each request, and holds the request until it has answered. See README.md. */
import * as sdk from "../../assembly/sdk";
export * from "../../assembly/abi/callbacks/required";
export { proxy_on_http_call_response, proxy_on_request_headers } from "../../assembly/abi/callbacks";

class ExtAuthzRoot extends sdk.RootContext {
  cluster: string = "";
  authority: string = "";
  path: string = "";
  timeout: u32 = 0;

  onConfigure(text: sdk.Bytes): bool {
    const config = sdk.Configuration.parse(text);
    this.cluster = config.root().requiredString("cluster");
    this.authority = config.root().string("authority", "authz");
    this.path = config.root().string("path", "/check");
    this.timeout = <u32>config.root().duration("timeout", 500, 1, 60_000);
    return config.finish();
  }

  createStream(): sdk.StreamContext {
    return new ExtAuthzStream(this);
  }
}

class ExtAuthzStream extends sdk.StreamOf<ExtAuthzRoot> {
  onRequestHeaders(endOfStream: bool): sdk.HeadersStatus {
    const headers = sdk.HttpCall.headers("GET", this.root.authority, this.root.path);
    sdk.requestHeaders.copyTo(headers, ":method", "x-forwarded-method");
    sdk.requestHeaders.copyTo(headers, ":path", "x-forwarded-uri");
    sdk.requestHeaders.copyTo(headers, "authorization");
    const sent = new CheckCall(this).send(this, this.root.cluster, headers, null, this.root.timeout);
    if (sent != sdk.Status.Ok) replyUnavailable(); // no such cluster, or no host in it: nobody will answer
    return sdk.HeadersStatus.StopAllIterationAndWatermark;
  }
}

class CheckCall extends sdk.HttpCall {
  constructor(private readonly stream: ExtAuthzStream) {
    super();
  }

  onResponse(status: i32): void {
    if (status >= 200 && status < 300) return this.stream.continueRequest();
    if (status < 400 || status >= 500) return replyUnavailable();
    const reply = sdk.LocalReply.ofBytes(status, this.responseBody.read()).details("ext_authz_denied");
    this.responseHeaders.copyTo(reply.headers, "www-authenticate");
    reply.send();
  }
}

function replyUnavailable(): void {
  sdk.LocalReply.of(503, "the authorization service does not answer").details("ext_authz_unavailable").send();
}

sdk.registerFilter("ext-authz", () => new ExtAuthzRoot());
