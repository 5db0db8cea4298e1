import { HashAlgorithm, digest } from "../../crypto/hash";
import { JwkSet, MAX_JWKS_SIZE } from "../../jose/jwk-set";
import { JwksStatus, jwksStatusText } from "../../jose/jwk-status";
import { Bytes, HttpCall, LogLevel, RootContext, Status, log, nowMilliseconds } from "../../sdk";
import { Discovery, DiscoveryStatus, MAX_DOCUMENT_SIZE, discoveryStatusText } from "./discovery";
import { freshFor } from "./freshness";
import { HttpLocation } from "./http-location";
import { KeySource, KeysListener, KeysState } from "./keys";
import { KeyTimes } from "./key-times";
import { JwtMetrics } from "./metrics";
import { SharedKeys, Turn } from "./shared-keys";

/** How often a VM looks for what another one fetches, while requests wait for it. Milliseconds. */
export const AWAIT_TICK: u32 = 20;

/** How long a VM may need to act on the end of its fetch before another one takes over. Milliseconds. */
const TURN_MARGIN: i64 = 1_000;

const DIGEST_SIZE = 32;
const newDigest = memory.data(DIGEST_SIZE);

/** What came of a key set that was fetched. */
enum Taken {
  /** Not a key set with a usable key; the old ones stay. */
  Refused,
  /** The same keys as before, byte for byte: all that was made of them stays. */
  Same,
  Changed,
}

/** How the keys of a rule are fetched. */
@final
export class KeysConfig {
  constructor(
    /** The rule's name, for the log. */
    readonly rule: string,
    /** Where the keys are; with `discovery` where the document is that says so. */
    readonly location: HttpLocation,
    /** How the location of the keys is found; null: it is configured. */
    readonly discovery: Discovery | null,
    /** For a whole fetch, in milliseconds. */
    readonly timeout: i64,
    /** For how long keys count as fresh at most, in milliseconds. */
    readonly cacheDuration: i64,
    /** For how long they may be used beyond that, in milliseconds. */
    readonly staleDuration: i64,
  ) {}

  /** All that determines which keys are fetched. */
  source(): string {
    const discovery = this.discovery;
    const location = this.location.toString();
    return discovery === null ? location : "discovery\n" + location + "\n" + discovery.jwksCluster;
  }
}

/**
 * Keys that are fetched: when the first tick or request asks for them, again before they expire, and when a token has a
 * `kid` that no key has. While the issuer fails, the keys it gave last stay in use, for a time. One VM of the proxy
 * fetches; the others take the keys from shared data, those of a new configuration included. See docs/jwks.md.
 */
@final
export class RemoteKeys extends KeySource {
  private readonly shared: SharedKeys;
  private readonly times: KeyTimes;
  /** The fetch of this VM that is under way. */
  private call: FetchCall | null = null;
  /** When it ends at the latest. */
  private deadline: i64 = 0;
  /** Requests wait for another VM's fetch. */
  private awaiting: bool = false;
  /** When keys were fetched that another VM left, and that cannot be used. */
  private unusable: i64 = 0;
  /** SHA-256 of the key set that `current` was read from. */
  private readonly digest: StaticArray<u8> = new StaticArray<u8>(DIGEST_SIZE);

  constructor(
    private readonly config: KeysConfig,
    private readonly listener: KeysListener,
    private readonly metrics: JwtMetrics,
  ) {
    super(true);
    this.shared = new SharedKeys(config.source());
    this.times = new KeyTimes(config.cacheDuration, config.staleDuration);
  }

  demand(now: i64): KeysState {
    if (this.current !== null) return KeysState.Ready;
    if (this.call !== null || this.awaiting) return KeysState.Pending;
    this.shared.read(now);
    if (this.takeShared(now) != Taken.Refused) return KeysState.Ready;
    return this.times.isDue(now) ? this.begin(now, false) : KeysState.Unavailable;
  }

  refetch(now: i64): KeysState {
    if (this.call !== null || this.awaiting) return KeysState.Pending;
    this.shared.read(now);
    if (!this.hasNewer()) return this.begin(now, true);
    // Another VM has newer keys. The next tick takes them, when no token is being checked.
    this.awaitOther();
    return KeysState.Pending;
  }

  refresh(now: i64): bool {
    this.times.checkClock(now);
    if (this.call === null) this.lookAtOthers(now);
    if (this.call === null && this.times.isDue(now)) this.fetchInTurn(now, false);
    if (this.current !== null && !this.times.serve(now)) this.drop(now);
    return this.awaiting;
  }

