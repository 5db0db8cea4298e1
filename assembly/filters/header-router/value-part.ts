import { Attribute } from "../../matching/request-attribute";
import { Bytes } from "../../sdk";
import { Evaluation } from "./evaluation";

/** A text that the configuration has. Every request has it. */
@final
export class LiteralText extends Attribute {
  constructor(readonly text: Bytes) {
    super();
  }

  value(): Bytes | null {
    return this.text;
  }

  get isPathText(): bool {
    return true;
  }
}

/** The lane that was chosen. */
@final
export class LaneAttribute extends Attribute {
  constructor(private readonly evaluation: Evaluation) {
    super();
  }

  value(): Bytes | null {
    return this.evaluation.lane;
  }

  get isVerified(): bool {
    return true;
  }
}

/** What a path template or a regular expression of the route's `match` captured. */
@final
export class CaptureAttribute extends Attribute {
  constructor(
    private readonly evaluation: Evaluation,
    /** Its number among the names that the route captures. */
    private readonly index: i32,
  ) {
    super();
  }

  value(): Bytes | null {
    return this.evaluation.captures.get(this.index);
  }

  get isPathText(): bool {
    return true;
  }
}
