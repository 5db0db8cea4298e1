import { Condition } from "../../matching/http-match/condition";
import { RequestFacts } from "../../matching/request-facts";
import { Bytes } from "../../sdk";
import { Evaluation } from "./evaluation";
import { Lane } from "./lane";
import { LaneSet } from "./lane-set";

/** Lets those who may name their lane: testers, or services that pass on the lane in which they were called. */
@final
export class LaneOverride {
  constructor(
    private readonly facts: RequestFacts,
    private readonly evaluation: Evaluation,
    /** Slot of a header of its own; -1: only the lane header. */
    private readonly slot: i32,
    /** Callers that may; empty: any. */
    private readonly sources: Condition[],
    /** What must be true of the claims. */
    private readonly claims: Condition[],
  ) {}

  /** The lane that the request names; null when it names none that there is, or must not. */
  lane(set: LaneSet): Lane | null {
    const name = this.name();
    const lane: Lane | null = name === null ? null : set.named(name);
    return lane !== null && this.isAllowed() ? lane : null;
  }

  release(): void {
    for (let i = 0; i < this.sources.length; i++) unchecked(this.sources[i]).release();
    for (let i = 0; i < this.claims.length; i++) unchecked(this.claims[i]).release();
  }

  private name(): Bytes | null {
    const own: Bytes | null = this.slot < 0 ? null : this.facts.headers.joined(this.slot);
    return own === null ? this.evaluation.clientLane : own;
  }

  private isAllowed(): bool {
    for (let i = 0; i < this.claims.length; i++) {
      if (!unchecked(this.claims[i]).holds()) return false;
    }
    for (let i = 0; i < this.sources.length; i++) {
      if (unchecked(this.sources[i]).holds()) return true;
    }
    return this.sources.length == 0;
  }
}
