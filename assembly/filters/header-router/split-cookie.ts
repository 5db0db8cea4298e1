import { CookieReader } from "../../http/cookies";
import { RequestFacts } from "../../matching/request-facts";
import { Bytes, ByteWriter, responseHeaders } from "../../sdk";
import { RandomKeys } from "./split-random";

const SET_COOKIE = Bytes.constant("set-cookie");
const SECURE = Bytes.constant("; Secure");
const HTTPS = Bytes.constant("https");
const DIGITS = Bytes.constant("0123456789abcdef");

const cookies = new CookieReader();

/** The cookie that gives a client without a key one of its own (RFC 6265bis §4.1). */
@final
export class KeyCookie {
  private readonly keys: RandomKeys = new RandomKeys();

  constructor(
    private readonly facts: RequestFacts,
    /** Slot of x-forwarded-proto. */
    private readonly protoSlot: i32,
    /** `name=` */
    private readonly start: Bytes,
    /** The attributes, from the first `;` on. */
    private readonly attributes: Bytes,
  ) {}

  /** A new key; null when the proxy has no random bytes to give. */
  newKey(): Bytes | null {
    const key = this.keys.next();
    return key === null ? null : hexOf(key);
  }

  /** The value of `set-cookie` for `key`. `Secure` where the client uses TLS: without it, it would not keep such a cookie. */
  setCookie(key: Bytes): Bytes {
    const writer = ByteWriter.create(this.start.length + key.length + this.attributes.length + SECURE.length);
    writer.bytes(this.start);
    writer.bytes(key);
    writer.bytes(this.attributes);
    if (this.isSecure()) writer.bytes(SECURE);
    return writer.finish();
  }

  /** TLS ends before the waypoint, at the gateway; what that one says is not worth less than the cookie is. */
  private isSecure(): bool {
    const proto = this.facts.headers.value(this.protoSlot);
    return this.facts.scheme.equals(HTTPS) || (proto !== null && proto.equals(HTTPS));
  }
}

/**
 * Adds a `set-cookie` to the response, unless the upstream sets a cookie of that name itself: the client would keep the last
 * one, and an application whose cookie is the key must have its way.
 */
export function addCookie(value: Bytes): void {
  const name = nameOf(value);
  const pairs = responseHeaders.pairs();
  while (pairs.next()) {
    if (pairs.name.equals(SET_COOKIE) && nameOf(pairs.value).equals(name)) return;
  }
  responseHeaders.addBytes(SET_COOKIE, value);
}

/** Name of the cookie that a `set-cookie` sets. */
function nameOf(value: Bytes): Bytes {
  cookies.reset(value);
  return cookies.next() ? cookies.name() : value.slice(0, 0);
}

function hexOf(bytes: Bytes): Bytes {
  const writer = ByteWriter.create(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.at(i);
    writer.put(DIGITS.at(byte >> 4));
    writer.put(DIGITS.at(byte & 15));
  }
  return writer.finish();
}
