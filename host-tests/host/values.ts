/**
 * Values of properties (Envoy's attributes) with their types, and how `proxy_get_property` serializes them:
 * source/extensions/common/wasm/context.cc, serializeValue.
 */
import { fromLatin1, latin1, utf8Text } from "./bytes.ts";
import { HeaderMap } from "./header-map.ts";
import { encodeNestedPairs, type Pair } from "./pairs.ts";

/** An unsigned integer; a plain bigint, or a whole number, is a signed one. */
export class Uint {
  constructor(readonly value: bigint) {}
}

/** A number with a fraction, also where it happens to be whole. */
export class Double {
  constructor(readonly value: number) {}
}

/** A moment, in nanoseconds since the epoch. */
export class Timestamp {
  constructor(readonly nanoseconds: bigint) {}
}

/** A length of time, in nanoseconds. */
export class Duration {
  constructor(readonly nanoseconds: bigint) {}
}

/** A protobuf message: fields by name for paths that go on, bytes when it is asked for as a whole. */
export class Message {
  constructor(
    readonly fields: Readonly<Record<string, Value>>,
    readonly encode: () => Buffer,
  ) {}
}

/** A map that can be asked for a key but not listed, and so not serialized as a whole (Envoy: SerializationFailure). */
export class Lookup {
  constructor(readonly find: (key: string) => Value | undefined) {}
}

/** Like a Lookup, but serialized as a whole it is an empty map: the fields of a filter state object. */
export class FieldMap extends Lookup {}

export type Value =
  | string
  | Buffer
  | bigint
  | boolean
  | null
  | Uint
  | Double
  | Timestamp
  | Duration
  | Message
  | Lookup
  | HeaderMap
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** A plain JavaScript value as a property: whole numbers are ints, objects are maps, Uint8Arrays are bytes. */
export function toValue(input: unknown): Value | undefined {
  if (input === undefined) return undefined;
  if (typeof input === "number") return Number.isInteger(input) ? BigInt(input) : new Double(input);
  if (typeof input === "string") return utf8Text(input);
  if (typeof input !== "object" || input === null) return input as bigint | boolean | null;
  if (Buffer.isBuffer(input) || isTyped(input)) return input;
  if (input instanceof Uint8Array) return Buffer.from(input);
  if (input instanceof Date) return new Timestamp(BigInt(input.getTime()) * 1_000_000n);
  if (Array.isArray(input)) return input.map((item) => toValue(item) ?? null);
  const entries = input instanceof Map ? [...input] : Object.entries(input);
  return new Map(entries.map(([key, value]) => [utf8Text(String(key)), toValue(value) ?? null]));
}

function isTyped(input: object): input is Exclude<Value, string | Buffer | bigint | boolean | null> {
  return [Uint, Double, Timestamp, Duration, Message, Lookup, HeaderMap].some((type) => input instanceof type);
}

/** What a path part leads to, or undefined. */
export function member(value: Value, part: string): Value | undefined {
  if (value instanceof Map) return value.get(part) as Value | undefined;
  if (value instanceof HeaderMap) return joinedHeader(value, part);
  if (value instanceof Lookup) return value.find(part);
  if (value instanceof Message) return Object.hasOwn(value.fields, part) ? value.fields[part] : undefined;
  if (Array.isArray(value)) return /^[+-]?\d+$/.test(part.trim()) ? (value[Number(part)] as Value) : undefined;
  return undefined;
}

/** In an attribute several values of a header are one, joined with a comma. */
function joinedHeader(headers: HeaderMap, name: string): string | undefined {
  const values = headers.all(name);
  return values.length === 0 ? undefined : values.join(",");
}

/** The bytes that a guest gets, or undefined where Envoy answers SerializationFailure. */
export function serialize(value: Value): Buffer | undefined {
  if (typeof value === "string") return latin1(value);
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === "bigint") return u64(value);
  if (typeof value === "boolean") return Buffer.of(value ? 1 : 0);
  if (value === null) return undefined;
  if (value instanceof Uint) return u64(value.value);
  if (value instanceof Double) return double(value.value);
  if (value instanceof Timestamp || value instanceof Duration) return u64(value.nanoseconds);
  if (value instanceof Message) return value.encode();
  if (value instanceof HeaderMap) return encodeNestedPairs(joinedPairs(value));
  if (value instanceof FieldMap) return encodeNestedPairs([]);
  if (value instanceof Lookup) return undefined;
  return serializeEntries(value instanceof Map ? [...value] : (value as readonly Value[]).map((item) => [item, ""]));
}

function joinedPairs(headers: HeaderMap): Pair[] {
  const names = new Set(Array.from(headers.pairs(), ([name]) => name));
  return Array.from(names, (name) => [name, joinedHeader(headers, name) ?? ""]);
}

function serializeEntries(entries: readonly (readonly [Value, Value])[]): Buffer | undefined {
  const pairs: Pair[] = [];
  for (const [key, item] of entries) {
    const [name, text] = [serialize(key), serialize(item)];
    if (name === undefined || text === undefined) return undefined;
    pairs.push([fromLatin1(name), fromLatin1(text)]);
  }
  return encodeNestedPairs(pairs);
}

function u64(value: bigint): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigUInt64LE(BigInt.asUintN(64, value));
  return buffer;
}

function double(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeDoubleLE(value);
  return buffer;
}
