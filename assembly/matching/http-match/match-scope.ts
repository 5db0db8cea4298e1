import { KeptBytes } from "../kept-bytes";
import { RequestFacts } from "../request-facts";

/** What the matches of a configuration share while they are read, and what their conditions then look at. */
export class MatchScope {
  /** Whether that what is being read happens only after a look at verified data: claims, the caller's identity, a lane. */
  isVerified: bool = false;
  /** Whether a condition looks at claims. */
  usesClaims: bool = false;

  constructor(
    readonly facts: RequestFacts,
    readonly kept: KeptBytes,
  ) {}

  /** Slot of a request header. `host` is another name of `:authority`, as for Envoy. */
  headerSlot(name: string): i32 {
    return this.facts.headers.add(name.toLowerCase() == "host" ? ":authority" : name);
  }
}
