import { ProtobufValueWriter } from "../encoding/protobuf-value";
import { JsonEvent, JsonReader } from "../json/reader";
import { Bytes } from "../text/bytes";
import { MAX_DEPTH } from "./strict-json";
import { wordEnd, wordStart } from "./word-lists";

const reader = new JsonReader();
const writer = new ProtobufValueWriter();

/**
 * A claims set as a serialized `google.protobuf.Value`: the struct that Envoy's jwt_authn puts into dynamic metadata under
 * `payload_in_metadata`. Claims of the claims set itself (not of objects in it) that `spaceDelimited` names become lists of
 * their words when they are strings (`normalize_payload_in_metadata.space_delimited_claims`); without any word they stay.
 *
 * Null when it would have more than `maxSize` bytes. A number too large for a double becomes null, as ECMAScript's
 * `JSON.stringify` has it: no JSON can hold an infinity.
 */
export function payloadValue(payload: Bytes, spaceDelimited: Bytes[], maxSize: i32): Bytes | null {
  reader.reset(payload, MAX_DEPTH);
  writer.reset();
  let isSplit = false;
  while (writer.length <= maxSize) {
    switch (reader.next()) {
      case JsonEvent.Error:
        return null;
      case JsonEvent.End: {
        const value = writer.finish();
        return value !== null && value.length <= maxSize ? value : null;
      }
      case JsonEvent.Key: {
        const name = reader.text();
        writer.name(name);
        isSplit = reader.depth == 1 && name.isOneOf(spaceDelimited);
        break;
      }
      case JsonEvent.String:
        writeString(reader.text(), isSplit && reader.depth == 1);
        break;
      default:
        writeOther();
    }
  }
  return null;
}

function writeString(text: Bytes, isSplit: bool): void {
  const first = isSplit ? wordStart(text, 0) : text.length;
  if (first == text.length) {
    writer.string(text);
    return;
  }
  writer.openList();
  for (let start = first; start < text.length;) {
    const end = wordEnd(text, start);
    writer.string(text.slice(start, end));
    start = wordStart(text, end);
  }
  writer.close();
}

function writeOther(): void {
  switch (reader.event) {
    case JsonEvent.ObjectStart:
      writer.openStruct();
      break;
    case JsonEvent.ArrayStart:
      writer.openList();
      break;
    case JsonEvent.ObjectEnd:
    case JsonEvent.ArrayEnd:
      writer.close();
      break;
    case JsonEvent.True:
    case JsonEvent.False:
      writer.bool(reader.event == JsonEvent.True);
      break;
    case JsonEvent.Number: {
      const number = reader.number();
      if (isFinite(number)) writer.number(number);
      else writer.nullValue();
      break;
    }
    default:
      writer.nullValue();
  }
}
