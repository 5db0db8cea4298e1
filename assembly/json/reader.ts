import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { DecimalReader, DecimalStatus } from "../text/decimal";
import { parseFloat64 } from "../text/float";
import { sequenceLength } from "../text/utf8";
import { JsonStatus } from "./status";
import { equalsUnescaped, escapeLength, plainEnd, unescape } from "./string";

export { JsonStatus, statusText } from "./status";

/** What `JsonReader.next` came upon. */
export enum JsonEvent {
  /** The text is malformed; `status` and `offset` say how and where. */
  Error,
  /** The value is complete, and only white space follows it. */
  End,
  ObjectStart,
  ObjectEnd,
  ArrayStart,
  ArrayEnd,
  /** Name of a member; its value is next. */
  Key,
  String,
  Number,
  True,
  False,
  Null,
}

/** What may come next. */
enum Expected {
  /** A value. */
  Value,
  /** The first element of an array, or its end. */
  FirstElement,
  /** The first key of an object, or its end. */
  FirstKey,
  /** What follows a value: a comma, the end of the container, or the end of the text. */
  Separator,
  /** Nothing more: the end was reached, or an error. */
  Nothing,
}

/** Most levels that a reader can be asked to follow: one bit each, no allocation. */
const MAX_DEPTH = 64;

const TRUE: u32 = 0x65757274;
const FALSE: u32 = 0x736c6166; // "fals"
const NULL: u32 = 0x6c6c756e;

const decimal = new DecimalReader();

/**
 * Reads a JSON text (RFC 8259) as a series of events, without building anything. Create one, and reuse it:
 *
 * ```ts
 * reader.reset(text);
 * if (reader.next() != JsonEvent.ObjectStart) return;
 * while (reader.next() == JsonEvent.Key) {
 *   if (reader.keyEquals(EXPIRY)) …reader.next()… else if (!reader.skip()) break;
 * }
 * // Unless the event is ObjectEnd now, the text is malformed.
 * ```
 *
 * Strict: UTF-8 is validated, one half of a surrogate pair is refused, so is whatever follows the value. Members of one
 * name are left to the caller (`MemberSet`). Nothing traps. Nothing is known to be well-formed before `End`.
 */
@final
export class JsonReader {
  /** The current event: what `next` answered last. */
  event: JsonEvent = JsonEvent.Error;
  /** Why the event is `Error`; `Ok` otherwise. */
  status: JsonStatus = JsonStatus.UnexpectedEnd;
  /** Where the text is malformed, in bytes from its start. */
  offset: i32 = 0;
  /** How many objects and arrays are open; `ObjectStart` counts already, `ObjectEnd` no longer. */
  depth: i32 = 0;
  /** Where the current token starts in the text, in bytes; a string's with its quote. */
  start: i32 = 0;
  /** Where the current token ends. */
  end: i32 = 0;
  /** Whether the current Key or String has escapes. */
  escaped: bool = false;
  /** Whether the current Number has neither fraction nor exponent. */
  isInteger: bool = false;
  /** Whether the last `integer()` did not fit. */
  overflow: bool = false;

  private base: usize = 0;
  private limit: usize = 0;
  private at: usize = 0;
  private expected: Expected = Expected.Nothing;
  private maxDepth: i32 = 0;
  // The kinds of the open containers, the innermost lowest: 1 is an object, 0 an array.
  private objects: u64 = 0;

  /** Starts over with `text`, which must stay as it is while it is read. At most 64 levels. */
  reset(text: Bytes, maxDepth: i32 = 32): void {
    this.event = JsonEvent.Error;
    this.status = JsonStatus.Ok;
    this.offset = 0;
    this.depth = 0;
    this.start = 0;
    this.end = 0;
    this.escaped = false;
    this.isInteger = false;
    this.overflow = false;
    this.base = text.ptr;
    this.limit = text.ptr + <usize>text.length;
    this.at = text.ptr;
    this.expected = Expected.Value;
    this.maxDepth = min(maxDepth, MAX_DEPTH);
    this.objects = 0;
  }

  /** Goes on to the next token. After `Error` and after `End` it stays there. */
  next(): JsonEvent {
    const expected = this.expected;
    if (expected == Expected.Nothing) return this.event;

    let at = this.skipSpace(this.at);
    let mayClose = expected != Expected.Value;
    let mayBeKey = expected == Expected.FirstKey;
    if (expected == Expected.Separator) {
      if (this.depth == 0) return this.finish(at);
      if (at < this.limit && load<u8>(at) == ascii.COMMA) {
        at = this.skipSpace(at + 1);
        mayClose = false;
        mayBeKey = this.inObject();
      } else if (at < this.limit && load<u8>(at) != this.closing()) {
        return this.fail(JsonStatus.UnexpectedByte, at);
      }
    }
    if (at >= this.limit) return this.fail(JsonStatus.UnexpectedEnd, at);
    if (mayClose && load<u8>(at) == this.closing()) return this.close(at);
    return mayBeKey ? this.readKey(at) : this.readValue(at);
  }

