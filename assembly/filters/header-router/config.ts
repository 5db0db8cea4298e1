import { CandidateIndex } from "../../matching/candidate-index";
import { HttpMatch } from "./http-match";
import { RouterMetrics } from "./metrics";
import { Route } from "./route";
import { RouterScope } from "./router-scope";

/** The configuration of header-router, ready for use. */
@final
export class RouterConfig {
  readonly routes: Route[] = [];
  /** The matches of all routes, in order, and the route of each. */
  readonly matches: HttpMatch[] = [];
  readonly matchRoutes: Route[] = [];
  /** Says which matches are worth a look. */
  readonly index: CandidateIndex = new CandidateIndex();
  /** Slot of the header that takes the lane. */
  laneSlot: i32 = -1;

  constructor(
    readonly scope: RouterScope,
    readonly metrics: RouterMetrics,
  ) {}

  /** Adds one of the matches of `route`. */
  addMatch(match: HttpMatch, route: Route): void {
    this.matches.push(match);
    this.matchRoutes.push(route);
    match.addTo(this.index, this.index.add());
  }

  /** Number of the first match that holds for the request at hand; -1: none does. */
  find(): i32 {
    const facts = this.scope.facts;
    const path = facts.path;
    this.index.begin(facts);
    for (let id = this.index.next(0); id >= 0; id = this.index.next(id + 1)) {
      // eslint-disable-next-line waypost/no-index -- an id of the index is the number of a match
      if (unchecked(this.matches[id]).matches(path)) return id;
    }
    return -1;
  }

  /** Frees all that the garbage collector does not, when the configuration is over. */
  release(): void {
    for (let i = 0; i < this.routes.length; i++) unchecked(this.routes[i]).release();
    for (let i = 0; i < this.matches.length; i++) unchecked(this.matches[i]).release();
    this.index.release();
    this.scope.kept.release();
  }
}
