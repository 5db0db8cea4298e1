import { JwkSet, MAX_JWKS_SIZE } from "../../jose/jwk-set";
import { JwksStatus } from "../../jose/jwk-status";
import { Bytes, HttpCall, LogLevel, RootContext, Status, log, nowMilliseconds } from "../../sdk";
import { JwtMetrics } from "./metrics";
import { SharedKeys } from "./shared-keys";

/** What a rule's keys are like at the moment. */
export enum KeysState {
  /** `current` may be used. */
  Ready,
  /** The first fetch is under way: the request has to wait. */
  Pending,
  /** There are no keys: fetching them failed, and the next try is not due yet. */
  Unavailable,
}

/** Who acts when a fetch has ended. */
export abstract class KeysListener extends RootContext {
  /** `changed`: there are new keys; what the old ones verified must be forgotten. */
  abstract onKeysFetched(changed: bool): void;
}

/** Where the keys of a rule come from. */
export abstract class KeySource {
  /** The keys; null until there are any. */
  current: JwkSet | null = null;

  /** `remote`: they are fetched. */
  constructor(readonly remote: bool) {}

  /** Says whether there are keys to use, and begins to fetch them when there are none. `now` in milliseconds. */
  abstract demand(now: i64): KeysState;

  /** Fetches what is due. Called at every tick. */
  refresh(now: i64): void {}

  /** Frees the keys. */
  release(): void {
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

/** How long to wait after a failed fetch, in milliseconds: first, and at most. In between it doubles. */
const MIN_BACKOFF: i64 = 1_000;
const MAX_BACKOFF: i64 = 60_000;

/** Keys are fetched again when this part of their time is left. */
const REFRESH_MARGIN: i64 = 10;

/**
 * Keys that are fetched from `jwksUri`: when the first tick or request asks for them, and again before they are older than
 * `cacheDuration`. While the issuer fails, the keys it gave last stay in use. What one VM of the proxy fetched the others
 * take from shared data, a new configuration included.
 */
@final
export class RemoteKeys extends KeySource {
  private readonly shared: SharedKeys;
  private call: JwksCall | null = null;
  /** When `current` was fetched, and when the next fetch is due: milliseconds since 1970. */
  private fetchedAt: i64 = 0;
  private due: i64 = 0;
  /** The moment that `due` was counted from. When it lies ahead the clock was set back, and `due` means nothing. */
  private dueSince: i64 = 0;
  private backoff: i64 = MIN_BACKOFF;
  private failing: bool = false;

  constructor(
    private readonly rule: string,
    private readonly cluster: string,
    private readonly authority: string,
    private readonly path: string,
    /** Milliseconds. */
    private readonly timeout: u32,
    /** Milliseconds. */
    private readonly cacheDuration: i64,
    private readonly listener: KeysListener,
    private readonly metrics: JwtMetrics,
  ) {
    super(true);
    this.shared = new SharedKeys(cluster, authority, path);
  }

  /** A request that has to wait does not wait for another VM's fetch, of which this one would hear late. */
  demand(now: i64): KeysState {
    if (this.current === null && this.call === null && !this.takeShared(now) && this.isDue(now)) this.fetch(now);
    if (this.current !== null) return KeysState.Ready;
    return this.call !== null ? KeysState.Pending : KeysState.Unavailable;
  }

  refresh(now: i64): void {
    if (this.call !== null || !this.isDue(now)) return;
    if (this.takeShared(now)) this.listener.onKeysFetched(true);
    else if (this.shared.lease(now, <i64>this.timeout + MIN_BACKOFF)) this.fetch(now);
  }

  /** The fetch has ended; `status` 0 when the answer broke off. */
  answered(status: i32, body: Bytes): void {
    this.call = null;
    const now = nowMilliseconds();
    const fetched = status == 200 && this.use(body, now);
    if (fetched) {
      this.shared.publish(now, body);
      this.metrics.fetchSuccesses.increment();
    } else if (status == 200) {
      this.failed(now, "the answer is not a key set with a usable key");
    } else {
      this.failed(
        now,
        status == 503 || status == 504 ? "no answer, or status 503 or 504" : "no answer with status 200",
      );
    }
    this.listener.onKeysFetched(fetched);
  }

  release(): void {
    super.release();
    this.shared.release();
  }

  private fetch(now: i64): void {
    const call = new JwksCall(this);
    const headers = HttpCall.headers("GET", this.authority, this.path).add("accept", "application/json");
    const status = call.send(this.listener, this.cluster, headers, null, this.timeout);
    if (status == Status.Ok) this.call = call;
    else if (status == Status.BadArgument) this.failed(now, "the proxy has no such cluster (jwksCluster)");
    else this.failed(now, "the cluster has no healthy host");
  }

  /** Takes what another VM fetched, if that is newer than what is here. */
  private takeShared(now: i64): bool {
    const keys = this.shared.newer(now < this.fetchedAt ? 0 : this.fetchedAt);
    if (keys === null) return false;
    const fetchedAt = this.shared.fetchedAt;
    // Nobody can have fetched in the future, and keys past their time are better fetched than taken.
    if (fetchedAt > now || now >= this.dueAfter(fetchedAt)) return false;
    return this.use(keys, fetchedAt);
  }

  private use(text: Bytes, fetchedAt: i64): bool {
    const keys = JwkSet.parse(text);
    if (keys.status != JwksStatus.Ok) return false;
    const old = this.current;
    this.current = keys;
    this.fetchedAt = fetchedAt;
    this.due = this.dueAfter(fetchedAt);
    this.dueSince = fetchedAt;
    this.backoff = MIN_BACKOFF;
    if (old !== null) old.release();
    if (this.failing || old === null) this.describe(this.failing ? LogLevel.Warn : LogLevel.Info, "are there");
    this.failing = false;
    return true;
  }

  private isDue(now: i64): bool {
    return now >= this.due || now < this.dueSince;
  }

  private dueAfter(fetchedAt: i64): i64 {
    return fetchedAt + this.cacheDuration - this.cacheDuration / REFRESH_MARGIN;
  }

  private failed(now: i64, why: string): void {
    this.due = now + this.backoff;
    this.dueSince = now;
    this.shared.extend(now, this.backoff);
    this.backoff = min(this.backoff * 2, MAX_BACKOFF);
    this.metrics.fetchFailures.increment();
    // Said once for each time that the issuer goes away, not once for each try.
    if (this.failing) return;
    this.failing = true;
    this.describe(
      LogLevel.Warn,
      this.current === null ? "not fetched: " + why : "not fetched, the old ones stay: " + why,
    );
  }

  private describe(level: LogLevel, what: string): void {
    log
      .line(level)
      .text("keys of ")
      .text(this.rule)
      .text(" (cluster ")
      .text(this.cluster)
      .text("): ")
      .text(what)
      .send();
  }
}

class JwksCall extends HttpCall {
  constructor(private readonly keys: RemoteKeys) {
    super();
  }

  onResponse(status: i32): void {
    // One byte too many is enough to see that it is too large, and costs less than all of it.
    this.keys.answered(status, this.responseBody.read(0, MAX_JWKS_SIZE + 1));
  }
}