  /**
   * Consumes a whole value, checking it: the value of the current Key; up to its end, the object or array whose start is
   * the current event; otherwise the next element or member. False when the text is malformed.
   */
  skip(): bool {
    let depth = this.depth;
    if (this.event == JsonEvent.ObjectStart || this.event == JsonEvent.ArrayStart) {
      depth -= 1;
    } else {
      if (this.next() == JsonEvent.Key) this.next();
      if (this.event != JsonEvent.ObjectStart && this.event != JsonEvent.ArrayStart)
        return this.event != JsonEvent.Error;
    }
    while (this.next() != JsonEvent.Error) {
      if (this.depth == depth) return true;
    }
    return false;
  }

  /** The current token as it is written. */
  raw(): Bytes {
    return Bytes.view(this.base + <usize>this.start, this.end - this.start);
  }

  /** The current Key or String with its escapes resolved, a Number as it is written. In the arena when `escaped`. */
  text(): Bytes {
    if (this.event != JsonEvent.Key && this.event != JsonEvent.String) return this.raw();
    return this.escaped ? unescape(this.inner()) : this.inner();
  }

  /** Whether the current Key or String is `name`, its escapes resolved. */
  keyEquals(name: Bytes): bool {
    if (this.event != JsonEvent.Key && this.event != JsonEvent.String) return false;
    if (this.escaped) return equalsUnescaped(this.inner(), name);
    const length = this.end - this.start - 2;
    return length == name.length && memory.compare(this.base + <usize>this.start + 1, name.ptr, <usize>length) == 0;
  }

  /** The current Number, which `isInteger`; when it does not fit, `overflow` is set and it is the nearest that fits. */
  integer(): i64 {
    const status = decimal.readSigned(this.raw());
    this.overflow = status == DecimalStatus.Overflow;
    return decimal.signed;
  }

  /** The current Number, correctly rounded; an infinity when it is too large. */
  number(): f64 {
    return this.event == JsonEvent.Number ? parseFloat64(this.raw()) : 0;
  }

  // What is between the quotes of the current Key or String.
  private inner(): Bytes {
    return Bytes.view(this.base + <usize>this.start + 1, this.end - this.start - 2);
  }

  private skipSpace(at: usize): usize {
    const limit = this.limit;
    while (at < limit) {
      const byte = load<u8>(at);
      if (byte > ascii.SPACE) break;
      if (byte != ascii.SPACE && byte != ascii.LINE_FEED && byte != ascii.CARRIAGE_RETURN && byte != ascii.TAB) break;
      at += 1;
    }
    return at;
  }

  private inObject(): bool {
    return (this.objects & 1) != 0;
  }

  // The byte that ends the innermost container.
  private closing(): u8 {
    return this.inObject() ? ascii.BRACE_CLOSE : ascii.BRACKET_CLOSE;
  }

  private fail(status: JsonStatus, at: usize): JsonEvent {
    this.status = status;
    this.offset = <i32>(at - this.base);
    this.expected = Expected.Nothing;
    this.event = JsonEvent.Error;
    return JsonEvent.Error;
  }

  private failAt(status: JsonStatus, at: usize): JsonEvent {
    return this.fail(at < this.limit ? status : JsonStatus.UnexpectedEnd, at);
  }

  private finish(at: usize): JsonEvent {
    if (at < this.limit) return this.fail(JsonStatus.TrailingData, at);
    this.expected = Expected.Nothing;
    return this.token(JsonEvent.End, at, at);
  }

  private token(event: JsonEvent, start: usize, end: usize): JsonEvent {
    this.event = event;
    this.start = <i32>(start - this.base);
    this.end = <i32>(end - this.base);
    this.at = end;
    return event;
  }

  private open(object: bool, at: usize): JsonEvent {
    if (this.depth >= this.maxDepth) return this.fail(JsonStatus.TooDeep, at);
    this.depth += 1;
    this.objects = (this.objects << 1) | (<u64>object);
    this.expected = object ? Expected.FirstKey : Expected.FirstElement;
    return this.token(object ? JsonEvent.ObjectStart : JsonEvent.ArrayStart, at, at + 1);
  }

