import { Captures } from "../../matching/http-match/captures";
import { Bytes } from "../../sdk";

/**
 * What is known of the request at hand beyond its facts: what the conditions of its route captured, and its lane. One object
 * a configuration; nothing in it outlives the callback.
 */
@final
export class Evaluation {
  /** Name of the lane that was chosen; null: none. */
  lane: Bytes | null = null;
  /** What the client itself sent in the lane header, which is removed before anybody looks at the request; null: nothing. */
  clientLane: Bytes | null = null;
  readonly captures: Captures = new Captures();

  /** Forgets the request before. */
  begin(clientLane: Bytes | null): void {
    this.lane = null;
    this.clientLane = clientLane;
    this.captures.clear();
  }
}
