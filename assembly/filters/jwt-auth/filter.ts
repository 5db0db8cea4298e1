import { ConfigObject, HeadersStatus, StreamContext } from "../../sdk";
import { StageRoot } from "../stage";
import { StreamNotes } from "../stream-notes";
import { JwtAuthStage } from "./stage";
import { WaitingStream } from "./waiting-streams";

/** One configuration of jwt-auth. */
@final
export class JwtAuthRoot extends StageRoot<JwtAuthStage> {
  /** Nobody reads them here: other plugins have filter state. */
  readonly notes: StreamNotes = new StreamNotes();

  onTick(): void {
    const stage = this.stage;
    if (stage !== null) stage.onTick();
  }

  createStream(): StreamContext {
    return new JwtAuthStream(this);
  }

  protected read(object: ConfigObject): JwtAuthStage {
    return new JwtAuthStage(this, object, this.facts);
  }
}

/** One request. */
@final
class JwtAuthStream extends WaitingStream {
  constructor(private readonly root: JwtAuthRoot) {
    super();
  }

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const stage = this.root.stage;
    // A plugin that is not configured has no streams; should it get one, nobody checked its request.
    if (stage === null) return HeadersStatus.StopAllIterationAndWatermark;
    this.root.facts.begin();
    return stage.onRequestHeaders(this, this.root.notes);
  }

  onDelete(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onStreamEnd(this);
  }

  recycle(): bool {
    return true;
  }
}
