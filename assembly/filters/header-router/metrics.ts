import { Counter, OTHERS, metricLabel } from "../../sdk";
import { Lane } from "./lane";

/** Series of one configuration: further routes and lanes count together. Envoy never forgets one. */
const MAX_SERIES = 1000;

const PREFIX = "wasm_filter.header_router.";
const REQUESTS = "waypost_router_requests_total";

/**
 * The counters of header-router. On every Istio proxy, without configuration, labels come out of the names: `tag` is the route,
 * `component` the lane.
 */
@final
export class RouterMetrics {
  /** Requests that no route is for. */
  readonly unmatched: Counter = new Counter(PREFIX + "waypost_router_unmatched_total");
  /** Requests that were refused because their path, authority or redirect could not be built. */
  readonly refused: Counter = new Counter(PREFIX + "waypost_router_refused_total");
  /** Requests whose lane a tester named. */
  readonly overridden: Counter = new Counter(PREFIX + "waypost_router_lane_override_total");
  private readonly overflow: Counter = new Counter(PREFIX + "tag." + OTHERS + ";." + REQUESTS);
  private series: i32 = 0;

  /** Counters for a route with that name and those lanes. */
  forRoute(name: string, lanes: Lane[]): RouteCounters {
    const counters = new RouteCounters(this.overflow);
    const route = PREFIX + "tag." + metricLabel(name) + ";.";
    counters.withoutLane = this.counter(route + REQUESTS);
    for (let i = 0; i < lanes.length; i++) {
      const lane = metricLabel(unchecked(lanes[i]).name.toString());
      counters.lanes.push(this.counter(route + "component." + lane + "." + REQUESTS));
    }
    return counters;
  }

  private counter(name: string): Counter {
    this.series += 1;
    return this.series > MAX_SERIES ? this.overflow : new Counter(name);
  }
}

/** Requests of one route. */
@final
export class RouteCounters {
  withoutLane: Counter;
  /** By the lane's number. */
  readonly lanes: Counter[] = [];

  constructor(overflow: Counter) {
    this.withoutLane = overflow;
  }

  count(lane: Lane | null): void {
    // eslint-disable-next-line waypost/no-index -- one for each lane of the route's split
    if (lane !== null && lane.index < this.lanes.length) unchecked(this.lanes[lane.index]).increment();
    else this.withoutLane.increment();
  }
}
