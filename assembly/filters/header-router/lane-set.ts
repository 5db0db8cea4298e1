import { Bytes } from "../../sdk";
import { draw } from "./lane-hash";
import { Lane } from "./lane";

/**
 * Chooses lanes for keys by weighted rendezvous hashing: each lane has a draw of its own for a key, exponentially distributed,
 * and the smallest draw for its weight wins (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006).
 *
 * - A lane of weight w wins a key with probability w / sum of weights, exactly: the smallest of exponential variables.
 * - The draws depend on key, salt and lane alone. So when the weight of one lane grows, no other two change order between
 *   them: keys only move into that lane; when it shrinks, out of it. A lane that is added or removed is one that had weight 0.
 *
 * Lanes with a ramp take their parts of the whole, which is the sum of all weights, that of a ramp at its larger end; lanes
 * without one share the rest in proportion to their weights. Where no lane without a ramp has a weight, the whole is the sum
 * at that moment.
 */
@final
export class LaneSet {
  /** In the order of their names, so that the configuration's order decides nothing: no rounding of a sum, no tie. */
  private readonly lanes: Lane[];
  readonly hasRamp: bool;
  private readonly whole: f64;
  /** Sum of the weights without a ramp. */
  private readonly steady: f64;

  constructor(lanes: Lane[]) {
    this.lanes = lanes.slice(0).sort((a, b) => compare(a.name, b.name));
    let steady: f64 = 0;
    let peaks: f64 = 0;
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = unchecked(this.lanes[i]);
      const ramp = lane.ramp;
      if (ramp !== null) {
        peaks += ramp.peak;
        continue;
      }
      steady += lane.weight;
      lane.factor = quotient(1, lane.weight);
    }
    this.steady = steady;
    this.whole = steady + peaks;
    this.hasRamp = peaks > 0;
  }

  /**
   * The lane of a key; null when every lane has weight 0. `now`: milliseconds since 1970, for ramps; any when there is
   * none.
   */
  choose(keyHash: u64, now: i64): Lane | null {
    if (this.hasRamp) this.weigh(now);
    let chosen: Lane | null = null;
    let least = Infinity;
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = unchecked(this.lanes[i]);
      if (lane.factor == Infinity) continue;
      const value = draw(keyHash, lane.seed) * lane.factor;
      if (value >= least) continue;
      least = value;
      chosen = lane;
    }
    return chosen;
  }

  /** The lane of that name; null when there is none. */
  named(name: Bytes): Lane | null {
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = unchecked(this.lanes[i]);
      if (lane.name.equals(name)) return lane;
    }
    return null;
  }

  /** Whether some lane gets requests at `now`. */
  hasWeightAt(now: i64): bool {
    if (this.steady > 0) return true;
    this.weigh(now);
    for (let i = 0; i < this.lanes.length; i++) {
      if (unchecked(this.lanes[i]).weight > 0) return true;
    }
    return false;
  }

  /** Sets the factors of the lanes with a ramp; those of the others are the unit that it measures them by. */
  private weigh(now: i64): void {
    let ramped: f64 = 0;
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = unchecked(this.lanes[i]);
      const ramp = lane.ramp;
      if (ramp === null) continue;
      lane.weight = ramp.weightAt(now);
      ramped += lane.weight;
    }
    const unit = this.steady > 0 ? quotient(this.whole - ramped, this.steady) : 1;
    for (let i = 0; i < this.lanes.length; i++) {
      const lane = unchecked(this.lanes[i]);
      if (lane.ramp !== null) lane.factor = quotient(unit, lane.weight);
    }
  }
}

function quotient(dividend: f64, divisor: f64): f64 {
  // eslint-disable-next-line waypost/no-divide -- of f64, which never traps: by 0 it is infinite
  return dividend / divisor;
}

/** The order of two texts, byte by byte. */
function compare(a: Bytes, b: Bytes): i32 {
  const order = memory.compare(a.ptr, b.ptr, <usize>min(a.length, b.length));
  return order != 0 ? order : a.length - b.length;
}
