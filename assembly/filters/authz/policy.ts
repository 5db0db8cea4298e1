import { Counter } from "../../sdk";

/** In the order of the configuration's choices. */
export enum Action {
  ALLOW,
  DENY,
  AUDIT,
}

export enum Mode {
  ENFORCE,
  /** Evaluated, counted and logged, but without consequences: Istio's dry run. */
  SHADOW,
}

/** An AuthorizationPolicy, but for its rules. */
@final
export class Policy {
  constructor(
    readonly namespace: string,
    readonly name: string,
    readonly action: Action,
    readonly mode: Mode,
    /** Requests that it decided about. */
    readonly decided: Counter,
  ) {}
}
