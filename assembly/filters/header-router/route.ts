import { Bytes } from "../../text/bytes";
import { DirectResponse } from "./direct-response";
import { HeadersConfig } from "./header-operations-reader";
import { Redirect } from "./redirect";
import { Rewrite } from "./rewrite";
import { RouteCounters } from "./metrics";
import { Split } from "./split";

/** What happens to the requests that one of its matches holds for: an HTTPRoute of VirtualService, without destinations. */
@final
export class Route {
  headers: HeadersConfig = new HeadersConfig();
  rewrite: Rewrite | null = null;
  redirect: Redirect | null = null;
  directResponse: DirectResponse | null = null;
  split: Split | null = null;

  constructor(
    /** Its number in `routes`. */
    readonly index: i32,
    /** Owned by the configuration. */
    readonly name: Bytes,
    readonly counters: RouteCounters,
  ) {}

  release(): void {
    const rewrite = this.rewrite;
    if (rewrite !== null) rewrite.release();
    const direct = this.directResponse;
    if (direct !== null) direct.release();
    const split = this.split;
    if (split !== null) split.release();
  }
}
