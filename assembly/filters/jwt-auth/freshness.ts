import { CacheControl } from "../../http/cache-control";
import { Bytes, HeaderMap } from "../../sdk";
import { parseUnsigned } from "../../text/decimal";

/** The issuer does not say for how long its answer is fresh. */
const NOT_LIMITED: i64 = 1 << 40;

const CACHE_CONTROL = Bytes.constant("cache-control");
const AGE = Bytes.constant("age");

const cacheControl = new CacheControl();

/**
 * For how many milliseconds an answer is fresh: `max-age` less `Age` (RFC 9111 §4.2), nothing for `no-store` and
 * `no-cache`. `Expires` is not looked at.
 */
export function freshFor(headers: HeaderMap): i64 {
  cacheControl.reset();
  let age: i64 = 0;
  const pairs = headers.pairs();
  while (pairs.next()) {
    if (pairs.name.equals(CACHE_CONTROL)) cacheControl.read(pairs.value);
    else if (pairs.name.equals(AGE)) age = max(age, parseUnsigned(pairs.value));
  }
  if (cacheControl.noStore || cacheControl.noCache) return 0;
  return cacheControl.maxAge < 0 ? NOT_LIMITED : max(0, cacheControl.maxAge - age) * 1_000;
}
