import { Bytes } from "../../text/bytes";
import { HeaderSlots } from "../../matching/header-slots";
import { PathMatch, isUnambiguous } from "../../matching/path-match";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, matchesAny } from "../../matching/string-match";

/** A condition on one header. Several values of it count as one, joined with commas, as for Envoy. */
@final
export class HeaderMatch {
  constructor(
    readonly slot: i32,
    readonly value: StringMatch,
  ) {}

  matches(slots: HeaderSlots): bool {
    const value = slots.joined(this.slot);
    return value !== null && this.value.matches(value);
  }
}

/**
 * Which requests something applies to. All of the lists that are not empty must match; of a list, except `headers`, one
 * entry.
 */
@final
export class RequestMatch {
  paths: PathMatch[] = [];
  methods: StringMatch[] = [];
  hosts: StringMatch[] = [];
  headers: HeaderMatch[] = [];

  /** `lenient`: what follows needs no token, so that a path must be unambiguous, or be named as it is. */
  matches(facts: RequestFacts, lenient: bool): bool {
    return (
      (this.methods.length == 0 || matchesAny(this.methods, facts.method)) &&
      (this.paths.length == 0 || this.matchesPath(facts.path, lenient)) &&
      (this.hosts.length == 0 || matchesAny(this.hosts, facts.authority)) &&
      this.matchesHeaders(facts.headers)
    );
  }

  release(): void {
    for (let i = 0; i < this.paths.length; i++) unchecked(this.paths[i]).release();
  }

  private matchesPath(path: Bytes, lenient: bool): bool {
    const exactOnly = lenient && !isUnambiguous(path);
    for (let i = 0; i < this.paths.length; i++) {
      const match = unchecked(this.paths[i]);
      if ((match.isExact || !exactOnly) && match.matches(path)) return true;
    }
    return false;
  }

  private matchesHeaders(slots: HeaderSlots): bool {
    for (let i = 0; i < this.headers.length; i++) {
      if (!unchecked(this.headers[i]).matches(slots)) return false;
    }
    return true;
  }
}
