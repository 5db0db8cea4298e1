import { JwtStatus, reason } from "../../jose/status";
import {
  Bytes,
  HeadersStatus,
  LogLevel,
  StreamContext,
  StreamOf,
  declareStringFilterState,
  log,
  nowMilliseconds,
  requestHeaders,
  setFilterState,
} from "../../sdk";
import { JwtAuthConfig, Mode } from "./config";
import { readConfig } from "./config-reader";
import { Decider, Outcome } from "./decider";
import { applyEffects, declarePublished, withdrawPayload } from "./effects";
import { KeysListener } from "./keys";
import { AWAIT_TICK } from "./remote-keys";
import { JwtMetrics } from "./metrics";
import { sendRejection } from "./rejection";
import { removeTokens, sanitize } from "./request-headers";
import { TokenCache } from "./token-cache";

/** How often keys are looked after: soon after the start, then regularly. Milliseconds. */
const FIRST_TICK: u32 = 10;
const TICK: u32 = 1_000;

/** Requests that may wait for keys at once in one VM; more are refused. */
const MAX_WAITING = 4096;

/**
 * Requests that go on in one callback, and how many milliseconds later the next ones do. The host carries on with them
 * when the callback has returned, and enters the VM again for each that ends: one inside of the other. Some 300 of them
 * overflow the stack, which ends the VM.
 */
const MAX_RESUMED = 32;
const RESUME_TICK: u32 = 1;

/** Filter state where mode SHADOW leaves why it would have refused: `wasm.waypost_jwt_shadow`. */
const SHADOW_REASON = Bytes.constant("waypost_jwt_shadow");

/** Filter state that names the rule that refused the token of a request: `wasm.waypost_jwt_refused_by`. */
const REFUSING_RULE = Bytes.constant("waypost_jwt_refused_by");

/** One configuration of jwt-auth. */
@final
export class JwtAuthRoot extends KeysListener {
  private readonly metrics: JwtMetrics = new JwtMetrics();
  private config: JwtAuthConfig | null = null;
  private cache: TokenCache = new TokenCache(0);
  private decider: Decider | null = null;
  /** The streams that wait for keys, in order: a list through `nextWaiting` and `previousWaiting`. */
  private firstWaiting: JwtAuthStream | null = null;
  private lastWaiting: JwtAuthStream | null = null;
  private waitingCount: i32 = 0;
  /** How many of them, from the first on, are to be decided about again. */
  private resumable: i32 = 0;

  onConfigure(configuration: Bytes): bool {
    const config = readConfig(configuration, this, this.metrics);
    if (config === null) return false;
    this.config = config;
    declarePublished(config);
    declareStringFilterState(SHADOW_REASON);
    declareStringFilterState(REFUSING_RULE);
    this.cache = new TokenCache(config.cacheSize);
    this.decider = new Decider(config, this.cache, this.metrics);
    if (config.hasRemoteKeys()) this.setTickPeriod(FIRST_TICK);
    return true;
  }

  onTick(): void {
    const config = this.config;
    const awaiting = config !== null && config.refreshKeys(nowMilliseconds());
    this.setTickPeriod(this.resumable > MAX_RESUMED ? RESUME_TICK : awaiting ? AWAIT_TICK : TICK);
    this.resumeSome();
  }

  onKeysFetched(changed: bool): void {
    if (changed) this.cache.clear();
    this.resumable = this.waitingCount;
    if (this.resumable > 0) this.setTickPeriod(RESUME_TICK);
  }

  /** Those that must wait on, for the keys of another rule, line up again behind the others. */
  private resumeSome(): void {
    for (let count = min(this.resumable, MAX_RESUMED); count > 0; count--) {
      const stream = this.firstWaiting;
      // Clients that went away do not wait any more.
      this.resumable = stream === null ? 0 : this.resumable - 1;
      if (stream === null) return;
      this.removeWaiting(stream);
      stream.resume();
    }
  }

  onDelete(): void {
    this.cache.clear();
    const config = this.config;
    if (config !== null) config.release();
    this.config = null;
    this.decider = null;
  }

  createStream(): StreamContext {
    return new JwtAuthStream(this);
  }

