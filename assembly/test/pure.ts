/**
 * What the tests in `host-tests/pure` call: the pure code, each function with all its parameters. Never shipped.
 *
 * A `Bytes` crosses the border as its address; the tests make one with `view` and read it from memory. What has several
 * results is written into a `Bytes` whose layout stands at its function.
 */
import "../abi/abort";
import { decodePercent, decodePercentLenient } from "../encoding/percent";
import { CacheControl } from "../http/cache-control";
import { CookieReader } from "../http/cookies";
import { QueryReader } from "../http/query";
import { TraceContextReader } from "../http/trace-context";
import { Url } from "../http/url";
import { JsonDocument, JsonKind, JsonValue } from "../json/document";
import { JsonEditor } from "../json/edit";
import { JsonEvent, JsonReader, JsonStatus, statusText } from "../json/reader";
import { writeJsonString } from "../json/writer";
import { Bytes } from "../text/bytes";
import { DecimalReader, parseUnsigned as parseUpTo } from "../text/decimal";
import { parseFloat64 } from "../text/float";
import { hash64 } from "../text/hash";
import { ByteWriter } from "../text/writer";

export { allocate, enter, leave, reset } from "../memory/arena";
export { decodeBase64, encodeBase64 } from "../encoding/base64";
export { decodeBase64url, encodeBase64url, isBase64url } from "../encoding/base64url";
export { equalsDecoded } from "../encoding/percent";
export { findCookie } from "../http/cookies";
export { findParameter, removeParameter } from "../http/query";
export { isGrpcContentType, isHeaderName, isHeaderValue } from "../http/header";
export { isTraceparent } from "../http/trace-context";
export { isValidUtf8 } from "../text/utf8";

export function view(ptr: usize, length: i32): Bytes {
  return Bytes.view(ptr, length);
}

export function hash(bytes: Bytes, seed: u64): u64 {
  return hash64(bytes, seed);
}

export function percentDecode(text: Bytes, plusIsSpace: bool): Bytes | null {
  return decodePercent(text, plusIsSpace);
}

export function percentDecodeLenient(text: Bytes, plusIsSpace: bool): Bytes {
  return decodePercentLenient(text, plusIsSpace);
}

export function float64(text: Bytes): f64 {
  return parseFloat64(text);
}

// ---- Bytes and ByteWriter

export function persist(bytes: Bytes): Bytes {
  return bytes.persist();
}

export function release(bytes: Bytes): void {
  bytes.release();
}

/** Answer of one method of Bytes; see `bytes.test.ts`. */
export function bytesMethod(method: i32, bytes: Bytes, other: Bytes, from: i32, to: i32): i32 {
  switch (method) {
    case 0:
      return bytes.at(from);
    case 1:
      return bytes[from];
    case 2:
      return bytes.equals(other);
    case 3:
      return bytes.startsWith(other);
    case 4:
      return bytes.endsWith(other);
    case 5:
      return bytes.equalsIgnoreCase(other);
    case 6:
      return bytes.startsWithIgnoreCase(other);
    case 7:
      return bytes.indexOf(<u8>to, from);
    case 8:
      return bytes.lastIndexOf(<u8>to);
    default:
      return -1;
  }
}

export function bytesSlice(bytes: Bytes, from: i32, to: i32): Bytes {
  return bytes.slice(from, to);
}

export function bytesTrim(bytes: Bytes): Bytes {
  return bytes.trim();
}

/** The bytes read as UTF-8 into a String, and written again. */
export function bytesRoundTrip(bytes: Bytes): Bytes {
  return Bytes.of(bytes.toString());
}

let writer = changetype<ByteWriter>(0);

export function writerCreate(capacity: i32): void {
  writer = ByteWriter.create(capacity);
}

export function writerPut(byte: u8): void {
  writer.put(byte);
}

export function writerBytes(bytes: Bytes): void {
  writer.bytes(bytes);
}

export function writerText(bytes: Bytes): void {
  writer.text(bytes.toString());
}

export function writerI64(value: i64): void {
  writer.i64(value);
}

export function writerU64(value: u64): void {
  writer.u64(value);
}

export function writerU32le(value: u32): void {
  writer.u32le(value);
}

export function writerFinish(): Bytes {
  return writer.finish();
}

// ---- Decimal

const decimal = new DecimalReader();

export function readUnsigned(text: Bytes): i32 {
  return decimal.readUnsigned(text);
}

export function readSigned(text: Bytes): i32 {
  return decimal.readSigned(text);
}

export function parseUnsigned(text: Bytes, max: i64): i64 {
  return parseUpTo(text, max);
}

export function unsignedValue(): u64 {
  return decimal.unsigned;
}

