import { RequestFacts } from "../../matching/request-facts";
import { StringMatch } from "../../matching/string-match";

/** What a check has to look at, the cheapest first: that is the order in which they are made. */
export enum Cost {
  /** What every request's headers have. */
  Header,
  /** One hostcall a request, whatever the number of checks. */
  Property,
  /** The same, and an address to be read. */
  Address,
  /** JSON to be searched. */
  Claim,
  /** All metadata from the host, to be searched. */
  Metadata,
}

/** One condition of a rule, such as a list of `methods`, or one of `notMethods`. */
export abstract class Check {
  constructor(
    readonly cost: Cost,
    /** Whether none of the values may match, in place of one. */
    protected readonly isNegated: bool,
  ) {}

  /** Whether the request is as the rule has it. */
  holds(facts: RequestFacts): bool {
    return this.matches(facts) != this.isNegated;
  }

  /** Whether one of the values matches. */
  protected abstract matches(facts: RequestFacts): bool;

  /** Frees what the garbage collector does not. */
  release(): void {}
}

/** Puts checks into the order in which they cost least; those of one cost stay as they are. */
export function sortByCost(checks: Check[]): void {
  // Insertion keeps the order of equals, which `sort` does not promise. There are a handful.
  for (let i = 1; i < checks.length; i++) {
    const check = unchecked(checks[i]);
    let at = i;
    // eslint-disable-next-line waypost/no-index -- between 0 and i
    while (at > 0 && unchecked(checks[at - 1]).cost > check.cost) {
      // eslint-disable-next-line waypost/no-index -- between 0 and i
      unchecked((checks[at] = checks[at - 1]));
      at -= 1;
    }
    // eslint-disable-next-line waypost/no-index -- between 0 and i
    unchecked((checks[at] = check));
  }
}

/** Frees what the garbage collector does not. */
export function releaseAll(matches: StringMatch[]): void {
  for (let i = 0; i < matches.length; i++) unchecked(matches[i]).release();
}
