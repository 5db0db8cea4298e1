import { KeptValues } from "../kept-values";
import { Lane } from "./lane";

/** What one stream remembers from its request to its response. Used again for another stream after `reset`. */
@final
export class Routing {
  /** Number of the route that matched; -1: none. */
  route: i32 = -1;
  /** The lane that the route's split chose; null: none. */
  lane: Lane | null = null;
  /** Values of response headers that were made of the request, in the order in which they are needed. */
  readonly responseValues: KeptValues = new KeptValues();
  /** Values of `set-cookie` that the response gets. */
  readonly issuedCookies: KeptValues = new KeptValues();

  /** Forgets the stream. */
  reset(): void {
    this.route = -1;
    this.lane = null;
    this.responseValues.clear();
    this.issuedCookies.clear();
  }
}
