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

export {
  proxy_abi_version_0_2_1,
  proxy_on_memory_allocate,
  proxy_on_context_create,
  proxy_on_configure,
  proxy_on_request_headers,
  proxy_on_delete,
} from "../abi/callbacks";
