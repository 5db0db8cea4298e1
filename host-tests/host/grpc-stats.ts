/**
 * Envoy's own filter grpc_stats with `emit_filter_state`: it counts the messages of gRPC in filter state, where a filter
 * in `proxy_on_log` or an access log reads them as `<of the request>,<of the response>`. Nothing is there before the first
 * message (source/extensions/filters/http/grpc_stats/grpc_stats_filter.cc).
 */
import type { FilterSide } from "./filter-chain.ts";
import type { FilterState } from "./filter-state.ts";
import { GRPC_FRAME_HEADER_LENGTH } from "./grpc-frame.ts";
import type { HeaderMap } from "./header-map.ts";
import { isGrpcContentType } from "./local-reply.ts";

const STATE = "envoy.filters.http.grpc_stats";

/** What stands for the filter in the chain of one stream. */
export function grpcStats(filterState: FilterState): { request: FilterSide; response: FilterSide } {
  const counts = { request: new FrameCounter(), response: new FrameCounter() };
  const write = () => filterState.setNative(STATE, `${counts.request.frames},${counts.response.frames}`);
  return {
    request: counting(counts.request, isGrpcRequest, write),
    response: counting(counts.response, isGrpcResponse, write),
  };
}

type Test = (headers: HeaderMap, endStream: boolean) => boolean;

function counting(counter: FrameCounter, isGrpc: Test, write: () => void): FilterSide {
  let isCounted = false;
  return {
    onHeaders(headers, endStream) {
      isCounted = isGrpc(headers, endStream);
      return 0;
    },
    onData(data) {
      if (isCounted && counter.inspect(data.bytes())) write();
      return 0;
    },
    onTrailers: () => 0,
  };
}

const isGrpcRequest: Test = (headers) => isGrpcContentType(headers.first("content-type"));

const isGrpcResponse: Test = (headers, endStream) =>
  endStream ? headers.has("grpc-status") : headers.first(":status") === "200" && isGrpcRequest(headers, endStream);

/** Counts messages by their first octet, wherever the data is cut. */
class FrameCounter {
  frames = 0;
  /** Octets of the message and its header that are still to come. */
  #missing = 0;
  #header: number[] = [];

  /** Whether a message has begun. */
  inspect(data: Buffer): boolean {
    const before = this.frames;
    let position = 0;
    while (position < data.length) {
      if (this.#missing > 0) {
        const taken = Math.min(this.#missing, data.length - position);
        this.#missing -= taken;
        position += taken;
        continue;
      }
      if (this.#header.length === 0) this.frames++;
      this.#header.push(data[position++] ?? 0);
      if (this.#header.length < GRPC_FRAME_HEADER_LENGTH) continue;
      this.#missing = Buffer.from(this.#header).readUInt32BE(1);
      this.#header = [];
    }
    return this.frames > before;
  }
}
