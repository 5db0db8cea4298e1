import { StringMatch } from "../../matching/string-match";
import { Bytes } from "../../sdk";
import * as ascii from "../../text/ascii";

/**
 * What istiod makes regular expressions of, for the caller's SPIFFE id and for claims. Their `.` stands for any byte but a line
 * feed, so a text with one matches none of them.
 */
const SCHEME = Bytes.constant("spiffe://");
const SERVICE_ACCOUNT = Bytes.constant("sa/");

/** `.+`: `*` for anything but headers. */
@final
export class AnyText extends StringMatch {
  matches(value: Bytes): bool {
    return value.length > 0 && isOneLine(value);
  }
}

/** Whether there is a value at all: `*` for headers. */
@final
export class AnyValue extends StringMatch {
  matches(_value: Bytes): bool {
    return true;
  }
}

/** `spiffe://.*<suffix>`: a principal `*<suffix>`. */
@final
export class PrincipalSuffix extends StringMatch {
  constructor(private readonly suffix: Bytes) {
    super();
  }

  matches(value: Bytes): bool {
    return (
      value.length >= SCHEME.length + this.suffix.length &&
      value.startsWith(SCHEME) &&
      value.endsWith(this.suffix) &&
      isOneLine(value)
    );
  }
}

/** `.*‹part›.*‹part›.*`: a namespace, `/ns/<namespace>/`, with any number of `*`, somewhere in a principal. */
@final
export class NamespaceMatch extends StringMatch {
  /** `parts`: `/ns/<namespace>/`, split at each `*`. */
  constructor(private readonly parts: Bytes[]) {
    super();
  }

  matches(value: Bytes): bool {
    // Each part as early as it can be: what follows has the more room.
    let at = 0;
    for (let i = 0; i < this.parts.length; i++) {
      const part = unchecked(this.parts[i]);
      const found = indexOf(value, part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return isOneLine(value);
  }
}

/** `spiffe://.+/ns/<namespace>/(.+/|)sa/<service account>(/.+)?` */
@final
export class ServiceAccountMatch extends StringMatch {
  /** `namespace`: `/ns/<namespace>/`. */
  constructor(
    private readonly namespace: Bytes,
    private readonly name: Bytes,
  ) {
    super();
  }

  matches(value: Bytes): bool {
    if (!value.startsWith(SCHEME)) return false;
    const found = indexOf(value, this.namespace, SCHEME.length + 1);
    if (found < 0) return false;
    const rest = found + this.namespace.length;
    if (this.isAt(value, rest)) return isOneLine(value);
    // Other parts may stand between, each with its slash.
    for (let slash = value.indexOf(ascii.SLASH, rest + 1); slash >= 0; slash = value.indexOf(ascii.SLASH, slash + 1)) {
      if (this.isAt(value, slash + 1)) return isOneLine(value);
    }
    return false;
  }

  /** Whether the service account is at `at`, and nothing or another part behind it. */
  private isAt(value: Bytes, at: i32): bool {
    const rest = value.slice(at);
    if (!rest.startsWith(SERVICE_ACCOUNT)) return false;
    const name = rest.slice(SERVICE_ACCOUNT.length);
    if (!name.startsWith(this.name)) return false;
    const end = this.name.length;
    return name.length == end || (name.at(end) == ascii.SLASH && name.length > end + 1);
  }
}

/** `spiffe://<start>[^/]*<end>/.*`: a trust domain with a `*`. */
@final
export class TrustDomainMatch extends StringMatch {
  private readonly endToSlash: i32;

  /** `start`: with the scheme. `end`: with the slash that follows. */
  constructor(
    private readonly start: Bytes,
    private readonly end: Bytes,
  ) {
    super();
    this.endToSlash = end.indexOf(ascii.SLASH);
  }

  matches(value: Bytes): bool {
    if (!value.startsWith(this.start)) return false;
    // The `*` passes no slash, so the first one is that of `end`.
    const slash = value.indexOf(ascii.SLASH, this.start.length);
    const at = slash - this.endToSlash;
    return slash >= 0 && at >= this.start.length && value.slice(at).startsWith(this.end) && isOneLine(value);
  }
}

function isOneLine(value: Bytes): bool {
  return value.indexOf(ascii.LINE_FEED) < 0;
}

/** Where `part`, which is not empty, is in `value` first, at or after `from`; -1 when it is not there. */
function indexOf(value: Bytes, part: Bytes, from: i32): i32 {
  const first = part.at(0);
  const size = <usize>part.length;
  for (let at = value.indexOf(first, from); at >= 0; at = value.indexOf(first, at + 1)) {
    if (value.length - at < part.length) return -1;
    if (memory.compare(value.ptr + <usize>at, part.ptr, size) == 0) return at;
  }
  return -1;
}
