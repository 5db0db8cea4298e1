import { RequestFacts } from "../../matching/request-facts";
import { Bytes, Configuration, HeadersStatus, RootContext, StreamContext, StreamOf } from "../../sdk";
import { Routing } from "./routing";
import { HeaderRouterStage } from "./stage";

/** One configuration of header-router. */
@final
export class HeaderRouterRoot extends RootContext {
  readonly facts: RequestFacts = new RequestFacts();
  stage: HeaderRouterStage | null = null;

  onConfigure(text: Bytes): bool {
    const configuration = Configuration.parse(text);
    const stage = HeaderRouterStage.read(configuration.root(), this.facts);
    if (!configuration.finish()) {
      stage.release();
      return false;
    }
    stage.begin();
    this.stage = stage;
    return true;
  }

  onDelete(): void {
    const stage = this.stage;
    if (stage !== null) stage.release();
    this.stage = null;
    this.facts.release();
  }

  createStream(): StreamContext {
    return new HeaderRouterStream(this);
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
    return stage.onRequestHeaders(this.routing);
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
