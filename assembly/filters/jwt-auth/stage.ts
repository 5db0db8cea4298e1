import { JwtStatus, reason } from "../../jose/status";
import { RequestFacts } from "../../matching/request-facts";
import {
  Bytes,
  ConfigObject,
  HeadersStatus,
  LogLevel,
  RootContext,
  declareStringFilterState,
  log,
  nowMilliseconds,
  setFilterState,
} from "../../sdk";
import { Stage } from "../stage";
import { StreamNotes } from "../stream-notes";
import { JwtAuthConfig, Mode } from "./config";
import { readConfig } from "./config-reader";
import { Decider, Outcome } from "./decider";
import { applyEffects, declarePublished, withdrawPayload } from "./effects";
import { JwtMetrics } from "./metrics";
import { reasonBytes } from "./reasons";
import { sendRejection } from "./rejection";
import { removeTokens, sanitize } from "./request-headers";
import { TokenCache } from "./token-cache";
import { WaitingStream, WaitingStreams } from "./waiting-streams";

/** Filter state that says why a request was refused: `wasm.waypost_jwt_reason`. */
const REASON = Bytes.constant("waypost_jwt_reason");

/** Filter state where mode SHADOW leaves why it would have refused: `wasm.waypost_jwt_shadow`. */
const SHADOW_REASON = Bytes.constant("waypost_jwt_shadow");

/** Filter state that names the rule that refused the token of a request: `wasm.waypost_jwt_refused_by`. */
const REFUSING_RULE = Bytes.constant("waypost_jwt_refused_by");

/** Checks tokens, and sets what follows from them: all of jwt-auth but the contexts. */
@final
export class JwtAuthStage extends Stage {
  private readonly metrics: JwtMetrics;
  private readonly waiting: WaitingStreams;
  private readonly config: JwtAuthConfig;
  private readonly cache: TokenCache;
  private readonly decider: Decider;

  /** Reads the configuration; where it has a problem, it is noted in `object`, and the stage must not be used. */
  constructor(root: RootContext, object: ConfigObject, facts: RequestFacts) {
    super();
    const metrics = new JwtMetrics();
    const waiting = new WaitingStreams(root, metrics);
    const config = readConfig(object, facts, waiting, metrics);
    const cache = new TokenCache(config.cacheSize);
    waiting.cache = cache;
    this.metrics = metrics;
    this.waiting = waiting;
    this.config = config;
    this.cache = cache;
    this.decider = new Decider(config, cache, metrics);
  }

  begin(): void {
    declarePublished(this.config);
    declareStringFilterState(REASON);
    declareStringFilterState(SHADOW_REASON);
    declareStringFilterState(REFUSING_RULE);
    if (this.config.hasRemoteKeys()) this.waiting.begin();
  }

  /** For the root's `onTick`. */
  onTick(): void {
    this.waiting.onTick(this.config.refreshKeys(nowMilliseconds()));
  }

  /** The stream does not wait any more: it has ended. */
  onStreamEnd(stream: WaitingStream): void {
    this.waiting.remove(stream);
  }

  release(): void {
    this.cache.clear();
    this.config.release();
  }

  /** Decides about the request that the facts are about, acts accordingly, and notes why it refuses. */
  onRequestHeaders(stream: WaitingStream, notes: StreamNotes): HeadersStatus {
    const config = this.config;
    const decider = this.decider;
    switch (decider.decide()) {
      case Outcome.Pending:
        if (this.waiting.add(stream)) return HeadersStatus.StopAllIterationAndWatermark;
        decider.status = JwtStatus.JwksFetchFailed;
        return this.deny(notes);
      case Outcome.Denied:
        return this.deny(notes);
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

  private deny(notes: StreamNotes): HeadersStatus {
    const config = this.config;
    const decider = this.decider;
    const status = decider.status;
    const shadow = config.mode == Mode.SHADOW;
    if (status == JwtStatus.Missing) this.metrics.missing.increment();
    if (shadow) this.metrics.countShadowDenied(status);
    else this.metrics.countDenied(status);
    describe(shadow ? "would deny: " : "denied: ", decider);
    const rule = decider.refusing;
    if (rule !== null) setFilterState(REFUSING_RULE, Bytes.of(rule.name));
    withdrawPayload(config);
    const why = reasonBytes(status);
    if (shadow) {
      sanitize(config);
      notes.jwtShadow = why;
      setFilterState(SHADOW_REASON, why);
      return HeadersStatus.Continue;
    }
    notes.jwtReason = why;
    setFilterState(REASON, why);
    sendRejection(config, status);
    return HeadersStatus.StopAllIterationAndWatermark;
  }
}

/** Logs what became of a request: why, and which rule says so. */
function describe(what: string, decider: Decider): void {
  const line = log.line(LogLevel.Info).text(what).text(reason(decider.status));
  const rule = decider.refusing;
  if (rule !== null) line.text(" (").text(rule.name).text(")");
  line.send();
}
