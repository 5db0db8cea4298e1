import { CandidateIndex } from "../../matching/candidate-index";
import { KeptBytes } from "../../matching/kept-bytes";
import { RequestFacts } from "../../matching/request-facts";
import { TextMatch, TextMatchKind } from "../../matching/string-match";
import { Bytes } from "../../sdk";
import { Check, sortByCost } from "./check";
import { CheckGroup, Indexed, holdsAny } from "./check-group";
import { Policy } from "./policy";

/** A rule of an AuthorizationPolicy: one of its operations, one of its sources, and all of its conditions. */
@final
export class Rule {
  readonly operations: CheckGroup[] = [];
  readonly sources: CheckGroup[] = [];
  readonly conditions: CheckGroup = new CheckGroup();
  /** Checks that every request must pass: conditions, and those of the only operation and the only source. */
  private readonly common: Check[] = [];
  private alternativeOperations: CheckGroup[] = [];
  private alternativeSources: CheckGroup[] = [];

  /** Its number in the order of evaluation. */
  position: i32 = 0;
  /** What Envoy's RBAC calls it, in response code details: that decides which of several is named. */
  readonly name: string;
  /** The same in UTF-8. */
  readonly id: Bytes;

  /** `index`: in its policy. */
  constructor(
    readonly policy: Policy,
    index: i32,
    kept: KeptBytes,
  ) {
    const name = "ns[" + policy.namespace + "]-policy[" + policy.name + "]-rule[" + index.toString() + "]";
    this.name = name;
    this.id = kept.keep(name);
  }

  /** Everything is read: puts the checks into the order in which they are made. */
  compile(): void {
    this.alternativeOperations = this.alternatives(this.operations);
    this.alternativeSources = this.alternatives(this.sources);
    this.addToCommon(this.conditions);
    sortByCost(this.common);
  }

  /** Whether it looks at claims of the token. */
  get usesClaims(): bool {
    return this.conditions.usesClaims || useClaims(this.operations) || useClaims(this.sources);
  }

  matches(facts: RequestFacts): bool {
    const common = this.common;
    for (let i = 0; i < common.length; i++) {
      if (!unchecked(common[i]).holds(facts)) return false;
    }
    return holdsAny(this.alternativeOperations, facts) && holdsAny(this.alternativeSources, facts);
  }

  /** Tells the index which requests it can match. */
  addTo(index: CandidateIndex): void {
    const id = index.add();
    this.position = id;
    const paths = this.demanded(this.operations, Indexed.Path);
    for (let i = 0; i < paths.length; i++) {
      const path = unchecked(paths[i]);
      if (path.kind == TextMatchKind.Exact) index.exactPath(id, path.text);
      else index.pathPrefix(id, path.text);
    }
    const hosts = this.demanded(this.operations, Indexed.Host);
    for (let i = 0; i < hosts.length; i++) index.exactHost(id, unchecked(hosts[i]).text);
    const methods = this.demanded(this.operations, Indexed.Method);
    for (let i = 0; i < methods.length; i++) index.method(id, unchecked(methods[i]).text);
    const principals = this.demanded(this.sources, Indexed.Principal);
    for (let i = 0; i < principals.length; i++) index.exactPrincipal(id, unchecked(principals[i]).text);
  }

  release(): void {
    this.conditions.release();
    for (let i = 0; i < this.operations.length; i++) unchecked(this.operations[i]).release();
    for (let i = 0; i < this.sources.length; i++) unchecked(this.sources[i]).release();
  }

  /** `groups`, unless there is only one: then there is no choice. */
  private alternatives(groups: CheckGroup[]): CheckGroup[] {
    for (let i = 0; i < groups.length; i++) sortByCost(unchecked(groups[i]).checks);
    if (groups.length != 1) return groups;
    for (let i = 0; i < groups.length; i++) this.addToCommon(unchecked(groups[i]));
    return [];
  }

  private addToCommon(group: CheckGroup): void {
    for (let i = 0; i < group.checks.length; i++) this.common.push(unchecked(group.checks[i]));
  }

  /**
   * What one of `groups` demands, whichever it is, else what the conditions do; empty when one of them may demand
   * nothing.
   */
  private demanded(groups: CheckGroup[], fact: Indexed): TextMatch[] {
    let all: TextMatch[] = [];
    let isOpen = groups.length == 0;
    for (let i = 0; i < groups.length; i++) {
      const matches = unchecked(groups[i]).demanded(fact);
      if (matches === null) isOpen = true;
      else all = all.concat(matches);
    }
    if (!isOpen) return all;
    const ofAll = this.conditions.demanded(fact);
    return ofAll === null ? [] : ofAll;
  }
}

function useClaims(groups: CheckGroup[]): bool {
  for (let i = 0; i < groups.length; i++) {
    if (unchecked(groups[i]).usesClaims) return true;
  }
  return false;
}
