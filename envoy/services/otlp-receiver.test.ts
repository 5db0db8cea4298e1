import { Client, credentials, type MethodDefinition } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TRACE_SERVICE } from "./otlp.ts";
import { OtlpReceiver } from "./otlp-receiver.ts";

let receiver: OtlpReceiver;
beforeAll(async () => {
  receiver = await OtlpReceiver.start();
});
afterAll(() => receiver.stop());

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";

/** A request with one span, as JSON with the names of the proto files. */
function requestWith(span: object): object {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "waypoint" } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
}

const span = (traceId = TRACE_ID) => ({
  traceId: Buffer.from(traceId, "hex"),
  spanId: Buffer.from(SPAN_ID, "hex"),
  traceState: "a=1",
  name: "GET /",
  kind: "SERVER",
  startTimeUnixNano: "1795292384389290000",
  endTimeUnixNano: "1795292384389290001",
  status: { code: "ERROR" },
  attributes: [
    { key: "string", value: { stringValue: "s" } },
    { key: "empty", value: { stringValue: "" } },
    { key: "bool", value: { boolValue: false } },
    { key: "int", value: { intValue: "-9007199254740993" } },
    { key: "double", value: { doubleValue: 0.5 } },
    { key: "bytes", value: { bytesValue: Buffer.from([0, 255]) } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, {}] } } },
    { key: "map", value: { kvlistValue: { values: [{ key: "k", value: { boolValue: true } }] } } },
    { key: "nothing", value: {} },
  ],
});

const EXPORT = TRACE_SERVICE["Export"] as MethodDefinition<object, object>;

function serialized(request: object): Buffer {
  return EXPORT.requestSerialize(request);
}

async function post(
  body: Buffer,
  { path = "/v1/traces", method = "POST", type = "application/x-protobuf" } = {},
): Promise<{ status: number; body: string }> {
  const url = `http://127.0.0.1:${receiver.port}${path}`;
  const answer = await fetch(url, { method, headers: { "content-type": type }, body: new Uint8Array(body) });
  return { status: answer.status, body: await answer.text() };
}

describe("OTLP over HTTP", () => {
  it("spans are plain, with every kind of value", async () => {
    expect(await post(serialized(requestWith(span())))).toEqual({ status: 200, body: "" });
    expect(receiver.trace(TRACE_ID)).toEqual([
      {
        traceId: TRACE_ID,
        spanId: SPAN_ID,
        parentSpanId: undefined,
        traceState: "a=1",
        name: "GET /",
        kind: "SERVER",
        start: 1795292384389290000n,
        end: 1795292384389290001n,
        status: "ERROR",
        attributes: {
          string: "s",
          empty: "",
          bool: false,
          int: -9007199254740993n,
          double: 0.5,
          bytes: Buffer.from([0, 255]),
          list: ["a", null],
          map: { k: true },
          nothing: null,
        },
        resource: { "service.name": "waypoint" },
      },
    ]);
  });

  it.each([
    ["another path", { path: "/v1/metrics" }, 404, "/v1/metrics: not found, expected /v1/traces"],
    ["another method", { method: "PUT" }, 405, "PUT: not allowed, expected POST"],
    [
      "JSON",
      { type: "application/json" },
      415,
      "content-type application/json: not read, expected application/x-protobuf",
    ],
  ])("%s is refused with what was expected", async (_, request, status, body) => {
    expect(await post(Buffer.from("{}"), request)).toEqual({ status, body });
    expect(receiver.refused).toContain(body);
  });

  it("what is no request is refused", async () => {
    const { status, body } = await post(Buffer.from([0x0a, 0x7f]));
    expect(status).toBe(400);
    expect(body).toMatch(/^not an ExportTraceServiceRequest: /);
  });
});

describe("OTLP over gRPC", () => {
  it("brings spans, and an answer", async () => {
    const client = new Client(`127.0.0.1:${receiver.grpcPort}`, credentials.createInsecure());
    const traceId = TRACE_ID.replace("0a", "0b");
    const asItIs = (bytes: Buffer) => bytes;
    const message = serialized(requestWith(span(traceId)));
    const answer = await new Promise((resolve) => {
      client.makeUnaryRequest(EXPORT.path, asItIs, asItIs, message, (error, bytes) => resolve(error ?? bytes));
    });
    client.close();
    expect(answer).toEqual(Buffer.alloc(0));
    expect(receiver.trace(traceId)).toMatchObject([{ spanId: SPAN_ID, kind: "SERVER" }]);
  });
});

describe("waitForTrace", () => {
  it("answers when enough have come, before or later", async () => {
    const traceId = TRACE_ID.replace("0a", "0c");
    const waiting = receiver.waitForTrace(traceId, 2);
    const bytes = serialized(requestWith(span(traceId)));
    for (let i = 0; i < 2; i++) await post(bytes);
    expect(await waiting).toHaveLength(2);
    expect(await receiver.waitForTrace(traceId, 2)).toHaveLength(2);
  });
});
