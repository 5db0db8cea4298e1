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
import { AuthzConfig, RuleSet } from "./config";
import { readConfig } from "./config-reader";
import { sendDenial } from "./denial";
import { AuthzMetrics } from "./metrics";
import { Mode } from "./policy";
import { Rule } from "./rule";

/** Filter state with the rule, or `none`, by which policies in mode SHADOW would have denied: `wasm.waypost_authz_shadow`. */
const SHADOW = Bytes.constant("waypost_authz_shadow");

/** Filter state with the rules of AUDIT policies that match, with commas: `wasm.waypost_authz_audit`. */
const AUDIT = Bytes.constant("waypost_authz_audit");

/** What Envoy's RBAC has for the name of a rule when none decided. */
const NONE = Bytes.constant("none");

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
    declareStringFilterState(SHADOW);
    declareStringFilterState(AUDIT);
  }

  /** Decides about the request whose facts have begun. */
  onRequestHeaders(): HeadersStatus {
    const config = this.config;
    if (!this.facts.isPresent) return this.withoutHeaders();
    config.begin(this.facts);
    // What is enforced comes first, so that nothing a shadow policy reads has a part in it.
    const verdict = this.judge(config.deny, config.allow);
    const deciding = this.deciding;
    if (config.audit.hasPolicies) this.audit(config.audit);
    if (config.shadowAudit.hasPolicies) this.audit(config.shadowAudit);
    if (config.shadowDeny.hasPolicies || config.shadowAllow.hasPolicies) this.judgeInShadow();
    if (verdict == Verdict.Allowed) {
      (deciding === null ? this.metrics.allowed : deciding.policy.decided).increment();
      return HeadersStatus.Continue;
    }
    (deciding === null ? this.metrics.denied : deciding.policy.decided).increment();
    describe("denied: ", verdict, deciding);
    return refuse(deciding);
  }

  release(): void {
    this.config.release();
  }

  /** Nobody can say what a request is of which nothing is known. */
  private withoutHeaders(): HeadersStatus {
    const config = this.config;
    if (!config.deny.hasPolicies && !config.allow.hasPolicies) return HeadersStatus.Continue;
    this.metrics.denied.increment();
    log.info("denied: the request has no headers");
    return refuse(null);
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

  private judgeInShadow(): void {
    const verdict = this.judge(this.config.shadowDeny, this.config.shadowAllow);
    const deciding = this.deciding;
    if (verdict == Verdict.Allowed) {
      (deciding === null ? this.metrics.shadowAllowed : deciding.policy.decided).increment();
      return;
    }
    (deciding === null ? this.metrics.shadowDenied : deciding.policy.decided).increment();
    describe("would deny: ", verdict, deciding);
    setFilterState(SHADOW, nameOf(deciding));
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

function nameOf(rule: Rule | null): Bytes {
  return rule === null ? NONE : rule.id;
}

function refuse(rule: Rule | null): HeadersStatus {
  sendDenial(nameOf(rule));
  return HeadersStatus.StopAllIterationAndWatermark;
}
