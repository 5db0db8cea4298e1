import { RequestFacts } from "../matching/request-facts";
import { Bytes, ConfigObject, Configuration, RootContext } from "../sdk";

const NOTHING = Bytes.constant("{}");

/** A filter as a part of a stream context, alone or among others. It is made by reading its configuration. */
export abstract class Stage {
  /** The configuration is accepted: what the host must know before the first request is declared. */
  abstract begin(): void;

  /** Frees all that the garbage collector does not. */
  abstract release(): void;
}

/** One configuration of a stage that has the stream contexts of its plugin to itself. */
export abstract class StageRoot<S extends Stage> extends RootContext {
  readonly facts: RequestFacts = new RequestFacts();
  /** Null: there is no configuration. */
  stage: S | null = null;

  /** Whether no configuration means one with nothing in it: for what decides nothing that could be forgotten. */
  get isOptional(): bool {
    return false;
  }

  onConfigure(text: Bytes): bool {
    const configuration = Configuration.parse(text.length == 0 && this.isOptional ? NOTHING : text);
    const stage = this.read(configuration.root());
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

  /** Makes the stage of a configuration. Where that has a problem, it is noted in `object`, and the stage is released. */
  protected abstract read(object: ConfigObject): S;
}
