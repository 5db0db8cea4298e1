/** Where a NumericDate stops being one for Envoy: 2^64 seconds. */
const LIMIT: f64 = 18446744073709551616.0;

/**
 * A NumericDate (RFC 7519 §2): seconds since 1970-01-01T00:00:00Z, which may have a fraction. Kept as a float, so that a
 * fraction counts and a huge number cannot wrap around; today's seconds are exact to less than a microsecond.
 */
@final
export class NumericDate {
  present: bool = false;
  /** 0 when absent. */
  seconds: f64 = 0;

  reset(): void {
    this.present = false;
    this.seconds = 0;
  }

  /** Takes `seconds`, which must be neither negative nor 2^64 or more; false when they are. */
  set(seconds: f64): bool {
    this.present = seconds >= 0 && seconds < LIMIT;
    this.seconds = this.present ? seconds : 0;
    return this.present;
  }
}
