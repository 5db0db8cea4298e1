import { describe, expect, it } from "vitest";
import { compileSource, ENTRY } from "./compile-source.ts";

const REQUIRED = ["proxy_abi_version_0_2_1", "proxy_on_memory_allocate", "proxy_on_context_create"];
const BASE = [...REQUIRED, "proxy_on_configure", "proxy_on_delete"];

const IMPORTS = `
import { DataStatus, HeadersStatus, TrailersStatus, GrpcStatus } from "../abi/types";
import { RootContext, StreamContext } from "../sdk/context";
import { GrpcCall } from "../sdk/grpc-call";
import { HttpCall } from "../sdk/http-call";
import { registerFilter } from "../sdk/registry";
import { Bytes } from "../text/bytes";
`;

/** A module with one filter; the arguments are class members, and the callbacks that the module exports. */
function filter(root: string, stream: string, exported: string[], more = ""): string {
  return `${IMPORTS}
export { ${exported.join(", ")} } from "../abi/callbacks";
class Root extends RootContext {
  createStream(): StreamContext { return new Stream(); }
  ${root}
}
class Stream extends StreamContext {
  ${stream}
}
${more}
registerFilter("fixture", () => new Root());
`;
}

/** Callbacks that the compiler asked for, by the line that it says to add. */
function missing(said: string): string[] {
  return [...said.matchAll(/Add to (\S+): export { (\w+) } from "(\S+)";/g)].map(([, file, callback, from]) => {
    expect(file).toBe(ENTRY);
    expect(from).toBe("../abi/callbacks");
    return callback ?? "";
  });
}

describe("callback exports", () => {
  it("accepts a filter whose callbacks are exported", async () => {
    const stream = "onRequestHeaders(endOfStream: bool): HeadersStatus { return HeadersStatus.Continue; }";
    expect((await compileSource(filter("", stream, [...BASE, "proxy_on_request_headers"]))).said).toBe("");
  });

  it("names class, method, callback, file and the line to add", async () => {
    const stream = "onRequestBody(size: i32, endOfStream: bool): DataStatus { return DataStatus.Continue; }";
    const { said } = await compileSource(filter("", stream, BASE));
    expect(said).toContain(
      `'Stream.onRequestBody' runs in 'proxy_on_request_body', which the module does not export. ` +
        `Add to ${ENTRY}: export { proxy_on_request_body } from "../abi/callbacks";`,
    );
    expect(said).toContain(`in ${ENTRY}(`);
  });

  it("asks for the callbacks without which no filter works", async () => {
    const { said } = await compileSource(filter("", "", ["proxy_abi_version_0_2_1"]));
    expect(missing(said).sort()).toEqual(BASE.filter((name) => name !== "proxy_abi_version_0_2_1").sort());
  });

  it("knows the callback of every method that a filter can override", async () => {
    const root = `
      override onVmStart(): bool { return true; }
      override onConfigure(configuration: Bytes): bool { return true; }
      override onTick(): void {}
      override onQueueReady(queueId: u32): void {}
      override onForeignFunction(functionId: u32, args: Bytes): void {}
      override onDone(): bool { return true; }`;
    const stream = `
      override onRequestHeaders(endOfStream: bool): HeadersStatus { return HeadersStatus.Continue; }
      override onRequestBody(size: i32, endOfStream: bool): DataStatus { return DataStatus.Continue; }
      override onRequestTrailers(): TrailersStatus { return TrailersStatus.Continue; }
      override onResponseHeaders(endOfStream: bool): HeadersStatus { return HeadersStatus.Continue; }
      override onResponseBody(size: i32, endOfStream: bool): DataStatus { return DataStatus.Continue; }
      override onResponseTrailers(): TrailersStatus { return TrailersStatus.Continue; }
      override onLog(): void {}`;
    expect(missing((await compileSource(filter(root, stream, BASE))).said).sort()).toEqual([
      "proxy_on_done",
      "proxy_on_foreign_function",
      "proxy_on_log",
      "proxy_on_queue_ready",
      "proxy_on_request_body",
      "proxy_on_request_headers",
      "proxy_on_request_trailers",
      "proxy_on_response_body",
      "proxy_on_response_headers",
      "proxy_on_response_trailers",
      "proxy_on_tick",
      "proxy_on_vm_start",
    ]);
  });

  it("asks for the callbacks of calls that a filter makes, also when the class is one more step away", async () => {
    const calls = `
      class Check extends HttpCall { override onResponse(status: i32): void {} }
      class Strict extends Check {}
      class Ask extends GrpcCall {
        override onInitialMetadata(count: u32): void {}
        override onTrailingMetadata(count: u32): void {}
        override onMessage(message: Bytes): void {}
        override onClose(status: GrpcStatus): void {}
      }`;
    const root = "onVmStart(): bool { new Strict(); new Ask(); return true; }";
    const { said } = await compileSource(filter(root, "", [...BASE, "proxy_on_vm_start"], calls));
    expect([...new Set(missing(said))].sort()).toEqual([
      "proxy_on_grpc_close",
      "proxy_on_grpc_receive",
      "proxy_on_grpc_receive_initial_metadata",
      "proxy_on_grpc_receive_trailing_metadata",
      "proxy_on_http_call_response",
    ]);
  });

  it("asks nothing for calls that a filter does not make", async () => {
    const unused = "class Check extends HttpCall { onResponse(status: i32): void {} }";
    expect((await compileSource(filter("", "", BASE, unused))).said).toBe("");
  });
});
