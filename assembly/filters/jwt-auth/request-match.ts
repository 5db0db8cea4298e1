import { Bytes } from "../../text/bytes";
import { HeaderSlots } from "./header-slots";
import { PathMatch, isUnambiguous, pathOf } from "./path-match";
import { StringMatch } from "./string-match";

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

/** Which requests something applies to. All of the lists that are not empty must match; of a list, except `headers`, one entry. */
@final
export class RequestMatch {
  paths: PathMatch[] = [];
  methods: StringMatch[] = [];
  hosts: StringMatch[] = [];
  headers: HeaderMatch[] = [];

  constructor(
    private readonly pathSlot: i32,
    private readonly methodSlot: i32,
    private readonly authoritySlot: i32,
  ) {}

  /** `lenient`: what follows needs no token, so that a path must be unambiguous, or be named as it is. */
  matches(slots: HeaderSlots, lenient: bool): bool {
    return (
      matchesAny(this.methods, slots.value(this.methodSlot)) &&
      this.matchesPath(slots.value(this.pathSlot), lenient) &&
      matchesAny(this.hosts, slots.value(this.authoritySlot)) &&
      this.matchesHeaders(slots)
    );
  }

  release(): void {
    for (let i = 0; i < this.paths.length; i++) unchecked(this.paths[i]).release();
  }

  private matchesPath(target: Bytes | null, lenient: bool): bool {
    if (this.paths.length == 0) return true;
    if (target === null) return false;
    const path = pathOf(target);
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

function matchesAny(matches: StringMatch[], value: Bytes | null): bool {
  if (matches.length == 0) return true;
  if (value === null) return false;
  for (let i = 0; i < matches.length; i++) {
    if (unchecked(matches[i]).matches(value)) return true;
  }
  return false;
}
