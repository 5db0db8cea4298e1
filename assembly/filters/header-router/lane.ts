import { Bytes } from "../../sdk";
import { hash64 } from "../../text/hash";
import { HeadersConfig } from "./header-operations-reader";
import { LaneRamp } from "./lane-ramp";

/** One of the ways that a split sends requests. */
@final
export class Lane {
  /** Seeds what keys draw with this lane. */
  readonly seed: u64;
  /** How large its share is, in parts of what all lanes have; of a lane with a ramp at the moment that was asked for last. */
  weight: f64;
  /** What a draw is multiplied by: the key goes where the product is smallest. Infinite when the lane gets nothing. */
  factor: f64 = Infinity;

  constructor(
    /** Its number in `lanes` of the configuration. */
    readonly index: i32,
    /** Owned by the configuration. */
    readonly name: Bytes,
    weight: f64,
    /** Null: the weight stays as it is. */
    readonly ramp: LaneRamp | null,
    /** What happens to the headers of its requests and responses, after what the route does. */
    readonly headers: HeadersConfig,
  ) {
    this.seed = hash64(name);
    this.weight = weight;
  }
}
