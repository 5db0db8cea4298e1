import { Bytes, nowMilliseconds } from "../../sdk";
import { hash64 } from "../../text/hash";
import { Lane } from "./lane";
import { LaneSet } from "./lane-set";
import { Routing } from "./routing";
import { SplitKey } from "./split-key";
import { LaneOverride } from "./split-override";

/** Sends each client one of several ways: by its key, always the same one; or where a tester asked to go. */
@final
export class Split {
  /** Whether the lane that was chosen last is one that a tester named. */
  isOverridden: bool = false;
  private readonly seed: u64;

  constructor(
    private readonly key: SplitKey,
    salt: Bytes,
    /** In the order of the configuration. */
    readonly lanes: Lane[],
    private readonly set: LaneSet,
    /** Null: nobody may name the lane. */
    private readonly laneOverride: LaneOverride | null,
    /** The kill switch. */
    private readonly isDisabled: bool,
  ) {
    this.seed = hash64(salt);
  }

  /** The lane of the request at hand; null when it has none. What the response needs is noted in `routing`. */
  choose(routing: Routing): Lane | null {
    this.isOverridden = false;
    if (this.isDisabled) return null;
    const lane = this.namedLane();
    if (lane !== null) {
      this.isOverridden = true;
      return lane;
    }
    const key = this.key.find(routing);
    if (key === null) return null;
    return this.set.choose(hash64(key, this.seed), this.set.hasRamp ? nowMilliseconds() : 0);
  }

  /** Frees what the garbage collector does not. */
  release(): void {
    const laneOverride = this.laneOverride;
    if (laneOverride !== null) laneOverride.release();
  }

  private namedLane(): Lane | null {
    const laneOverride = this.laneOverride;
    return laneOverride === null ? null : laneOverride.lane(this.set);
  }
}
