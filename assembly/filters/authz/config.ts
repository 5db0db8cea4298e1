import { CandidateIndex } from "../../matching/candidate-index";
import { KeptBytes } from "../../matching/kept-bytes";
import { RequestFacts } from "../../matching/request-facts";
import { Action, Mode, Policy } from "./policy";
import { Rule } from "./rule";

/** Rules of the policies with one action and one mode: a run of all rules, in the order of their names as in Envoy's RBAC. */
@final
export class RuleSet {
  /** Whether there is such a policy, be it one without rules. */
  hasPolicies: bool = false;
  /** Whether a rule looks at claims of the token. */
  usesClaims: bool = false;
  first: i32 = 0;
  /** Behind the last. */
  end: i32 = 0;

  constructor(
    readonly action: Action,
    readonly mode: Mode,
  ) {}

  has(policy: Policy): bool {
    return policy.action == this.action && policy.mode == this.mode;
  }
}

/** The configuration of authz, ready for use. */
@final
export class AuthzConfig {
  readonly kept: KeptBytes = new KeptBytes();
  readonly allow: RuleSet = new RuleSet(Action.ALLOW, Mode.ENFORCE);
  readonly deny: RuleSet = new RuleSet(Action.DENY, Mode.ENFORCE);
  readonly audit: RuleSet = new RuleSet(Action.AUDIT, Mode.ENFORCE);
  readonly shadowAllow: RuleSet = new RuleSet(Action.ALLOW, Mode.SHADOW);
  readonly shadowDeny: RuleSet = new RuleSet(Action.DENY, Mode.SHADOW);
  readonly shadowAudit: RuleSet = new RuleSet(Action.AUDIT, Mode.SHADOW);
  /** Whether requests that pass get their decision in filter state, too. */
  publishesAllowed: bool = false;
  readonly policies: Policy[] = [];
  /** `<namespace>/<name>` of each. */
  readonly policyIds: Set<string> = new Set<string>();
  private rules: Rule[] = [];
  private readonly index: CandidateIndex = new CandidateIndex();

  add(rule: Rule): void {
    this.rules.push(rule);
  }

  /** Everything is read: orders the rules, and makes their index. */
  compile(): void {
    this.rules.sort(byName);
    const rules = this.rules;
    this.rules = [];
    const sets = [this.allow, this.deny, this.audit, this.shadowAllow, this.shadowDeny, this.shadowAudit];
    for (let i = 0; i < sets.length; i++) this.fill(unchecked(sets[i]), rules);
    this.index.build();
  }

  /** A request comes: its rules are to be looked for. */
  begin(facts: RequestFacts): void {
    this.index.begin(facts);
  }

  /** The first rule of a set that the request matches; null when there is none. */
  match(set: RuleSet, facts: RequestFacts): Rule | null {
    return this.matchFrom(set, facts, set.first, null);
  }

  /** The first behind `rule` that is of another policy. */
  matchOther(set: RuleSet, facts: RequestFacts, rule: Rule): Rule | null {
    return this.matchFrom(set, facts, rule.position + 1, rule.policy);
  }

  private matchFrom(set: RuleSet, facts: RequestFacts, from: i32, except: Policy | null): Rule | null {
    for (let id = this.index.next(from); id >= 0 && id < set.end; id = this.index.next(id + 1)) {
      // eslint-disable-next-line waypost/no-index -- the index knows as many ids as there are rules
      const rule = unchecked(this.rules[id]);
      if (rule.policy !== except && rule.matches(facts)) return rule;
    }
    return null;
  }

  /** Frees all that the garbage collector does not, when the configuration is over. */
  release(): void {
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).release();
    this.rules = [];
    this.index.release();
    this.kept.release();
  }

  private fill(set: RuleSet, rules: Rule[]): void {
    for (let i = 0; i < this.policies.length; i++) {
      if (set.has(unchecked(this.policies[i]))) set.hasPolicies = true;
    }
    set.first = this.rules.length;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (!set.has(rule.policy)) continue;
      if (rule.usesClaims) set.usesClaims = true;
      rule.addTo(this.index);
      this.rules.push(rule);
    }
    set.end = this.rules.length;
  }
}

/** The order of a `std::map` in Envoy: by the bytes of the names, rule 10 before rule 2. */
function byName(left: Rule, right: Rule): i32 {
  if (left.name == right.name) return 0;
  return left.name < right.name ? -1 : 1;
}
