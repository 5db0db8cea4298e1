import { ConfigObject, HeadersStatus, StreamContext } from "../../sdk";
import { Routing } from "../header-router/routing";
import { WaitingStream } from "../jwt-auth/waiting-streams";
import { StageRoot } from "../stage";
import { StreamNotes } from "../stream-notes";
import { WaypointStage } from "./stage";

/** One configuration of all filters. */
@final
export class WaypointRoot extends StageRoot<WaypointStage> {
  onTick(): void {
    const stage = this.stage;
    if (stage !== null) stage.onTick();
  }

  createStream(): StreamContext {
    return new WaypointStream(this);
  }

  protected read(object: ConfigObject): WaypointStage {
    return new WaypointStage(this, object, this.facts);
  }
}

/** One request, and its response. */
@final
class WaypointStream extends WaitingStream {
  private readonly routing: Routing = new Routing();
  private readonly notes: StreamNotes = new StreamNotes();

  constructor(private readonly root: WaypointRoot) {
    super();
  }

  onCreate(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onStreamBegin();
  }

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const stage = this.root.stage;
    // A plugin that is not configured has no streams; should it get one, nobody checked its request.
    if (stage === null) return HeadersStatus.StopAllIterationAndWatermark;
    this.root.facts.begin();
    return stage.onRequestHeaders(this, this.routing, this.notes);
  }

  onResponseHeaders(endOfStream: bool): HeadersStatus {
    const stage = this.root.stage;
    return stage === null ? HeadersStatus.Continue : stage.onResponseHeaders(this.routing);
  }

  onLog(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onLog(this.notes);
  }

  onDelete(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onStreamGone(this);
  }

  recycle(): bool {
    this.routing.reset();
    this.notes.reset();
    return true;
  }
}
