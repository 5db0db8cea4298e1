import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { DecimalReader, DecimalStatus } from "../text/decimal";

/** What stands for a number of seconds that is too large (RFC 9111 §1.2.2): 68 years. */
const MAX_SECONDS: u64 = 1 << 31;

const MAX_AGE = Bytes.constant("max-age");
const NO_CACHE = Bytes.constant("no-cache");
const NO_STORE = Bytes.constant("no-store");

const decimal = new DecimalReader();

/** What Cache-Control (RFC 9111 §5.2) says about a response. Create one, and reuse it. */
@final
export class CacheControl {
  /**
   * Seconds for which the response is fresh, at most 2^31; -1 when nothing was said. The first `max-age` counts; one that
   * is malformed makes the response stale at once (RFC 9111 §4.2.1).
   */
  maxAge: i64 = -1;
  /** Whether the response must not be stored. */
  noStore: bool = false;
  /** Whether the response must not be used without asking again; also when that is said of certain fields only. */
  noCache: bool = false;

  reset(): void {
    this.maxAge = -1;
    this.noStore = false;
    this.noCache = false;
  }

  /** Reads one field line; those of a response add up. Directives that are unknown or malformed are passed over. */
  read(value: Bytes): void {
    let start = 0;
    while (start < value.length) {
      const end = directiveEnd(value, start);
      this.readDirective(value.slice(start, end).trim());
      start = end + 1;
    }
  }

  private readDirective(directive: Bytes): void {
    const equals = directive.indexOf(ascii.EQUALS);
    const name = (equals < 0 ? directive : directive.slice(0, equals)).trim();
    if (name.equalsIgnoreCase(NO_STORE)) this.noStore = true;
    else if (name.equalsIgnoreCase(NO_CACHE)) this.noCache = true;
    else if (name.equalsIgnoreCase(MAX_AGE) && this.maxAge < 0) {
      this.maxAge = equals < 0 ? 0 : seconds(directive.slice(equals + 1).trim());
    }
  }
}

/** Where the directive that starts at `at` ends: a comma in a quoted string (RFC 9110 §5.6.4) does not end it. */
function directiveEnd(value: Bytes, at: i32): i32 {
  let quoted = false;
  for (; at < value.length; at++) {
    const byte = value.at(at);
    if (byte == ascii.QUOTE) quoted = !quoted;
    else if (quoted && byte == ascii.BACKSLASH) at += 1;
    else if (!quoted && byte == ascii.COMMA) break;
  }
  return min(at, value.length);
}

function seconds(argument: Bytes): i64 {
  // A number is sent bare, but a quoted one ought to be understood as well (RFC 9111 §5.2).
  const last = argument.length - 1;
  const quoted = last >= 1 && argument.at(0) == ascii.QUOTE && argument.at(last) == ascii.QUOTE;
  const status = decimal.readUnsigned(quoted ? argument.slice(1, last) : argument);
  return status == DecimalStatus.Malformed ? 0 : <i64>min(decimal.unsigned, MAX_SECONDS);
}
