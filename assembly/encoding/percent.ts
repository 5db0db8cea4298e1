import * as arena from "../memory/arena";
import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";

/**
 * `text` with its percent-encodings (RFC 3986 §2.1) decoded; null when a `%` is not followed by two hexadecimal digits.
 * With `plusIsSpace`, `+` becomes a space, as in an HTML form. Shares the memory of `text` when there is nothing to do.
 */
export function decodePercent(text: Bytes, plusIsSpace: bool = false): Bytes | null {
  let at = text.indexOf(ascii.PERCENT);
  while (at >= 0) {
    if (encodedByte(text, at) < 0) return null;
    at = text.indexOf(ascii.PERCENT, at + 3);
  }
  return decodePercentLenient(text, plusIsSpace);
}

/** Like `decodePercent`, but a malformed encoding stands for itself, as in Envoy and in the URL standard of WHATWG. */
export function decodePercentLenient(text: Bytes, plusIsSpace: bool = false): Bytes {
  const nothingToDo = text.indexOf(ascii.PERCENT) < 0 && !(plusIsSpace && text.indexOf(ascii.PLUS) >= 0);
  if (nothingToDo) return text;

  const target = arena.allocate(<usize>text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let byte = <i32>text.at(at);
    const encoded = byte == ascii.PERCENT ? encodedByte(text, at) : -1;
    if (encoded >= 0) {
      byte = encoded;
      at += 2;
    } else if (byte == ascii.PLUS && plusIsSpace) {
      byte = ascii.SPACE;
    }
    store<u8>(target + <usize>length, <u8>byte);
    length += 1;
  }
  return Bytes.view(target, length);
}

/** Whether `text`, decoded as by `decodePercentLenient`, is `plain`. Needs no memory. */
export function equalsDecoded(text: Bytes, plain: Bytes): bool {
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    let byte = <i32>text.at(at);
    const encoded = byte == ascii.PERCENT ? encodedByte(text, at) : -1;
    if (encoded >= 0) {
      byte = encoded;
      at += 2;
    }
    if (matched == plain.length || <i32>plain.at(matched) != byte) return false;
    matched += 1;
  }
  return matched == plain.length;
}

/** The byte that the percent-encoding at `at` stands for; -1 when it is malformed. */
export function encodedByte(text: Bytes, at: i32): i32 {
  const high = ascii.hexValue(text.at(at + 1));
  const low = ascii.hexValue(text.at(at + 2));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}