export function signedValue(): i64 {
  return decimal.signed;
}

// ---- JSON

const reader = new JsonReader();

function putF64(target: ByteWriter, value: f64): void {
  const bits = reinterpret<u64>(value);
  target.u32le(<u32>bits);
  target.u32le(<u32>(bits >> 32));
}

function putI64(target: ByteWriter, value: i64): void {
  target.u32le(<u32>value);
  target.u32le(<u32>(value >> 32));
}

function putBytes(target: ByteWriter, bytes: Bytes): void {
  target.u32le(bytes.length);
  target.bytes(bytes);
}

/**
 * Everything the reader says about `text`, an entry for each event up to End or Error:
 * event, status, flags (1 escaped, 2 isInteger, 4 overflow): u8; offset, depth, start, end: u32; and for Key, String and
 * Number: length u32 and text; for Number also integer i64 and number f64.
 */
export function jsonTrace(text: Bytes, maxDepth: i32): Bytes {
  const trace = ByteWriter.create(4096);
  reader.reset(text, maxDepth);
  while (true) {
    const event = reader.next();
    traceEvent(trace);
    if (event == JsonEvent.Error || event == JsonEvent.End) return trace.finish();
  }
}

function traceEvent(trace: ByteWriter): void {
  const event = reader.event;
  const integer = event == JsonEvent.Number && reader.isInteger ? reader.integer() : 0;
  const overflow = event == JsonEvent.Number && reader.isInteger && reader.overflow;
  trace.put(<u8>event);
  trace.put(<u8>reader.status);
  trace.put(<u8>((reader.escaped ? 1 : 0) | (reader.isInteger ? 2 : 0) | (overflow ? 4 : 0)));
  trace.u32le(reader.offset);
  trace.u32le(reader.depth);
  trace.u32le(reader.start);
  trace.u32le(reader.end);
  if (event != JsonEvent.Key && event != JsonEvent.String && event != JsonEvent.Number) return;
  putBytes(trace, reader.text());
  if (event != JsonEvent.Number) return;
  putI64(trace, integer);
  putF64(trace, reader.number());
}

/** Reads all events of `text` and nothing else; answers the last one. The reader stays there. */
export function jsonScan(text: Bytes, maxDepth: i32): i32 {
  reader.reset(text, maxDepth);
  while (true) {
    const event = reader.next();
    if (event == JsonEvent.Error || event == JsonEvent.End) return event;
  }
}

/** The current event after asking again for the next one; the reader stays where it is after Error and End. */
export function jsonNextAgain(): i32 {
  return reader.next();
}

/**
 * Skips at the event of number `index` (0: before the first). Answers the success in bit 0, and above it, from bit 8, the
 * event and, from bit 16, the depth afterwards.
 */
export function jsonSkip(text: Bytes, index: i32): i32 {
  reader.reset(text);
  for (let i = 0; i < index; i++) reader.next();
  const skipped = reader.skip();
  return (skipped ? 1 : 0) | ((<i32>reader.event) << 8) | (reader.depth << 16);
}

export function jsonOffset(): i32 {
  return reader.offset;
}

export function jsonEnd(): i32 {
  return reader.end;
}

/** Whether the first token of `text`, a string, equals `name`. */
export function jsonStringEquals(text: Bytes, name: Bytes): bool {
  reader.reset(text);
  reader.next();
  return reader.keyEquals(name);
}

export function statusWords(status: JsonStatus): Bytes {
  return Bytes.of(statusText(status));
}

export function jsonString(text: Bytes): Bytes {
  const target = ByteWriter.create(1);
  writeJsonString(target, text);
  return target.finish();
}

let document: JsonDocument = JsonDocument.parse(Bytes.of("null"), 1);

export function documentParse(text: Bytes, maxDepth: i32): i32 {
  document = JsonDocument.parse(text, maxDepth);
  return document.status;
}

export function documentProblem(): Bytes {
  return Bytes.of(document.problem());
}

/** The document written again, without white space, from what its tree holds. */
export function documentText(): Bytes {
  const target = ByteWriter.create(1024);
  const root = document.root;
  if (root !== null) writeValue(target, root);
  return target.finish();
}

/** For each value a line: path, kind, start, end, size, integer or overflow. */
export function documentValues(): Bytes {
  const target = ByteWriter.create(1024);
  const root = document.root;
  if (root !== null) listValue(target, root);
  return target.finish();
}

/** Path of the member `name` of the root; null when it is not there. */
export function documentGet(name: Bytes): Bytes | null {
  const root = document.root;
  if (root === null) return null;
  const value = root.get(name.toString());
  return value === null ? null : Bytes.of(value.path());
}

