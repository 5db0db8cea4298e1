/** What examples/stock-proxy-runtime does, written with the SDK: logs the path, and adds the configuration as a header. */
import {
  Bytes,
  HeadersStatus,
  LogLevel,
  RootContext,
  StreamContext,
  log,
  registerFilter,
  requestHeaders,
  responseHeaders,
} from "../sdk";

const HELLO = Bytes.constant("hello");
const PATH = Bytes.constant(":path");

class AddHeaderRoot extends RootContext {
  greeting: Bytes = HELLO;

  onConfigure(configuration: Bytes): bool {
    this.greeting = configuration.persist();
    return true;
  }

  createStream(): StreamContext {
    return new AddHeaderStream(this);
  }
}

class AddHeaderStream extends StreamContext {
  constructor(private readonly root: AddHeaderRoot) {
    super();
  }

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const path = requestHeaders.getBytes(PATH);
    if (path !== null) log.line(LogLevel.Info).text("request for ").bytes(path).send();
    return HeadersStatus.Continue;
  }

  onResponseHeaders(endOfStream: bool): HeadersStatus {
    responseHeaders.addBytes(HELLO, this.root.greeting);
    return HeadersStatus.Continue;
  }

  recycle(): bool {
    return true;
  }
}

registerFilter("add_header", () => new AddHeaderRoot());

export * from "../abi/callbacks/required";
export { proxy_on_request_headers, proxy_on_response_headers } from "../abi/callbacks";
