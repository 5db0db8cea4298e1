/**
 * A tiny protobuf codec: enough for the arguments of Envoy's foreign functions and for messages that properties carry.
 */
import { toBuffer, type BytesLike } from "./bytes.ts";
import { Double, Message, type Value } from "./values.ts";

const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;

export class ProtoWriter {
  private readonly parts: Buffer[] = [];

  varint(field: number, value: number | bigint | boolean): this {
    const number = BigInt.asUintN(64, BigInt(value));
    if (number !== 0n) this.parts.push(varint((field << 3) | WireType.Varint), varint(number));
    return this;
  }

  /** Text or bytes; nothing when empty, as proto3 has it. */
  bytes(field: number, value: BytesLike): this {
    return value.length === 0 ? this : this.message(field, value);
  }

  /** A message, written also when it is empty. */
  message(field: number, value: BytesLike): this {
    const data = toBuffer(value);
    this.parts.push(varint((field << 3) | WireType.Bytes), varint(data.length), data);
    return this;
  }

  double(field: number, value: number): this {
    const data = Buffer.allocUnsafe(8);
    data.writeDoubleLE(value);
    this.parts.push(varint((field << 3) | WireType.Fixed64), data);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.parts);
  }
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** Fields of a message: the last value of each number, as proto3 reads singular fields. */
export type ProtoFields = Map<number, bigint | Buffer>;

/** Reads one message; undefined when the bytes are not protobuf. */
export function readProto(data: Buffer): ProtoFields | undefined {
  const fields: ProtoFields = new Map();
  let position = 0;
  const number = (): bigint | undefined => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = data[position++];
      if (byte === undefined) return undefined;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    return undefined;
  };
  while (position < data.length) {
    const tag = number();
    if (tag === undefined || tag >> 3n === 0n || tag > 0xffffffffn) return undefined;
    const value = readField(Number(tag & 7n));
    if (value === undefined) return undefined;
    fields.set(Number(tag >> 3n), value);
  }
  return fields;

  function readField(type: number): bigint | Buffer | undefined {
    if (type === WireType.Varint) return number();
    const length =
      type === WireType.Bytes ? number() : type === WireType.Fixed64 ? 8n : type === WireType.Fixed32 ? 4n : undefined;
    if (length === undefined || BigInt(position) + length > BigInt(data.length)) return undefined;
    const start = position;
    position += Number(length);
    return data.subarray(start, position);
  }
}

export function textField(fields: ProtoFields, field: number): string {
  return bytesField(fields, field).toString("utf8");
}

export function bytesField(fields: ProtoFields, field: number): Buffer {
  const value = fields.get(field);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

export function numberField(fields: ProtoFields, field: number): number {
  const value = fields.get(field);
  return typeof value === "bigint" ? Number(value) : 0;
}

/** `google.protobuf.Struct` of a plain object. */
export function encodeStruct(object: Readonly<Record<string, unknown>>): Buffer {
  const writer = new ProtoWriter();
  for (const [key, value] of Object.entries(object)) {
    writer.message(1, new ProtoWriter().bytes(1, key).message(2, encodeStructValue(value)).finish());
  }
  return writer.finish();
}

function encodeStructValue(value: unknown): Buffer {
  const writer = new ProtoWriter();
  if (typeof value === "number") return writer.double(2, value).finish();
  if (typeof value === "string") return writer.message(3, value).finish();
  if (typeof value === "boolean") return value ? writer.varint(4, 1).finish() : Buffer.of(0x20, 0);
  if (value === null || value === undefined) return Buffer.of(0x08, 0);
  if (!Array.isArray(value)) return writer.message(5, encodeStruct(value as Record<string, unknown>)).finish();
  const list = new ProtoWriter();
  for (const item of value) list.message(1, encodeStructValue(item));
  return writer.message(6, list.finish()).finish();
}

/** A Struct as CEL and paths see it: a map, whose numbers are doubles. */
export function structValue(value: unknown): Value {
  if (typeof value === "number") return new Double(value);
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("latin1");
  if (typeof value === "boolean" || value === null || value === undefined) return value ?? null;
  if (Array.isArray(value)) return value.map(structValue);
  return new Map(Object.entries(value).map(([key, item]) => [key, structValue(item)]));
}

/** `envoy.config.core.v3.Metadata` with the given `filter_metadata`. */
export function metadataMessage(filterMetadata: Readonly<Record<string, unknown>> = {}): Message {
  return new Message({ filter_metadata: structValue(filterMetadata), typed_filter_metadata: new Map() }, () => {
    const writer = new ProtoWriter();
    for (const [name, struct] of Object.entries(filterMetadata)) {
      const entry = new ProtoWriter().bytes(1, name).message(2, encodeStruct(struct as Record<string, unknown>));
      writer.message(1, entry.finish());
    }
    return writer.finish();
  });
}
