import { Rule } from "./config";
import { RequestFacts } from "../../matching/request-facts";
import { RequestMatch } from "./request-match";

export enum RequirementKind {
  /** A valid token of `rule`. */
  Provider,
  /** The first of `parts` that is fulfilled. */
  Any,
  /** All of `parts`. */
  All,
  /** Tokens of any rules, all of them valid, or none. */
  AllowMissing,
  /** Tokens of any rules, or none; those that are not valid change nothing. */
  AllowMissingOrFailed,
  /** Nothing: tokens are not even looked for. */
  None,
}

/** What a request needs: a JwtRequirement of Envoy's jwt_authn. */
@final
export class Requirement {
  /** Of a `Provider`. */
  rule: Rule | null = null;
  /** Of `Any` and `All`; without those that `allowsMissing` and `allowsFailed` stand for. */
  parts: Requirement[] = [];
  /** Of `Any`: fulfilled when none of its parts found a token. */
  allowsMissing: bool = false;
  /** Of `Any`: fulfilled in any case. */
  allowsFailed: bool = false;

  constructor(readonly kind: RequirementKind) {}

  /** Whether a request without a token can fulfil it. */
  get isLenient(): bool {
    switch (this.kind) {
      case RequirementKind.Provider:
        return false;
      case RequirementKind.Any:
        return this.allowsMissing || this.allowsFailed || this.countLenient() > 0;
      case RequirementKind.All:
        return this.countLenient() == this.parts.length;
      default:
        return true;
    }
  }

  private countLenient(): i32 {
    let count = 0;
    for (let i = 0; i < this.parts.length; i++) {
      if (unchecked(this.parts[i]).isLenient) count++;
    }
    return count;
  }
}

/** An entry of `requirements`. */
@final
export class RequirementEntry {
  private readonly isLenient: bool;

  constructor(
    private readonly match: RequestMatch,
    readonly requires: Requirement,
  ) {
    this.isLenient = requires.isLenient;
  }

  matches(facts: RequestFacts): bool {
    return this.match.matches(facts, this.isLenient);
  }

  release(): void {
    this.match.release();
  }
}
