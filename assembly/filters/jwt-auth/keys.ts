import { JwkSet } from "../../jose/jwk-set";
import { RootContext } from "../../sdk";

/** What a rule's keys are like at the moment. */
export enum KeysState {
  /** `current` may be used. */
  Ready,
  /** A fetch is under way, here or in another VM: the request has to wait. */
  Pending,
  /** They are not to be had now: a fetch failed, or may not begin yet. */
  Unavailable,
}

/** Who acts when a fetch has ended. */
export abstract class KeysListener {
  /** `root`: the context that asks, and whose tick looks after the keys. */
  constructor(readonly root: RootContext) {}

  /** `changed`: there are other keys, or none any more; what the old ones verified must be forgotten. */
  abstract onKeysFetched(changed: bool): void;
}

/** Where the keys of a rule come from. */
export abstract class KeySource {
  /** The keys; null until there are any, and when they became too old. */
  current: JwkSet | null = null;

  /** `remote`: they are fetched. */
  constructor(readonly remote: bool) {}

  /** Says whether there are keys to use, and begins to fetch them when there are none. `now` in milliseconds. */
  abstract demand(now: i64): KeysState;

  /**
   * A token has a `kid` that no key has: begins to fetch the keys again, unless that was done for another one not long ago.
   * `Pending`: decide again when they are there.
   */
  refetch(now: i64): KeysState {
    return KeysState.Unavailable;
  }

  /** Does what is due. Called at every tick. Answers whether requests wait for another VM, so that the next tick is near. */
  refresh(now: i64): bool {
    return false;
  }

  /** Frees the keys, and all that belongs to them. */
  release(): void {
    this.dropKeys();
  }

  protected dropKeys(): void {
    const keys = this.current;
    if (keys !== null) keys.release();
    this.current = null;
  }
}

/** Keys that stand in the configuration. */
@final
export class InlineKeys extends KeySource {
  constructor(keys: JwkSet) {
    super(false);
    this.current = keys;
  }

  demand(now: i64): KeysState {
    return KeysState.Ready;
  }
}
