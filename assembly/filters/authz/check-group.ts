import { RequestFacts } from "../../matching/request-facts";
import { TextMatch } from "../../matching/string-match";
import { Check, Cost } from "./check";

/** What the index of rules can be told. */
export enum Indexed {
  Path,
  Host,
  Method,
  Principal,
}

const INDEXED_COUNT = <i32>Indexed.Principal + 1;

/** Checks that must all hold: a `source`, an `operation`, or a rule's `when`. */
@final
export class CheckGroup {
  readonly checks: Check[] = [];
  private readonly demands: StaticArray<TextMatch[] | null> = new StaticArray<TextMatch[] | null>(INDEXED_COUNT);

  holds(facts: RequestFacts): bool {
    const checks = this.checks;
    for (let i = 0; i < checks.length; i++) {
      if (!unchecked(checks[i]).holds(facts)) return false;
    }
    return true;
  }

  /** Whether it looks at claims of the token. */
  get usesClaims(): bool {
    for (let i = 0; i < this.checks.length; i++) {
      if (unchecked(this.checks[i]).cost == Cost.Claim) return true;
    }
    return false;
  }

  /** Notes that it holds for no request of which the fact matches none of `matches`: exact ones, and prefixes of paths. */
  demand(fact: Indexed, matches: TextMatch[]): void {
    // eslint-disable-next-line waypost/no-index -- one for each member of the enum
    unchecked((this.demands[fact] = matches));
  }

  /** What was noted last; null: nothing. */
  demanded(fact: Indexed): TextMatch[] | null {
    // eslint-disable-next-line waypost/no-index -- one for each member of the enum
    return unchecked(this.demands[fact]);
  }

  release(): void {
    for (let i = 0; i < this.checks.length; i++) unchecked(this.checks[i]).release();
  }
}

/** Whether one of `groups` holds, or there is none. */
export function holdsAny(groups: CheckGroup[], facts: RequestFacts): bool {
  for (let i = 0; i < groups.length; i++) {
    if (unchecked(groups[i]).holds(facts)) return true;
  }
  return groups.length == 0;
}
