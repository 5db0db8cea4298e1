/** Attributes as the CEL library takes them, and its results as attributes. */
import { celMap, celUint, isCelList, isCelMap, isCelUint } from "@bufbuild/cel";
import type { CelInput, CelMap, CelValue } from "@bufbuild/cel";
import { create } from "@bufbuild/protobuf";
import { isReflectMessage } from "@bufbuild/protobuf/reflect";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { utf8Text } from "../bytes.ts";
import { HeaderMap } from "../header-map.ts";
import { Double, Duration, Lookup, member, Message, Timestamp, Uint, type Value } from "../values.ts";

const NANOSECONDS = 1_000_000_000n;

export function toCel(value: Value): CelInput {
  if (typeof value === "string") return utf8(value);
  if (typeof value !== "object" || value === null) return value;
  if (Buffer.isBuffer(value)) return new Uint8Array(value);
  if (value instanceof Uint) return celUint(value.value);
  if (value instanceof Double) return value.value;
  if (value instanceof Timestamp) return create(TimestampSchema, secondsAndNanos(value.nanoseconds));
  if (value instanceof Duration) return create(DurationSchema, secondsAndNanos(value.nanoseconds));
  if (value instanceof Lookup || value instanceof Message) return lazyMap(value, []);
  if (value instanceof HeaderMap) {
    const names = Array.from(value, ([name]) => name);
    return lazyMap(value, names);
  }
  if (Array.isArray(value)) return value.map((item: Value) => toCel(item));
  return lazyMap(value, [...(value as ReadonlyMap<string, Value>).keys()]);
}

/** Undefined for what has no serialization: types, messages other than times. */
export function fromCel(value: CelValue): Value | undefined {
  if (typeof value === "string") return utf8Text(value);
  if (typeof value === "number") return new Double(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (isCelUint(value)) return new Uint(value.value);
  if (isCelList(value)) return Array.from(value, (item) => fromCel(item) ?? null);
  if (isCelMap(value) && lookups.has(value)) return lookups.get(value);
  if (isCelMap(value)) return new Map(Array.from(value, ([key, item]) => [mapKey(key), fromCel(item) ?? null]));
  if (!isReflectMessage(value)) return undefined;
  const { seconds, nanos } = value.message as unknown as { seconds: bigint; nanos: number };
  const nanoseconds = seconds * NANOSECONDS + BigInt(nanos);
  if (value.desc.typeName === TimestampSchema.typeName) return new Timestamp(nanoseconds);
  return value.desc.typeName === DurationSchema.typeName ? new Duration(nanoseconds) : undefined;
}

/** Maps of which no members can be listed, and what they were made of. */
const lookups = new WeakMap<CelMap, Lookup | Message>();

function lazyMap(source: Value, keys: readonly string[]): CelMap {
  const members = new LazyMap(source, keys);
  const map = celMap(members);
  if (source instanceof Lookup || source instanceof Message) lookups.set(map, source);
  // What `has` asks. The library's own takes a null for absent; and an unknown field of a message is an error, as its
  // isSet tells by `undefined`.
  const absent = source instanceof Message ? (undefined as unknown as boolean) : false;
  return Object.assign(map, { has: (key: string) => members.has(key) || absent });
}

/** A map that asks for members when they are wanted. */
class LazyMap extends Map<string, CelInput> {
  constructor(
    private readonly source: Value,
    keys: readonly string[],
  ) {
    super();
    for (const key of keys) super.set(utf8(key), null);
  }

  override get(key: string): CelInput | undefined {
    if (typeof key !== "string") return undefined;
    const found = member(this.source, utf8Text(key));
    return found === undefined ? undefined : toCel(found);
  }

  override has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  override *entries(): MapIterator<[string, CelInput]> {
    for (const key of this.keys()) yield [key, this.get(key) as CelInput];
  }

  override [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }
}

function secondsAndNanos(nanoseconds: bigint): { seconds: bigint; nanos: number } {
  return { seconds: nanoseconds / NANOSECONDS, nanos: Number(nanoseconds % NANOSECONDS) };
}

function utf8(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}

function mapKey(key: unknown): string {
  return isCelUint(key) ? String(key.value) : utf8Text(String(key));
}
