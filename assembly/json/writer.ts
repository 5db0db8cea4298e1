import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { sequenceLength } from "../text/utf8";
import { ByteWriter } from "../text/writer";
import { plainEnd } from "./string";

/** U+FFFD, which stands for a byte that is not part of a character. */
const REPLACEMENT = Bytes.constant("\uFFFD");

/**
 * Writes `text` as a JSON string (RFC 8259 §7), quotes included. It is valid JSON whatever the bytes are: those that are
 * not UTF-8 become U+FFFD.
 */
export function writeJsonString(writer: ByteWriter, text: Bytes): void {
  const end = text.ptr + <usize>text.length;
  let at = text.ptr;
  writer.put(ascii.QUOTE);
  while (at < end) {
    const special = plainEnd(at, end);
    if (special > at) writer.bytes(Bytes.view(at, <i32>(special - at)));
    if (special >= end) break;
    at = special + writeSpecial(writer, special, end);
  }
  writer.put(ascii.QUOTE);
}

/** Writes the character at `at`, which cannot stand for itself or is not ASCII; answers how many bytes it has. */
function writeSpecial(writer: ByteWriter, at: usize, end: usize): usize {
  const byte = load<u8>(at);
  if (byte >= 0x80) {
    const length = sequenceLength(at, end);
    writer.bytes(length > 0 ? Bytes.view(at, length) : REPLACEMENT);
    return <usize>max(length, 1);
  }
  writer.put(ascii.BACKSLASH);
  const letter = shortEscape(byte);
  if (letter != 0) {
    writer.put(letter);
  } else {
    writer.text("u00");
    writer.put(ascii.hexDigit(byte >> 4));
    writer.put(ascii.hexDigit(byte & 0x0f));
  }
  return 1;
}

/** The character that follows the backslash in the two-character escape of `byte`; 0 when it has none. */
function shortEscape(byte: u32): u8 {
  switch (byte) {
    case 0x08:
      return 0x62; // b
    case 0x09:
      return 0x74; // t
    case 0x0a:
      return 0x6e; // n
    case 0x0c:
      return 0x66; // f
    case 0x0d:
      return 0x72; // r
    case 0x22: // "
    case 0x5c: // \
      return <u8>byte;
    default:
      return 0;
  }
}
