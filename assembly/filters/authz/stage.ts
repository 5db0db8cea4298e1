import { RequestFacts } from "../../matching/request-facts";
import {
  Bytes,
  ByteWriter,
  ConfigObject,
  HeadersStatus,
  LogLevel,
  declareStringFilterState,
  log,
  setFilterState,
} from "../../sdk";
import * as ascii from "../../text/ascii";
import { Stage } from "../stage";
import { AuthzDecision, StreamNotes } from "../stream-notes";
import { AuthzConfig, RuleSet } from "./config";
import { readConfig } from "./config-reader";
import { declareDecision, nameOf, noteDecision, publishDecision } from "./decision";
import { sendDenial } from "./denial";
import { AuthzMetrics } from "./metrics";
import { Mode } from "./policy";
import { Rule } from "./rule";

/** Filter state with the rule, or `none`, by which policies in mode SHADOW would have denied: `wasm.waypost_authz_shadow`. */
const SHADOW = Bytes.constant("waypost_authz_shadow");

/** Filter state with the rules of AUDIT policies that match, with commas: `wasm.waypost_authz_audit`. */
const AUDIT = Bytes.constant("waypost_authz_audit");

/** What policies say about a request. */
enum Verdict {
  Allowed,
  /** By a DENY policy, or because no ALLOW policy matches. */
  Denied,
  /** What they have to look at cannot be read. */
  Failed,
}

/** Lets a request pass or refuses it, by policies: all of authz but the contexts. */
@final
export class AuthzStage extends Stage {
  /** The rule that decided; null: none did. */
  private deciding: Rule | null = null;

  private constructor(
    private readonly config: AuthzConfig,
    private readonly facts: RequestFacts,
    private readonly metrics: AuthzMetrics,
  ) {
    super();
  }

  /** Reads the configuration, and notes its problems there. `pluginNamespace`: of policies that do not name theirs. */
  static read(object: ConfigObject, facts: RequestFacts, pluginNamespace: string): AuthzStage {
    const metrics = new AuthzMetrics();
    return new AuthzStage(readConfig(object, facts, pluginNamespace, metrics), facts, metrics);
  }

  begin(): void {
    declareDecision();
    declareStringFilterState(SHADOW);
    declareStringFilterState(AUDIT);
  }

  /** Decides about the request whose facts have begun, and notes what it decided. */
  onRequestHeaders(notes: StreamNotes): HeadersStatus {
    const config = this.config;
    if (!this.facts.isPresent) return this.withoutHeaders(notes);
    config.begin(this.facts);
    // What is enforced comes first, so that nothing a shadow policy reads has a part in it.
    const verdict = this.judge(config.deny, config.allow);
    const deciding = this.deciding;
    if (config.audit.hasPolicies) this.audit(config.audit);
    if (config.shadowAudit.hasPolicies) this.audit(config.shadowAudit);
    const passesShadow = !(config.shadowDeny.hasPolicies || config.shadowAllow.hasPolicies) || this.judgeInShadow();
    if (verdict == Verdict.Allowed) {
      (deciding === null ? this.metrics.allowed : deciding.policy.decided).increment();
      if (passesShadow) this.noteAllowed(notes, deciding);
      else report(notes, AuthzDecision.ShadowDenied, this.deciding);
      return HeadersStatus.Continue;
    }
    (deciding === null ? this.metrics.denied : deciding.policy.decided).increment();
    describe("denied: ", verdict, deciding);
    return refuse(notes, deciding);
  }

  release(): void {
    this.config.release();
  }

  /** Nobody can say what a request is of which nothing is known. */
  private withoutHeaders(notes: StreamNotes): HeadersStatus {
    const config = this.config;
    if (!config.deny.hasPolicies && !config.allow.hasPolicies) {
      this.noteAllowed(notes, null);
      return HeadersStatus.Continue;
    }
    this.metrics.denied.increment();
    log.info("denied: the request has no headers");
    return refuse(notes, null);
  }

  /** Most requests: they pay for filter state only if it was asked for. */
  private noteAllowed(notes: StreamNotes, rule: Rule | null): void {
    noteDecision(notes, AuthzDecision.Allowed, rule);
    if (this.config.publishesAllowed) publishDecision(AuthzDecision.Allowed, rule);
  }

  /** DENY goes before ALLOW; without an ALLOW policy everything else is allowed. */
  private judge(deny: RuleSet, allow: RuleSet): Verdict {
    const config = this.config;
    this.deciding = config.match(deny, this.facts);
    if (this.deciding !== null) return Verdict.Denied;
    if (allow.hasPolicies) this.deciding = config.match(allow, this.facts);
    if (this.facts.claims.isBroken && (deny.usesClaims || allow.usesClaims)) {
      this.deciding = null;
      return Verdict.Failed;
    }
    return this.deciding !== null || !allow.hasPolicies ? Verdict.Allowed : Verdict.Denied;
  }

  /** Whether policies in mode SHADOW would let it pass; if not, `deciding` is the rule. */
  private judgeInShadow(): bool {
    const verdict = this.judge(this.config.shadowDeny, this.config.shadowAllow);
    const deciding = this.deciding;
    if (verdict == Verdict.Allowed) {
      (deciding === null ? this.metrics.shadowAllowed : deciding.policy.decided).increment();
      return true;
    }
    (deciding === null ? this.metrics.shadowDenied : deciding.policy.decided).increment();
    describe("would deny: ", verdict, deciding);
    setFilterState(SHADOW, nameOf(deciding));
    return false;
  }

  /** Counts and logs each policy that matches, by its first rule that does, and leaves their names in filter state. */
  private audit(set: RuleSet): void {
    const isShadow = set.mode == Mode.SHADOW;
    const names = ByteWriter.create();
    const config = this.config;
    for (let rule = config.match(set, this.facts); rule !== null;) {
      rule.policy.decided.increment();
      log
        .line(LogLevel.Info)
        .text(isShadow ? "would audit: " : "audit: ")
        .bytes(rule.id)
        .send();
      if (names.length > 0) names.put(ascii.COMMA);
      names.bytes(rule.id);
      rule = config.matchOther(set, this.facts, rule);
    }
    if (names.length > 0 && !isShadow) setFilterState(AUDIT, names.finish());
  }
}

/** Logs why a request is refused: the rule that denies, or that no policy allows it. */
function describe(what: string, verdict: Verdict, rule: Rule | null): void {
  const line = log.line(LogLevel.Info).text(what);
  if (rule !== null) line.bytes(rule.id);
  else line.text(verdict == Verdict.Failed ? "the claims cannot be read" : "no ALLOW policy matches");
  line.send();
}

function refuse(notes: StreamNotes, rule: Rule | null): HeadersStatus {
  report(notes, AuthzDecision.Denied, rule);
  sendDenial(nameOf(rule));
  return HeadersStatus.StopAllIterationAndWatermark;
}

function report(notes: StreamNotes, decision: AuthzDecision, rule: Rule | null): void {
  noteDecision(notes, decision, rule);
  publishDecision(decision, rule);
}