  release(): void {
    this.dropKeys();
    if (this.call !== null) this.shared.abandon(nowMilliseconds());
    this.shared.release();
  }

  /** The answer to a call: `status` 0 when it broke off. `body` is empty unless it is 200. */
  answered(call: FetchCall, status: i32, body: Bytes, fresh: i64): void {
    this.call = null;
    const now = nowMilliseconds();
    const discovery = this.config.discovery;
    if (status != 200) {
      this.failed(now, call, statusText(status));
    } else if (call.isDocument && discovery !== null) {
      const result = discovery.read(body, now + this.times.lifetime(fresh));
      if (result == DiscoveryStatus.Ok) this.fetch(now);
      else this.failed(now, call, discoveryStatusText(result));
    } else {
      this.keysAnswered(now, call, body, fresh);
    }
  }

  private keysAnswered(now: i64, call: FetchCall, body: Bytes, fresh: i64): void {
    const isFirst = this.current === null;
    const keys = this.readIfNew(body);
    if (keys !== null && keys.status != JwksStatus.Ok) {
      this.failed(now, call, jwksStatusText(keys.status));
      return;
    }
    this.shared.read(now);
    const wasFetched = this.shared.fetchedAt > 0;
    if (this.shared.isFailing) this.describe(LogLevel.Warn, call.location, "are there again");
    else if (!wasFetched) this.describe(LogLevel.Info, call.location, "are there");
    if (keys !== null && wasFetched && !isFirst) this.metrics.keyChanges.increment();
    this.shared.succeeded(now, body, fresh);
    this.metrics.fetchSuccesses.increment();
    this.use(keys, now, fresh);
    this.listener.onKeysFetched(keys !== null);
  }

  private begin(now: i64, forKid: bool): KeysState {
    const turn = this.fetchInTurn(now, forKid);
    if (turn == Turn.TooSoon) return KeysState.Unavailable;
    if (turn == Turn.Granted) return this.call !== null ? KeysState.Pending : KeysState.Unavailable;
    this.awaitOther();
    return KeysState.Pending;
  }

  private awaitOther(): void {
    this.awaiting = true;
    this.listener.root.setTickPeriod(AWAIT_TICK);
  }

  /** Begins a fetch, if it is this VM's turn. */
  private fetchInTurn(now: i64, forKid: bool): Turn {
    const turn = this.shared.begin(now, this.config.timeout + TURN_MARGIN, forKid);
    if (turn != Turn.Granted) return turn;
    if (forKid) this.metrics.kidFetches.increment();
    this.deadline = now + this.config.timeout;
    this.fetch(now);
    return turn;
  }

  /** Takes newer keys of another VM; lets requests go on when there will be none. */
  private lookAtOthers(now: i64): void {
    this.shared.read(now);
    const taken = this.takeShared(now);
    if (taken == Taken.Refused && (!this.awaiting || this.shared.isFetching(now))) return;
    this.awaiting = false;
    this.listener.onKeysFetched(taken == Taken.Changed);
  }

  /** Whether another VM has left keys that are newer than those here. After `shared.read`. */
  private hasNewer(): bool {
    const fetchedAt = this.shared.fetchedAt;
    return fetchedAt > this.times.fetchedAt && fetchedAt != this.unusable;
  }

  /** Takes what another VM fetched, if that is newer than what is here. After `shared.read`. */
  private takeShared(now: i64): Taken {
    if (!this.hasNewer()) return Taken.Refused;
    const fetchedAt = this.shared.fetchedAt;
    const fresh = this.shared.freshFor;
    // Unless they turn out well; else they would be looked at again and again, and requests would wait for them.
    this.unusable = fetchedAt;
    const text = this.times.wouldServe(now, fetchedAt, fresh) ? this.shared.keys() : null;
    if (text === null || text.length > MAX_JWKS_SIZE) return Taken.Refused;
    const keys = this.readIfNew(text);
    if (keys !== null && keys.status != JwksStatus.Ok) return Taken.Refused;
    this.use(keys, fetchedAt, fresh);
    return keys === null ? Taken.Same : Taken.Changed;
  }

