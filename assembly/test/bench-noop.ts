/** A filter that does nothing: what a filter costs before it does anything. */
import { HeadersStatus, RootContext, StreamContext, registerFilter } from "../sdk";

class NoopRoot extends RootContext {
  createStream(): StreamContext {
    return new NoopStream();
  }
}

class NoopStream extends StreamContext {
  onRequestHeaders(endOfStream: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }

  recycle(): bool {
    return true;
  }
}

registerFilter("noop", () => new NoopRoot());

export * from "../abi/callbacks/required";
export { proxy_on_request_headers } from "../abi/callbacks";
