import { encodedByte } from "../../encoding/percent";
import * as ascii from "../../text/ascii";
import { Bytes } from "../../text/bytes";
import { ByteWriter } from "../../text/writer";

/** Envoy takes 60 KiB of headers unless it is told otherwise; no path that it takes is longer. */
export const MAX_PATH_LENGTH = 65_536;

/** `text` as a part of one segment of a path: every byte that is not unreserved (RFC 3986 §2.3) percent-encoded. */
export function writeSegmentText(writer: ByteWriter, text: Bytes): void {
  for (let i = 0; i < text.length; i++) {
    const byte = text.at(i);
    if (isUnreserved(byte)) {
      writer.put(byte);
      continue;
    }
    writer.put(ascii.PERCENT);
    writer.put(upperHexDigit(byte >> 4));
    writer.put(upperHexDigit(byte & 15));
  }
}

/**
 * Whether `path` can take the place of a request's path: it starts with a slash, has no byte that would end it or the header,
 * and no segment `.` or `..` with which it would be another path than it seems to be. Not one that is encoded either, or that
 * has parameters or stands beside an encoded slash: some servers take `..;x` and `..%2Fx` for `../x`.
 */
export function isSafePath(path: Bytes): bool {
  if (path.at(0) != ascii.SLASH) return false;
  let dots = 0;
  let others = 0;
  for (let i = 1; i < path.length; i++) {
    let byte = <i32>path.at(i);
    if (byte <= <i32>ascii.SPACE || byte == ascii.DELETE || byte == ascii.QUESTION || byte == ascii.HASH) return false;
    if (byte == ascii.PERCENT) {
      byte = encodedByte(path, i);
      if (byte >= 0) i += 2;
    }
    switch (byte) {
      case ascii.SLASH:
      case ascii.BACKSLASH:
        if (isDotSegment(dots, others)) return false;
        dots = 0;
        others = 0;
        break;
      case ascii.SEMICOLON:
        if (isDotSegment(dots, others)) return false;
        others++;
        break;
      case ascii.DOT:
        dots++;
        break;
      default:
        others++;
    }
  }
  return !isDotSegment(dots, others);
}

/** Whether a segment with so many dots and so many other bytes is `.` or `..`. */
function isDotSegment(dots: i32, others: i32): bool {
  return others == 0 && (dots == 1 || dots == 2);
}

/** Whether `authority` can be `:authority`: host and port, without a user (RFC 3986 §3.2). */
export function isAuthority(authority: Bytes): bool {
  for (let i = 0; i < authority.length; i++) {
    const byte = authority.at(i);
    const isBracket = byte == ascii.BRACKET_OPEN || byte == ascii.BRACKET_CLOSE;
    if (!isUnreserved(byte) && byte != ascii.COLON && !isBracket) return false;
  }
  return authority.length > 0;
}

function isUnreserved(byte: u32): bool {
  if (ascii.isAlphanumeric(byte)) return true;
  return byte == ascii.MINUS || byte == ascii.DOT || byte == ascii.UNDERSCORE || byte == ascii.TILDE;
}

/** RFC 3986 §2.1 asks for upper case. */
function upperHexDigit(value: u32): u8 {
  return <u8>(value < 10 ? ascii.ZERO + value : 0x41 - 10 + value);
}
