import { Bytes } from "../../sdk";
import { Attribute, CookieAttribute } from "../../matching/request-attribute";
import { Routing } from "./routing";
import { KeyCookie } from "./split-cookie";
import { RandomKeys } from "./split-random";

/** A longer value is no key: browsers keep no longer cookies, and hashing takes its time. */
export const MAX_KEY_LENGTH = 4096;

/** What sticks to a lane: the same key gets the same one. */
export abstract class SplitKey {
  /** The key of the request at hand; null when it has none. An issued one is noted in `routing`, for the response. */
  abstract find(routing: Routing): Bytes | null;
}

/** A key of its own for each request: lanes are shared out, and nothing sticks. */
@final
export class RandomKey extends SplitKey {
  private readonly keys: RandomKeys = new RandomKeys();

  find(routing: Routing): Bytes | null {
    return this.keys.next();
  }
}

/** Something that the request has; where it has not, perhaps a cookie that says who the client was last time. */
@final
export class AttributeKey extends SplitKey {
  constructor(
    private readonly attribute: Attribute,
    /** Looked at when the attribute is missing, and issued when it is missing too; null: there is no lane then. */
    private readonly cookie: KeyCookie | null,
    private readonly issued: CookieAttribute | null,
  ) {
    super();
  }

  find(routing: Routing): Bytes | null {
    const key = usable(this.attribute.value());
    const cookie = this.cookie;
    const issued = this.issued;
    if (key !== null || cookie === null || issued === null) return key;
    const known = usable(issued.value());
    return known === null ? issue(cookie, routing) : known;
  }
}

function usable(value: Bytes | null): Bytes | null {
  return value === null || value.length == 0 || value.length > MAX_KEY_LENGTH ? null : value;
}

function issue(cookie: KeyCookie, routing: Routing): Bytes | null {
  const key = cookie.newKey();
  if (key !== null) routing.issuedCookies.put(cookie.setCookie(key));
  return key;
}
