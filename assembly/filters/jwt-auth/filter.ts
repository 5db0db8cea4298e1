import { RequestFacts } from "../../matching/request-facts";
import { Bytes, Configuration, HeadersStatus, RootContext, StreamContext } from "../../sdk";
import { JwtAuthStage } from "./stage";
import { WaitingStream } from "./waiting-streams";

/** One configuration of jwt-auth. */
@final
export class JwtAuthRoot extends RootContext {
  readonly facts: RequestFacts = new RequestFacts();
  stage: JwtAuthStage | null = null;

  onConfigure(configuration: Bytes): bool {
    const config = Configuration.parse(configuration);
    const stage = new JwtAuthStage(this, config.root(), this.facts);
    if (!config.finish()) {
      stage.release();
      return false;
    }
    stage.begin();
    this.stage = stage;
    return true;
  }

  onTick(): void {
    const stage = this.stage;
    if (stage !== null) stage.onTick();
  }

  onDelete(): void {
    const stage = this.stage;
    if (stage !== null) stage.release();
    this.stage = null;
    this.facts.release();
  }

  createStream(): StreamContext {
    return new JwtAuthStream(this);
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
    return stage.onRequestHeaders(this);
  }

  resume(): void {
    if (!this.makeEffective()) return;
    if (this.onRequestHeaders(false) == HeadersStatus.Continue) this.continueRequest();
  }

  onDelete(): void {
    const stage = this.root.stage;
    if (stage !== null) stage.onStreamEnd(this);
  }

  recycle(): bool {
    return true;
  }
}
