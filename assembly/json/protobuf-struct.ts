import { ProtobufReader } from "../encoding/protobuf-reader";
import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";
import { writeJsonString } from "./writer";

// Fields of google.protobuf.Value (google/protobuf/struct.proto).
const NUMBER_VALUE: u32 = 2;
const STRING_VALUE: u32 = 3;
const BOOL_VALUE: u32 = 4;
const STRUCT_VALUE: u32 = 5;
const LIST_VALUE: u32 = 6;

/** Field of a Struct's entries, of an entry's key, and of a list's elements. */
const FIRST: u32 = 1;
/** Field of an entry's value. */
const SECOND: u32 = 2;

/** Deeper values are refused; no token passes 10 levels. */
const MAX_DEPTH = 64;

/** Integers up to here have digits of their own; an f64 holds them exactly. */
const MAX_INTEGER: f64 = 9007199254740991;

/** Writes a serialized `google.protobuf.Struct` as a JSON object. False when it nests too deep. */
export function writeProtobufStruct(writer: ByteWriter, struct: Bytes): bool {
  return writeStruct(writer, struct, 1);
}

function writeStruct(writer: ByteWriter, struct: Bytes, depth: i32): bool {
  if (depth > MAX_DEPTH) return false;
  const entries = ProtobufReader.of(struct);
  writer.put(ascii.BRACE_OPEN);
  let isFirst = true;
  while (entries.next()) {
    if (entries.field != FIRST) continue;
    if (!isFirst) writer.put(ascii.COMMA);
    isFirst = false;
    // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
    if (!writeEntry(writer, entries.value, depth)) return false;
  }
  writer.put(ascii.BRACE_CLOSE);
  return true;
}

function writeEntry(writer: ByteWriter, entry: Bytes, depth: i32): bool {
  const fields = ProtobufReader.of(entry);
  let name = entry.slice(0, 0);
  let value = name;
  while (fields.next()) {
    if (fields.field == FIRST) name = fields.value;
    else if (fields.field == SECOND) value = fields.value;
  }
  writeJsonString(writer, name);
  writer.put(ascii.COLON);
  // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
  return writeValue(writer, value, depth);
}

function writeList(writer: ByteWriter, list: Bytes, depth: i32): bool {
  if (depth > MAX_DEPTH) return false;
  const elements = ProtobufReader.of(list);
  writer.put(ascii.BRACKET_OPEN);
  let isFirst = true;
  while (elements.next()) {
    if (elements.field != FIRST) continue;
    if (!isFirst) writer.put(ascii.COMMA);
    isFirst = false;
    // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
    if (!writeValue(writer, elements.value, depth)) return false;
  }
  writer.put(ascii.BRACKET_CLOSE);
  return true;
}

function writeValue(writer: ByteWriter, value: Bytes, depth: i32): bool {
  const fields = ProtobufReader.of(value);
  if (!fields.next()) {
    writer.text("null");
    return true;
  }
  switch (fields.field) {
    case NUMBER_VALUE:
      writeNumber(writer, reinterpret<f64>(fields.number));
      return true;
    case STRING_VALUE:
      writeJsonString(writer, fields.value);
      return true;
    case BOOL_VALUE:
      writer.text(fields.number != 0 ? "true" : "false");
      return true;
    case STRUCT_VALUE:
      // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
      return writeStruct(writer, fields.value, depth + 1);
    case LIST_VALUE:
      // eslint-disable-next-line waypost/no-recursion -- as deep as MAX_DEPTH
      return writeList(writer, fields.value, depth + 1);
    default:
      writer.text("null");
      return true;
  }
}

/** No JSON can hold an infinity or NaN: they become null. */
function writeNumber(writer: ByteWriter, number: f64): void {
  if (!isFinite(number)) {
    writer.text("null");
  } else if (number == Math.trunc(number) && Math.abs(number) <= MAX_INTEGER) {
    writer.i64(<i64>number);
  } else {
    writer.text(number.toString());
  }
}
