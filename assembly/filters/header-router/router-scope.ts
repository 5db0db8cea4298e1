import { MAX_CAPTURES } from "../../matching/http-match/captures";
import { MatchScope } from "../../matching/http-match/match-scope";
import { UriMatch } from "../../matching/http-match/uri-match";
import { KeptBytes } from "../../matching/kept-bytes";
import { RequestFacts } from "../../matching/request-facts";
import { Evaluation } from "./evaluation";

/** No match of the route captures it. */
export const NO_CAPTURE = -1;
/** The route has as many as it can have already. */
export const TOO_MANY_CAPTURES = -2;

/** Credentials prove themselves: what a client sends in them is worth what it is worth, whoever else sets them. */
const CREDENTIALS = ["authorization", "cookie", "proxy-authorization"];

/** What the parts of a configuration share while it is read, and what their conditions and values then look at. */
@final
export class RouterScope extends MatchScope {
  readonly evaluation: Evaluation = new Evaluation();
  /** Slots of the request headers that nobody but this filter may set: a client's own are removed from every request. */
  readonly sanitizedSlots: i32[] = [];
  /** Slots of the headers in which testers name their lane: removed from every request once its lane is chosen. */
  readonly overrideSlots: i32[] = [];

  /** The route that is being read, for `{route}`. */
  routeName: string = "";
  /** Whether that route has a split, so that `{lane}` is something. */
  hasLanes: bool = false;
  /** What the route's matches demand of paths: there values find what they capture. */
  private uris: UriMatch[] = [];
  /** The captures that values take, by their numbers. */
  private captureNames: string[] = [];

  constructor(facts: RequestFacts, kept: KeptBytes) {
    super(facts, kept);
  }

  /** Starts with the next route. */
  beginRoute(name: string): void {
    this.routeName = name;
    this.hasLanes = false;
    this.isVerified = false;
    this.uris = [];
    this.captureNames = [];
  }

  /** A match of the route can capture parts of paths. */
  addUri(uri: UriMatch): void {
    this.uris.push(uri);
  }

  /**
   * Number of the capture `name` of the route, for a value that takes it; `NO_CAPTURE` or `TOO_MANY_CAPTURES` when there
   * is none.
   */
  capture(name: string): i32 {
    const known = this.captureNames.indexOf(name);
    if (known >= 0) return known;
    const index = this.captureNames.length;
    if (index == MAX_CAPTURES) return TOO_MANY_CAPTURES;
    let count = 0;
    for (let i = 0; i < this.uris.length; i++) {
      if (unchecked(this.uris[i]).bind(name, index)) count++;
    }
    if (count == 0) return NO_CAPTURE;
    this.captureNames.push(name);
    return index;
  }

  /** Notes that testers name their lane in `header`, and answers its slot. */
  addOverrideHeader(header: string): i32 {
    const slot = this.facts.headers.add(header);
    if (!this.overrideSlots.includes(slot)) this.overrideSlots.push(slot);
    return slot;
  }

  /** Notes that a client's own `header` must not be taken for ours. `takesVerified`: its value does. */
  sanitize(header: string, takesVerified: bool): void {
    if (!takesVerified && (!this.isVerified || CREDENTIALS.includes(header))) return;
    const slot = this.facts.headers.add(header);
    if (!this.sanitizedSlots.includes(slot)) this.sanitizedSlots.push(slot);
  }
}