function writeValue(target: ByteWriter, value: JsonValue): void {
  if (value.kind == JsonKind.Null) target.text("null");
  else if (value.kind == JsonKind.Boolean) target.text(value.boolean ? "true" : "false");
  else if (value.kind == JsonKind.Number) target.text(value.text);
  else if (value.kind == JsonKind.String) writeJsonString(target, Bytes.of(value.text));
  else writeContainer(target, value, value.kind == JsonKind.Object);
}

function writeContainer(target: ByteWriter, container: JsonValue, object: bool): void {
  target.text(object ? "{" : "[");
  let child = container.first;
  while (child !== null) {
    if (child.index > 0) target.text(",");
    if (object) {
      writeJsonString(target, Bytes.of(child.name));
      target.text(":");
    }
    writeValue(target, child);
    child = child.next;
  }
  target.text(object ? "}" : "]");
}

function listValue(target: ByteWriter, value: JsonValue): void {
  target.text(value.path() + " " + value.kind.toString() + " " + value.start.toString() + " " + value.end.toString());
  target.text(" " + value.size.toString() + " ");
  target.text(value.overflow ? "overflow" : value.isInteger ? value.integer.toString() : "-");
  target.text("\n");
  let child = value.first;
  while (child !== null) {
    listValue(target, child);
    child = child.next;
  }
}

const editor = new JsonEditor();

export function editSet(text: Bytes, pointer: Bytes, value: Bytes): i32 {
  return editor.set(text, pointer, value);
}

export function editRemove(text: Bytes, pointer: Bytes): i32 {
  return editor.remove(text, pointer);
}

export function editResult(): Bytes {
  return editor.result;
}

export function editOffset(): i32 {
  return editor.offset;
}

// ---- HTTP

const cookies = new CookieReader();

/** All pairs of a Cookie header: length u32 and bytes of each name and value. */
export function cookiePairs(header: Bytes): Bytes {
  const pairs = ByteWriter.create(256);
  cookies.reset(header);
  while (cookies.next()) {
    putBytes(pairs, cookies.name());
    putBytes(pairs, cookies.value());
  }
  return pairs.finish();
}

const query = new QueryReader();

/** All parameters of a request target: length u32 and bytes of each raw name, raw value and decoded value. */
export function queryParameters(target: Bytes): Bytes {
  const parameters = ByteWriter.create(256);
  query.reset(target);
  while (query.next()) {
    putBytes(parameters, query.rawName());
    putBytes(parameters, query.rawValue());
    putBytes(parameters, query.value());
  }
  return parameters.finish();
}

/** Decoded values of all parameters `name`: length u32 and bytes each. */
export function queryValues(target: Bytes, name: Bytes): Bytes {
  const values = ByteWriter.create(256);
  query.reset(target);
  while (query.nextNamed(name)) putBytes(values, query.value());
  return values.finish();
}

const cacheControl = new CacheControl();

/** Reads `value` as one line; answers maxAge i64, noStore u8, noCache u8. Lines add up unless `fresh`. */
export function cacheControlRead(value: Bytes, fresh: bool): Bytes {
  if (fresh) cacheControl.reset();
  cacheControl.read(value);
  const result = ByteWriter.create(10);
  putI64(result, cacheControl.maxAge);
  result.put(<u8>cacheControl.noStore);
  result.put(<u8>cacheControl.noCache);
  return result.finish();
}

const url = new Url();

/** Status u8, and after Ok: secure u8, port u32, length u32 and bytes of authority, host and path. */
export function urlParse(text: Bytes): Bytes {
  const result = ByteWriter.create(256);
  const status = url.parse(text);
  result.put(<u8>status);
  if (status != 0) return result.finish();
  result.put(<u8>url.secure);
  result.u32le(url.port);
  putBytes(result, url.authority);
  putBytes(result, url.host);
  putBytes(result, url.path);
  return result.finish();
}

const traceContext = new TraceContextReader();

/** Of headers as lines, `name: value`: length u32 and bytes of `traceparent`, and of `tracestate`; what is null is left out. */
export function traceContextOf(lines: Bytes): Bytes {
  traceContext.reset();
  let start = 0;
  while (start < lines.length) {
    const end = lines.indexOf(0x0a, start);
    const line = lines.slice(start, end);
    const colon = line.indexOf(0x3a);
    traceContext.add(line.slice(0, colon), line.slice(colon + 2));
    start = end + 1;
  }
  const result = ByteWriter.create();
  const traceparent = traceContext.traceparent();
  const tracestate = traceContext.tracestate();
  if (traceparent !== null) putBytes(result, traceparent);
  if (tracestate !== null) putBytes(result, tracestate);
  return result.finish();
}
