import { CookieReader } from "../../http/cookies";
import { QueryReader } from "../../http/query";
import { Bytes } from "../../sdk";
import { isBlank } from "../../text/ascii";
import { HeaderSlots } from "../../matching/header-slots";
import { LocationKind, TokenLocation } from "./location";
import { TokenCache, VerifiedToken } from "./token-cache";

const cookies = new CookieReader();
const query = new QueryReader();
const SPACE: u8 = 0x20;
const COMMA: u8 = 0x2c;
const NOTHING = Bytes.constant("");

/** What one location of the request at hand holds. Used again for the next request. */
@final
export class FoundToken {
  /** Whether there is a token (or several). An empty value is one, and malformed: to Envoy as well. */
  present: bool = false;
  /** There is more than one: which of them others would read is anybody's guess. */
  repeated: bool = false;
  text: Bytes = NOTHING;
  /** The rules that refused its issuer in this request; see `VerifiedToken.foreignTo`. */
  foreignTo: u64 = 0;

  private known: VerifiedToken | null = null;
  private lookedUp: bool = false;

  constructor(readonly location: TokenLocation) {}

  /** Looks whether the request has a token here. */
  find(slots: HeaderSlots): void {
    this.present = false;
    this.repeated = false;
    this.foreignTo = 0;
    this.known = null;
    this.lookedUp = false;
    const kind = this.location.kind;
    const slot = this.location.slot;
    const header = kind == LocationKind.Cookie ? slots.joined(slot) : slots.value(slot);
    if (header === null) return;
    switch (kind) {
      case LocationKind.Header:
        this.readHeader(header, slots.count(slot));
        break;
      case LocationKind.Parameter:
        query.reset(header);
        while (query.nextNamed(this.location.name)) this.take(query.value());
        break;
      default:
        cookies.reset(header);
        while (cookies.next()) {
          if (cookies.nameEquals(this.location.name)) this.take(cookies.value());
        }
    }
  }

  /** What the cache knows of it, for one rule or another; it is asked once a request. */
  lookUp(cache: TokenCache): VerifiedToken | null {
    if (!this.lookedUp) {
      this.lookedUp = true;
      this.known = cache.find(this.text);
    }
    return this.known;
  }

  /** Entries of the cache have come and gone since; what it knew may be among them. */
  lookUpAgain(): void {
    this.lookedUp = false;
    this.known = null;
  }

  private readHeader(value: Bytes, count: u32): void {
    const location = this.location;
    const matches = location.prefixIsScheme
      ? value.startsWithIgnoreCase(location.prefix)
      : value.startsWith(location.prefix);
    if (count > 1 || (!matches && hasLater(value, location.prefix))) {
      this.present = true;
      this.repeated = true;
    } else if (matches) {
      let start = location.prefix.length;
      // A scheme is followed by one or more spaces (RFC 9110 §11.4), and no token starts with one.
      while (value.at(start) == SPACE) start++;
      this.take(value.slice(start));
    }
  }

  private take(text: Bytes): void {
    this.repeated = this.present;
    this.present = true;
    this.text = text;
  }
}

/** Whether `prefix` stands behind a comma: of several Authorization headers Envoy makes one with commas between them. */
function hasLater(value: Bytes, prefix: Bytes): bool {
  let comma = value.indexOf(COMMA);
  while (comma >= 0) {
    // Not `trim`, which would look at the blanks at the end of the value once for each comma.
    let start = comma + 1;
    while (isBlank(value.at(start))) start++;
    if (value.slice(start).startsWithIgnoreCase(prefix)) return true;
    comma = value.indexOf(COMMA, start);
  }
  return false;
}
