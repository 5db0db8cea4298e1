import { ConfigObject, HeadersStatus, StreamContext, StreamOf } from "../../sdk";
import { StageRoot } from "../stage";
import { StreamNotes } from "../stream-notes";
import { Routing } from "./routing";
import { HeaderRouterStage } from "./stage";

/** One configuration of header-router. */
@final
export class HeaderRouterRoot extends StageRoot<HeaderRouterStage> {
  /** Nobody reads them here: other plugins have filter state. */
  readonly notes: StreamNotes = new StreamNotes();

  createStream(): StreamContext {
    return new HeaderRouterStream(this);
  }

  protected read(object: ConfigObject): HeaderRouterStage {
    return HeaderRouterStage.read(object, this.facts);
  }
}

/** One request. */
@final
class HeaderRouterStream extends StreamOf<HeaderRouterRoot> {
  private readonly routing: Routing = new Routing();

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const stage = this.root.stage;
    // A plugin that is not configured has no streams; should it get one, nobody sanitised its request.
    if (stage === null) return HeadersStatus.StopAllIterationAndWatermark;
    this.root.facts.begin();
    return stage.onRequestHeaders(this.routing, this.root.notes);
  }

  onResponseHeaders(endOfStream: bool): HeadersStatus {
    const stage = this.root.stage;
    return stage === null ? HeadersStatus.Continue : stage.onResponseHeaders(this.routing);
  }

  recycle(): bool {
    this.routing.reset();
    return true;
  }
}
