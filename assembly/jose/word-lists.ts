import { JsonEvent, JsonReader } from "../json/reader";
import { writeJsonString } from "../json/writer";
import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";
import { MAX_DEPTH } from "./strict-json";

const reader = new JsonReader();

/**
 * `payload`, a valid claims set, with those of the claims in `names` that are strings as lists of their words, separated by
 * spaces (Istio's `spaceDelimitedClaims`). A string without any word stays, and so does everything else, byte for byte.
 */
export function withWordLists(payload: Bytes, names: Bytes[]): Bytes {
  if (names.length == 0) return payload;
  const writer = ByteWriter.create(payload.length);
  let copied = 0;
  let isNamed = false;
  reader.reset(payload, MAX_DEPTH);
  for (let event = reader.next(); event != JsonEvent.End && event != JsonEvent.Error; event = reader.next()) {
    if (reader.depth != 1) continue;
    if (event == JsonEvent.Key) {
      isNamed = reader.text().isOneOf(names);
      continue;
    }
    if (!isNamed || event != JsonEvent.String) continue;
    const text = reader.text();
    const first = wordStart(text, 0);
    if (first == text.length) continue;
    writer.bytes(payload.slice(copied, reader.start));
    writeWords(writer, text, first);
    copied = reader.end;
  }
  writer.bytes(payload.slice(copied));
  return writer.finish();
}

/** Where the next word at or after `from` starts; the text's length when there is none. */
export function wordStart(text: Bytes, from: i32): i32 {
  let at = from;
  while (at < text.length && text.at(at) == ascii.SPACE) at += 1;
  return at;
}

/** Where the word at `from` ends. */
export function wordEnd(text: Bytes, from: i32): i32 {
  const space = text.indexOf(ascii.SPACE, from);
  return space < 0 ? text.length : space;
}

function writeWords(writer: ByteWriter, text: Bytes, first: i32): void {
  writer.put(ascii.BRACKET_OPEN);
  for (let start = first; start < text.length;) {
    const end = wordEnd(text, start);
    if (start > first) writer.put(ascii.COMMA);
    writeJsonString(writer, text.slice(start, end));
    start = wordStart(text, end);
  }
  writer.put(ascii.BRACKET_CLOSE);
}