  private close(at: usize): JsonEvent {
    const event = this.inObject() ? JsonEvent.ObjectEnd : JsonEvent.ArrayEnd;
    this.depth -= 1;
    this.objects >>= 1;
    this.expected = Expected.Separator;
    return this.token(event, at, at + 1);
  }

  private readKey(at: usize): JsonEvent {
    if (load<u8>(at) != ascii.QUOTE) return this.fail(JsonStatus.UnexpectedByte, at);
    const end = this.stringEnd(at + 1);
    if (end == 0) return JsonEvent.Error;
    const colon = this.skipSpace(end);
    if (colon >= this.limit || load<u8>(colon) != ascii.COLON) return this.failAt(JsonStatus.UnexpectedByte, colon);
    this.expected = Expected.Value;
    this.token(JsonEvent.Key, at, end);
    this.at = colon + 1;
    return JsonEvent.Key;
  }

  private readValue(at: usize): JsonEvent {
    this.expected = Expected.Separator;
    const byte = <u32>load<u8>(at);
    switch (byte) {
      case 0x22: {
        const end = this.stringEnd(at + 1);
        return end == 0 ? JsonEvent.Error : this.token(JsonEvent.String, at, end);
      }
      case 0x7b: // {
        return this.open(true, at);
      case 0x5b: // [
        return this.open(false, at);
      case 0x74: // t
        return this.readLiteral(JsonEvent.True, TRUE, at);
      case 0x66: // f
        return this.readLiteral(JsonEvent.False, FALSE, at);
      case 0x6e: // n
        return this.readLiteral(JsonEvent.Null, NULL, at);
      default:
        return byte == ascii.MINUS || ascii.isDigit(byte)
          ? this.readNumber(at)
          : this.fail(JsonStatus.UnexpectedByte, at);
    }
  }

  /** End of the string whose inside starts at `at`, its closing quote included; 0 after an error. */
  private stringEnd(at: usize): usize {
    const limit = this.limit;
    this.escaped = false;
    while (true) {
      at = plainEnd(at, limit);
      if (at >= limit) break;
      const byte = <u32>load<u8>(at);
      if (byte == ascii.QUOTE) return at + 1;
      let length: usize = 0;
      if (byte == ascii.BACKSLASH) {
        this.escaped = true;
        length = escapeLength(at, limit);
      } else if (byte >= 0x80) {
        length = <usize>sequenceLength(at, limit);
      }
      if (length == 0) {
        this.fail(insideStatus(byte), at);
        return 0;
      }
      at += length;
    }
    this.fail(JsonStatus.UnexpectedEnd, at);
    return 0;
  }

  private readLiteral(event: JsonEvent, word: u32, at: usize): JsonEvent {
    let end = at;
    for (; word != 0; word >>= 8) {
      if (end >= this.limit || load<u8>(end) != (word & 0xff)) return this.failAt(JsonStatus.UnexpectedByte, end);
      end += 1;
    }
    // The one that does not fit into a word.
    if (event == JsonEvent.False) {
      if (end >= this.limit || load<u8>(end) != 0x65) return this.failAt(JsonStatus.UnexpectedByte, end);
      end += 1;
    }
    return this.token(event, at, end);
  }

  private readNumber(start: usize): JsonEvent {
    const limit = this.limit;
    const whole = load<u8>(start) == ascii.MINUS ? start + 1 : start;
    let at = digitsEnd(whole, limit);
    if (at == whole) return this.failAt(JsonStatus.InvalidNumber, at);
    if (at - whole > 1 && load<u8>(whole) == ascii.ZERO) return this.fail(JsonStatus.InvalidNumber, whole);

    const integerEnd = at;
    if (at < limit && load<u8>(at) == ascii.DOT) {
      const fraction = at + 1;
      at = digitsEnd(fraction, limit);
      if (at == fraction) return this.failAt(JsonStatus.InvalidNumber, at);
    }
    if (at < limit && (load<u8>(at) | 0x20) == 0x65) {
      at += 1;
      if (at < limit && (load<u8>(at) == ascii.PLUS || load<u8>(at) == ascii.MINUS)) at += 1;
      const exponent = at;
      at = digitsEnd(exponent, limit);
      if (at == exponent) return this.failAt(JsonStatus.InvalidNumber, at);
    }
    this.isInteger = at == integerEnd;
    return this.token(JsonEvent.Number, start, at);
  }
}

function insideStatus(byte: u32): JsonStatus {
  if (byte == ascii.BACKSLASH) return JsonStatus.InvalidEscape;
  return byte >= 0x80 ? JsonStatus.InvalidUtf8 : JsonStatus.InvalidString;
}

function digitsEnd(at: usize, limit: usize): usize {
  while (at < limit && ascii.isDigit(load<u8>(at))) at += 1;
  return at;
}
