import { RequestFacts } from "../../matching/request-facts";
import { Bytes, Configuration, HeadersStatus, RootContext, StreamContext, StreamOf } from "../../sdk";
import { pluginNamespace } from "./plugin-namespace";
import { AuthzStage } from "./stage";

/** One configuration of authz in a module of its own. */
@final
export class AuthzRoot extends RootContext {
  private readonly facts: RequestFacts = new RequestFacts();
  private stage: AuthzStage | null = null;

  onConfigure(text: Bytes): bool {
    const configuration = Configuration.parse(text);
    const stage = AuthzStage.read(configuration.root(), this.facts, pluginNamespace());
    if (configuration.finish()) {
      this.stage = stage;
      return true;
    }
    stage.release();
    return false;
  }

  onDelete(): void {
    const stage = this.stage;
    if (stage !== null) stage.release();
    this.stage = null;
    this.facts.release();
  }

  createStream(): StreamContext {
    return new AuthzStream(this);
  }

  handle(): HeadersStatus {
    const stage = this.stage;
    // A plugin that is not configured has no streams; should it get one, nobody checked its request.
    if (stage === null) return HeadersStatus.StopAllIterationAndWatermark;
    this.facts.begin();
    return stage.onRequestHeaders();
  }
}

/** One request. */
@final
class AuthzStream extends StreamOf<AuthzRoot> {
  onRequestHeaders(endOfStream: bool): HeadersStatus {
    return this.root.handle();
  }

  recycle(): bool {
    return true;
  }
}
