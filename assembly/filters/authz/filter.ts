import { ConfigObject, HeadersStatus, StreamContext, StreamOf } from "../../sdk";
import { StageRoot } from "../stage";
import { StreamNotes } from "../stream-notes";
import { pluginNamespace } from "./plugin-namespace";
import { AuthzStage } from "./stage";

/** One configuration of authz. */
@final
export class AuthzRoot extends StageRoot<AuthzStage> {
  /** Nobody reads them here: other plugins have filter state. */
  readonly notes: StreamNotes = new StreamNotes();

  createStream(): StreamContext {
    return new AuthzStream(this);
  }

  protected read(object: ConfigObject): AuthzStage {
    return AuthzStage.read(object, this.facts, pluginNamespace());
  }
}

/** One request. */
@final
class AuthzStream extends StreamOf<AuthzRoot> {
  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const stage = this.root.stage;
    // A plugin that is not configured has no streams; should it get one, nobody checked its request.
    if (stage === null) return HeadersStatus.StopAllIterationAndWatermark;
    this.root.facts.begin();
    return stage.onRequestHeaders(this.root.notes);
  }

  recycle(): bool {
    return true;
  }
}
