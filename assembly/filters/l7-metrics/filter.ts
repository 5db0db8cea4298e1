import { ConfigObject, StreamContext, StreamOf } from "../../sdk";
import { StageRoot } from "../stage";
import { StreamNotes } from "../stream-notes";
import { GivenTexts } from "./given-texts";
import { L7MetricsStage } from "./stage";

/** Nobody else is in the context who could note anything. */
const NOTHING = new StreamNotes();

/** One configuration of l7-metrics. */
@final
export class L7MetricsRoot extends StageRoot<L7MetricsStage> {
  get isOptional(): bool {
    return true;
  }

  createStream(): StreamContext {
    return new L7MetricsStream(this);
  }

  protected read(object: ConfigObject): L7MetricsStage {
    return L7MetricsStage.read(object, this.facts, GivenTexts.none());
  }
}

/** One request and its response. */
@final
class L7MetricsStream extends StreamOf<L7MetricsRoot> {
  onCreate(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onStreamBegin();
  }

  onLog(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onLog(NOTHING);
  }

  onDelete(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onStreamGone();
  }

  recycle(): bool {
    return true;
  }
}
