/** Spans as OTLP has them (otlp.proto), made plain. */
import { fileURLToPath } from "node:url";
import { loadSync, type MessageTypeDefinition, type ServiceDefinition } from "@grpc/proto-loader";

/** A value of an attribute: `AnyValue`. 64-bit integers are bigints; bytes are Buffers. */
export type AttributeValue =
  string | boolean | number | bigint | Buffer | AttributeValue[] | { [key: string]: AttributeValue } | null;

export type Attributes = Record<string, AttributeValue>;

/** One operation of one process. Ids are lower-case hexadecimal, as in `traceparent`; times are nanoseconds since 1970. */
export interface Span {
  traceId: string;
  spanId: string;
  /** Undefined: the first of its trace. */
  parentSpanId: string | undefined;
  /** The list of `tracestate`; empty: none. */
  traceState: string;
  name: string;
  kind: "UNSPECIFIED" | "INTERNAL" | "SERVER" | "CLIENT" | "PRODUCER" | "CONSUMER";
  start: bigint;
  end: bigint;
  status: "UNSET" | "OK" | "ERROR";
  attributes: Attributes;
  /** Attributes of who sent it, such as `service.name`. */
  resource: Attributes;
}

// What proto-loader makes of otlp.proto, with the options below.

interface AnyValue {
  value?: "stringValue" | "boolValue" | "intValue" | "doubleValue" | "arrayValue" | "kvlistValue" | "bytesValue";
  stringValue: string;
  boolValue: boolean;
  intValue: string;
  doubleValue: number;
  arrayValue: { values: AnyValue[] };
  kvlistValue: { values: KeyValue[] };
  bytesValue: Buffer;
}

interface KeyValue {
  key: string;
  value: AnyValue | null;
}

interface SpanMessage {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId: Buffer;
  traceState: string;
  name: string;
  kind: Span["kind"];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  status: { code: Span["status"] } | null;
}

/** `ExportTraceServiceRequest` */
export interface ExportRequest {
  resourceSpans: { resource: { attributes: KeyValue[] } | null; scopeSpans: { spans: SpanMessage[] }[] }[];
}

const definitions = loadSync(fileURLToPath(new URL("otlp.proto", import.meta.url)), {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});

/** OTLP's gRPC service, for `Server.addService`. */
export const TRACE_SERVICE = definitions["opentelemetry.proto.collector.trace.v1.TraceService"] as ServiceDefinition;

const REQUEST = definitions[
  "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest"
] as MessageTypeDefinition<object, ExportRequest>;

/** Reads a serialized `ExportTraceServiceRequest`; throws when it is none. */
export function readExport(bytes: Buffer): ExportRequest {
  return REQUEST.deserialize(bytes);
}

/** The spans of a request, in its order. */
export function spansOf({ resourceSpans }: ExportRequest): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributes = attributesOf(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, attributes)));
  });
}

function spanOf(span: SpanMessage, resource: Attributes): Span {
  const parent = span.parentSpanId.toString("hex");
  return {
    traceId: span.traceId.toString("hex"),
    spanId: span.spanId.toString("hex"),
    parentSpanId: parent === "" ? undefined : parent,
    traceState: span.traceState,
    name: span.name,
    kind: span.kind,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    status: span.status?.code ?? "UNSET",
    attributes: attributesOf(span.attributes),
    resource,
  };
}

function attributesOf(list: readonly KeyValue[]): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(any: AnyValue | null): AttributeValue {
  if (any?.value === undefined) return null;
  switch (any.value) {
    case "intValue":
      return BigInt(any.intValue);
    case "arrayValue":
      return any.arrayValue.values.map(valueOf);
    case "kvlistValue":
      return attributesOf(any.kvlistValue.values);
    default:
      return any[any.value];
  }
}