  /** Decides about the request that the host is working on, and acts accordingly. */
  handle(stream: JwtAuthStream): HeadersStatus {
    const config = this.config;
    const decider = this.decider;
    // A plugin that is not configured has no streams; should it get one, nobody checked its request.
    if (config === null || decider === null) return HeadersStatus.StopAllIterationAndWatermark;
    switch (decider.decide(requestHeaders.pairs())) {
      case Outcome.Pending:
        if (this.addWaiting(stream)) return HeadersStatus.StopAllIterationAndWatermark;
        decider.status = JwtStatus.JwksFetchFailed;
        return this.deny(config, decider);
      case Outcome.Denied:
        return this.deny(config, decider);
      case Outcome.Allowed:
        this.metrics.allowed.increment();
        break;
      case Outcome.NoToken:
        this.metrics.missing.increment();
        break;
      case Outcome.Unverified:
        this.metrics.unverified.increment();
        describe("passed without a valid token: ", decider);
        break;
      case Outcome.Unchecked:
        this.metrics.unchecked.increment();
        break;
      default:
        this.metrics.preflightBypassed.increment();
    }
    sanitize(config);
    const rule = decider.rule;
    const effects = decider.effects;
    if (rule !== null && effects !== null) {
      removeTokens(config, decider.accepted, decider.found);
      applyEffects(config, rule, effects);
    } else {
      withdrawPayload(config);
    }
    return HeadersStatus.Continue;
  }

  private deny(config: JwtAuthConfig, decider: Decider): HeadersStatus {
    const status = decider.status;
    const shadow = config.mode == Mode.SHADOW;
    if (status == JwtStatus.Missing) this.metrics.missing.increment();
    if (shadow) this.metrics.countShadowDenied(status);
    else this.metrics.countDenied(status);
    describe(shadow ? "would deny: " : "denied: ", decider);
    const rule = decider.refusing;
    if (rule !== null) setFilterState(REFUSING_RULE, Bytes.of(rule.name));
    withdrawPayload(config);
    if (shadow) {
      sanitize(config);
      setFilterState(SHADOW_REASON, Bytes.of(reason(status)));
      return HeadersStatus.Continue;
    }
    sendRejection(config, status);
    return HeadersStatus.StopAllIterationAndWatermark;
  }

  private addWaiting(stream: JwtAuthStream): bool {
    if (this.waitingCount >= MAX_WAITING) return false;
    const last = this.lastWaiting;
    this.metrics.waits.increment();
    stream.isWaiting = true;
    stream.previousWaiting = last;
    if (last !== null) last.nextWaiting = stream;
    else this.firstWaiting = stream;
    this.lastWaiting = stream;
    this.waitingCount += 1;
    return true;
  }

  /** The stream does not wait any more: it goes on, or it has ended. */
  removeWaiting(stream: JwtAuthStream): void {
    if (!stream.isWaiting) return;
    const previous = stream.previousWaiting;
    const next = stream.nextWaiting;
    if (previous !== null) previous.nextWaiting = next;
    else this.firstWaiting = next;
    if (next !== null) next.previousWaiting = previous;
    else this.lastWaiting = previous;
    stream.isWaiting = false;
    stream.previousWaiting = null;
    stream.nextWaiting = null;
    this.waitingCount -= 1;
  }
}

/** Logs what became of a request: why, and which rule says so. */
function describe(what: string, decider: Decider): void {
  const line = log.line(LogLevel.Info).text(what).text(reason(decider.status));
  const rule = decider.refusing;
  if (rule !== null) line.text(" (").text(rule.name).text(")");
  line.send();
}

/** One request. */
@final
class JwtAuthStream extends StreamOf<JwtAuthRoot> {
  /** Whether it is in its root's list of streams that wait for keys; the list's links. */
  isWaiting: bool = false;
  nextWaiting: JwtAuthStream | null = null;
  previousWaiting: JwtAuthStream | null = null;

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    return this.root.handle(this);
  }

  /** The keys that it waited for are there, or will not come. */
  resume(): void {
    if (!this.makeEffective()) return;
    if (this.root.handle(this) == HeadersStatus.Continue) this.continueRequest();
  }

  onDelete(): void {
    this.root.removeWaiting(this);
  }

  recycle(): bool {
    return true;
  }
}
