import * as ascii from "../text/ascii";
import { Bytes, findByte } from "../text/bytes";

/**
 * Reads the value of a Cookie header (RFC 6265bis §4.2) pair by pair, as Envoy does: pairs end at `;`, spaces before a
 * name are skipped, a pair without `=` is ignored, quotes around a whole value are taken off. Nothing else is trimmed or
 * decoded, and nothing is refused: a browser sends what some page has set.
 */
@final
export class CookieReader {
  private ptr: usize = 0;
  private length: i32 = 0;
  private nextStart: i32 = 0;
  private nameStart: i32 = 0;
  private nameEnd: i32 = 0;
  private valueEnd: i32 = 0;

  /** Starts over with `header`, which must stay as it is while it is read. */
  reset(header: Bytes): void {
    this.ptr = header.ptr;
    this.length = header.length;
    this.nextStart = 0;
    this.nameStart = 0;
    this.nameEnd = 0;
    this.valueEnd = 0;
  }

  /** Goes on to the next pair; false when there is none. */
  next(): bool {
    while (this.nextStart < this.length) {
      const start = this.skipSpaces(this.nextStart);
      const end = findByte(this.ptr, ascii.SEMICOLON, start, this.length);
      const equals = findByte(this.ptr, ascii.EQUALS, start, end);
      this.nextStart = end + 1;
      if (equals == end) continue;
      this.nameStart = start;
      this.nameEnd = equals;
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
    // The first pair starts behind an `=`; before it there is none, and its value is empty.
    const start = min(this.nameEnd + 1, this.valueEnd);
    const value = Bytes.view(this.ptr + <usize>start, this.valueEnd - start);
    const last = value.length - 1;
    const quoted = last >= 1 && value.at(0) == ascii.QUOTE && value.at(last) == ascii.QUOTE;
    return quoted ? value.slice(1, last) : value;
  }

  private skipSpaces(at: i32): i32 {
    while (at < this.length && load<u8>(this.ptr + <usize>at) == ascii.SPACE) at += 1;
    return at;
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
