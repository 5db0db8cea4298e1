import { IpAddress, IpBlock } from "../../matching/ip-block";
import { PathTemplate } from "../../matching/path-template";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, matchesAny } from "../../matching/string-match";
import { Check, Cost, releaseAll } from "./check";

/** Values of a header, each by itself: `hosts`, `methods`, `request.headers[…]`. */
@final
export class HeaderCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly slot: i32,
    private readonly values: StringMatch[],
  ) {
    super(Cost.Header, isNegated);
  }

  release(): void {
    releaseAll(this.values);
  }

  protected matches(facts: RequestFacts): bool {
    return facts.headers.anyMatches(this.slot, this.values);
  }
}

/** The path, without query and fragment: `paths`. */
@final
export class PathCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly texts: StringMatch[],
    private readonly templates: PathTemplate[],
  ) {
    super(Cost.Header, isNegated);
  }

  release(): void {
    releaseAll(this.texts);
    for (let i = 0; i < this.templates.length; i++) unchecked(this.templates[i]).release();
  }

  protected matches(facts: RequestFacts): bool {
    const path = facts.path;
    if (matchesAny(this.texts, path)) return true;
    for (let i = 0; i < this.templates.length; i++) {
      if (unchecked(this.templates[i]).matches(path)) return true;
    }
    return false;
  }
}

/** The port of the service: `ports`, `destination.port`. */
@final
export class PortCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly ports: i32[],
  ) {
    super(Cost.Property, isNegated);
  }

  protected matches(facts: RequestFacts): bool {
    return this.ports.includes(facts.destinationPort);
  }
}

/** The caller's SPIFFE id, as ztunnel and the waypoint know it: `principals`, `namespaces`, and all that is part of it. */
@final
export class PrincipalCheck extends Check {
  constructor(
    isNegated: bool,
    private readonly values: StringMatch[],
  ) {
    super(Cost.Property, isNegated);
  }

  release(): void {
    releaseAll(this.values);
  }

  protected matches(facts: RequestFacts): bool {
    return matchesAny(this.values, facts.principal);
  }
}

const address = new IpAddress();

/** An address: `remoteIpBlocks`, `remote.ip`, `destination.ip`. */
@final
export class AddressCheck extends Check {
  constructor(
    isNegated: bool,
    /** Whether it is the service's address, in place of the client's. */
    private readonly isDestination: bool,
    private readonly blocks: IpBlock[],
  ) {
    super(Cost.Address, isNegated);
  }

  protected matches(facts: RequestFacts): bool {
    if (!address.parseWithPort(this.isDestination ? facts.destinationAddress : facts.sourceAddress)) return false;
    for (let i = 0; i < this.blocks.length; i++) {
      if (unchecked(this.blocks[i]).contains(address)) return true;
    }
    return false;
  }
}
