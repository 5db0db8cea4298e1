/**
 * The weight of a lane as it changes with time: `from` until `start`, `to` from `start + duration` on, a straight line
 * between.
 */
@final
export class LaneRamp {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly end: i64;
  /** Change of the weight in a millisecond. */
  private readonly slope: f64;

  /** `start` in milliseconds since 1970-01-01T00:00:00Z, `duration` in milliseconds, more than 0. */
  constructor(
    readonly from: f64,
    readonly to: f64,
    readonly start: i64,
    duration: i64,
  ) {
    this.end = start + duration;
    // eslint-disable-next-line waypost/no-divide -- of f64, which never traps
    this.slope = (to - from) / <f64>duration;
  }

  /** The larger end. */
  get peak(): f64 {
    return max(this.from, this.to);
  }

  /** `now` in milliseconds since 1970-01-01T00:00:00Z. */
  weightAt(now: i64): f64 {
    if (now <= this.start) return this.from;
    if (now >= this.end) return this.to;
    return this.from + this.slope * <f64>(now - this.start);
  }
}
