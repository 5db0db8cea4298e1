/** Going on, ending and answering streams. */
import { STREAM_TYPE_MAX, StreamType, WasmResult } from "../abi.ts";
import { fromLatin1 } from "../bytes.ts";
import { decodePairs } from "../pairs.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, BadArgument, InvalidMemoryAccess } = WasmResult;
const MAX_GRPC_STATUS = 16;

export function streamCalls(vm: Vm): Hostcalls {
  const { thread } = vm;
  return {
    proxy_continue_stream(type: number) {
      return type >>> 0 > STREAM_TYPE_MAX ? BadArgument : thread.context.continueStream(type);
    },
    proxy_close_stream(type: number) {
      return type >>> 0 > STREAM_TYPE_MAX ? BadArgument : thread.context.closeStream(type);
    },
    proxy_continue_request: () => thread.context.continueStream(StreamType.Request),
    proxy_continue_response: () => thread.context.continueStream(StreamType.Response),
    proxy_clear_route_cache() {
      thread.context.clearRouteCache();
      return Ok;
    },

    /** The answer is sent when the running callback has returned, whatever that returns. */
    proxy_send_local_response(
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      pairs: number,
      pairsSize: number,
      grpcStatus: number,
    ) {
      const detailsBytes = vm.memory.read(details, detailsSize);
      const bodyBytes = vm.memory.read(body, bodySize);
      const pairsBytes = vm.memory.read(pairs, pairsSize);
      if (detailsBytes === undefined || bodyBytes === undefined || pairsBytes === undefined) return InvalidMemoryAccess;
      thread.context.sendLocalReply({
        status: status >>> 0,
        body: Buffer.from(bodyBytes),
        headers: decodePairs(pairsBytes),
        grpcStatus: grpcStatus >>> 0 <= MAX_GRPC_STATUS ? grpcStatus : undefined,
        details: fromLatin1(detailsBytes).replace(/[ \t\n\v\f\r]/g, "_"),
      });
      vm.stopIteration = true;
      return Ok;
    },
  };
}
