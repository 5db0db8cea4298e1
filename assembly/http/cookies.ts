import * as ascii from "../text/ascii";
import { Bytes, findByte } from "../text/bytes";

/**
 * Reads the value of a Cookie header (RFC 6265bis §4.2) pair by pair: pairs end at `;`, blanks around a name are none of it,
 * a pair without `=` is ignored, quotes around a whole value are taken off. Values are not trimmed, nothing is decoded, and
 * nothing is refused: a browser sends what some page has set.
 *
 * Envoy skips spaces before a name only. But to most others `token =x` is the cookie `token`, so whoever looks for a token
 * must see that one too.
 */
@final
export class CookieReader {
  private ptr: usize = 0;
  private length: i32 = 0;
  private nextStart: i32 = 0;
  private nameStart: i32 = 0;
  private nameEnd: i32 = 0;
  private valueStart: i32 = 0;
  private valueEnd: i32 = 0;

  /** Starts over with `header`, which must stay as it is while it is read. */
  reset(header: Bytes): void {
    this.ptr = header.ptr;
    this.length = header.length;
    this.nextStart = 0;
    this.nameStart = 0;
    this.nameEnd = 0;
    this.valueStart = 0;
    this.valueEnd = 0;
  }

  /** Goes on to the next pair; false when there is none. */
  next(): bool {
    while (this.nextStart < this.length) {
      const start = this.skipBlanks(this.nextStart);
      const end = findByte(this.ptr, ascii.SEMICOLON, start, this.length);
      const equals = findByte(this.ptr, ascii.EQUALS, start, end);
      this.nextStart = end + 1;
      if (equals == end) continue;
      this.nameStart = start;
      this.nameEnd = this.trimmedEnd(start, equals);
      this.valueStart = equals + 1;
      this.valueEnd = end;
      return true;
    }
    return false;
  }

  /** Whether the current pair's name is `name`. */
  nameEquals(name: Bytes): bool {
    const length = this.nameEnd - this.nameStart;
    return length == name.length && memory.compare(this.ptr + <usize>this.nameStart, name.ptr, <usize>length) == 0;
  }

  /** The current pair's name; shares the memory of the header. */
  name(): Bytes {
    return Bytes.view(this.ptr + <usize>this.nameStart, this.nameEnd - this.nameStart);
  }

  /** The current pair's value, without quotes around it; shares the memory of the header. */
  value(): Bytes {
    const value = Bytes.view(this.ptr + <usize>this.valueStart, this.valueEnd - this.valueStart);
    const last = value.length - 1;
    const quoted = last >= 1 && value.at(0) == ascii.QUOTE && value.at(last) == ascii.QUOTE;
    return quoted ? value.slice(1, last) : value;
  }

  private skipBlanks(at: i32): i32 {
    while (at < this.length && ascii.isBlank(load<u8>(this.ptr + <usize>at))) at += 1;
    return at;
  }

  private trimmedEnd(start: i32, end: i32): i32 {
    while (end > start && ascii.isBlank(load<u8>(this.ptr + <usize>(end - 1)))) end -= 1;
    return end;
  }
}

const reader = new CookieReader();

/** Value of the first cookie `name` in the value of a Cookie header; null when there is none. */
export function findCookie(header: Bytes, name: Bytes): Bytes | null {
  reader.reset(header);
  while (reader.next()) {
    if (reader.nameEquals(name)) return reader.value();
  }
  return null;
}
