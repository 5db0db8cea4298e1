import { HttpMatchList } from "../../matching/http-match/http-match-list";
import { RouterMetrics } from "./metrics";
import { Route } from "./route";
import { RouterScope } from "./router-scope";

/** The configuration of header-router, ready for use. */
@final
export class RouterConfig {
  readonly routes: Route[] = [];
  /** The matches of all routes, in order. */
  readonly matches: HttpMatchList = new HttpMatchList();
  /** Slot of the header that takes the lane. */
  laneSlot: i32 = -1;

  constructor(
    readonly scope: RouterScope,
    readonly metrics: RouterMetrics,
  ) {}

  /** The route that the match with that number belongs to. */
  routeOf(match: i32): Route {
    // eslint-disable-next-line waypost/no-index -- the owner of a match is the number of a route
    return unchecked(this.routes[this.matches.owner(match)]);
  }

  /** Frees all that the garbage collector does not, when the configuration is over. */
  release(): void {
    for (let i = 0; i < this.routes.length; i++) unchecked(this.routes[i]).release();
    this.matches.release();
    this.scope.kept.release();
  }
}
