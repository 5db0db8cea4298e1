/** Calls out of a filter: HTTP and gRPC. They belong to the root context, whichever context makes them. */
import { WasmResult } from "../abi.ts";
import { fromLatin1 } from "../bytes.ts";
import { decodePairs } from "../pairs.ts";
import type { GrpcArguments } from "../grpc-call.ts";
import type { Vm } from "../vm.ts";
import type { Hostcalls } from "./imports.ts";

const { Ok, BadArgument, InvalidMemoryAccess } = WasmResult;

export function callCalls(vm: Vm): Hostcalls {
  const { thread } = vm;

  function grpcTarget(
    service: [number, number],
    name: [number, number],
    method: [number, number],
    metadata: [number, number],
  ): GrpcArguments | undefined {
    const serviceBytes = vm.memory.read(...service);
    const serviceName = vm.memory.readLatin1(...name);
    const methodName = vm.memory.readLatin1(...method);
    const pairs = vm.memory.read(...metadata);
    if (serviceBytes === undefined || serviceName === undefined || methodName === undefined || pairs === undefined)
      return undefined;
    return { service: Buffer.from(serviceBytes), serviceName, methodName, metadata: decodePairs(pairs) };
  }

  /** The token is written only when there is one. */
  function started(result: { token: number } | { error: WasmResult } | undefined, tokenOut: number): WasmResult {
    if (result === undefined) return BadArgument;
    if ("error" in result) return result.error;
    return vm.memory.writeU32(tokenOut, result.token) ? Ok : InvalidMemoryAccess;
  }

  return {
    proxy_http_call(
      cluster: number,
      clusterSize: number,
      headers: number,
      headersSize: number,
      body: number,
      bodySize: number,
      trailers: number,
      trailersSize: number,
      timeoutMs: number,
      tokenOut: number,
    ) {
      const clusterName = vm.memory.read(cluster, clusterSize);
      const bodyBytes = vm.memory.read(body, bodySize);
      const headerBytes = vm.memory.read(headers, headersSize);
      const trailerBytes = vm.memory.read(trailers, trailersSize);
      if (
        clusterName === undefined ||
        bodyBytes === undefined ||
        headerBytes === undefined ||
        trailerBytes === undefined
      ) {
        return InvalidMemoryAccess;
      }
      // Written first, so that a bad pointer is found before anything is sent; 0 stays when the call cannot be made.
      if (!vm.memory.writeU32(tokenOut, 0)) return InvalidMemoryAccess;
      const result = thread.context.root?.httpCalls.start({
        cluster: fromLatin1(clusterName),
        headers: decodePairs(headerBytes),
        body: Buffer.from(bodyBytes),
        trailers: decodePairs(trailerBytes),
        timeoutMs: timeoutMs >>> 0,
      });
      return started(result, tokenOut);
    },

    proxy_grpc_call(
      service: number,
      serviceSize: number,
      name: number,
      nameSize: number,
      method: number,
      methodSize: number,
      metadata: number,
      metadataSize: number,
      message: number,
      messageSize: number,
      timeoutMs: number,
      tokenOut: number,
    ) {
      const target = grpcTarget(
        [service, serviceSize],
        [name, nameSize],
        [method, methodSize],
        [metadata, metadataSize],
      );
      const bytes = vm.memory.read(message, messageSize);
      if (target === undefined || bytes === undefined) return InvalidMemoryAccess;
      return started(thread.context.root?.grpc.call(target, Buffer.from(bytes), timeoutMs >>> 0), tokenOut);
    },

    proxy_grpc_stream(
      service: number,
      serviceSize: number,
      name: number,
      nameSize: number,
      method: number,
      methodSize: number,
      metadata: number,
      metadataSize: number,
      tokenOut: number,
    ) {
      const target = grpcTarget(
        [service, serviceSize],
        [name, nameSize],
        [method, methodSize],
        [metadata, metadataSize],
      );
      if (target === undefined) return InvalidMemoryAccess;
      return started(thread.context.root?.grpc.stream(target), tokenOut);
    },

    proxy_grpc_send(token: number, message: number, messageSize: number, endStream: number) {
      const bytes = vm.memory.read(message, messageSize);
      if (bytes === undefined) return InvalidMemoryAccess;
      return thread.context.root?.grpc.send(token >>> 0, Buffer.from(bytes), endStream !== 0) ?? BadArgument;
    },

    proxy_grpc_close: (token: number) => thread.context.root?.grpc.close(token >>> 0) ?? BadArgument,
    proxy_grpc_cancel: (token: number) => thread.context.root?.grpc.cancel(token >>> 0) ?? BadArgument,
  };
}
