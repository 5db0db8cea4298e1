import { proxy_get_current_time_nanoseconds } from "../abi/hostcalls";
import { resultNumber } from "./result";

/** Now, in nanoseconds since 1970-01-01T00:00:00Z. */
export function nowNanoseconds(): u64 {
  proxy_get_current_time_nanoseconds(resultNumber);
  return load<u64>(resultNumber);
}

/** Now, in milliseconds since 1970-01-01T00:00:00Z. */
export function nowMilliseconds(): i64 {
  return <i64>(nowNanoseconds() / 1_000_000);
}