  /** Reads a key set; null when it is that of `current`. Two texts with one digest nobody can make. */
  private readIfNew(text: Bytes): JwkSet | null {
    digest(HashAlgorithm.SHA256, text.ptr, text.length, newDigest);
    const isSame = memory.compare(newDigest, changetype<usize>(this.digest), DIGEST_SIZE) == 0;
    return isSame && this.current !== null ? null : JwkSet.parse(text);
  }

  /** Takes keys into use, those just read or, with null, the same for longer. */
  private use(keys: JwkSet | null, fetchedAt: i64, fresh: i64): void {
    this.times.fetched(fetchedAt, fresh);
    if (keys === null) return;
    const old = this.current;
    this.current = keys;
    memory.copy(changetype<usize>(this.digest), newDigest, DIGEST_SIZE);
    if (old !== null) old.release();
  }

  /** The keys are too old: without any, tokens are refused. */
  private drop(now: i64): void {
    this.dropKeys();
    this.listener.onKeysFetched(true);
    if (!this.shared.markDropped(now)) return;
    this.metrics.keysDropped.increment();
    this.describe(LogLevel.Warn, this.config.location, "are older than jwksStaleDuration allows: tokens are refused");
  }

  /** Sends what is next: for the document, unless the location of the keys is known. */
  private fetch(now: i64): void {
    const discovery = this.config.discovery;
    const known = discovery === null ? this.config.location : discovery.known(now);
    const call = new FetchCall(this, known === null ? this.config.location : known, known === null);
    const timeout = max(1, min(this.config.timeout, this.deadline - now));
    const status = call.ask(this.listener.root, <u32>timeout);
    if (status == Status.Ok) this.call = call;
    else this.notSent(now, call, status);
  }

  /** The proxy may get the cluster, or its hosts, at any moment; another VM may have them already. */
  private notSent(now: i64, call: FetchCall, status: Status): void {
    const field = call.isDocument ? "discoveryCluster" : "jwksCluster";
    const noCluster = "the proxy has no such cluster (" + field + ")";
    this.noteFailure(now, call, status == Status.BadArgument ? noCluster : "the cluster has no healthy host");
    this.times.notSent(now);
    this.shared.notSent(now);
    this.listener.onKeysFetched(false);
  }

  private failed(now: i64, call: FetchCall, why: string): void {
    const discovery = this.config.discovery;
    if (discovery !== null) discovery.forget();
    this.noteFailure(now, call, why);
    this.shared.failed(now, this.times.failed(now, this.shared.failures + 1));
    this.listener.onKeysFetched(false);
  }

  /** Said once for each time that the issuer goes away, not once for each try. */
  private noteFailure(now: i64, call: FetchCall, why: string): void {
    this.metrics.fetchFailures.increment();
    this.shared.read(now);
    if (this.shared.isFailing) return;
    const what = this.current === null ? "not fetched: " : "not fetched, the old ones stay: ";
    this.describe(LogLevel.Warn, call.location, what + (call.isDocument ? "discovery document: " : "") + why);
  }

  private describe(level: LogLevel, location: HttpLocation, what: string): void {
    log
      .line(level)
      .text("keys of ")
      .text(this.config.rule)
      .text(" (cluster ")
      .text(location.cluster)
      .text("): ")
      .text(what)
      .send();
  }
}

/** One request of a fetch: for the keys, or for the document that says where they are. */
@final
class FetchCall extends HttpCall {
  constructor(
    private readonly keys: RemoteKeys,
    readonly location: HttpLocation,
    readonly isDocument: bool,
  ) {
    super();
  }

  ask(owner: RootContext, timeout: u32): Status {
    const location = this.location;
    const headers = HttpCall.headers("GET", location.authority, location.path).add("accept", "application/json");
    return this.send(owner, location.cluster, headers, null, timeout);
  }

  onResponse(status: i32): void {
    // One byte too many is enough to see that it is too large, and costs less than all of it.
    const size = this.isDocument ? MAX_DOCUMENT_SIZE : MAX_JWKS_SIZE;
    const body = this.responseBody.read(0, status == 200 ? size + 1 : 0);
    this.keys.answered(this, status, body, freshFor(this.responseHeaders));
  }
}

/** Why an answer with this status gives no keys, as words for the log. */
function statusText(status: i32): string {
  if (status == 0) return "the answer broke off";
  if (status == 503 || status == 504) return "no answer, or status " + status.toString();
  if (status >= 300 && status < 400) {
    return "status " + status.toString() + ", and redirections are not followed; configure where it leads";
  }
  return "no answer with status 200 but " + status.toString();
}
