/** What a waypoint makes of the lanes: the routes that an HTTPRoute for service `reviews` would make. */
import { bookinfoClusterName } from "../bookinfo/services.ts";
import { WORKLOADS } from "../bookinfo/topology.ts";
import { routeTo, type Route } from "../config/index.ts";
import { LANE_HEADER, type LaneName, LANES } from "./names.ts";

/** The lane `canary` leads to the canary; all else is for the stable version, also requests without a lane. */
export function routesByLane(): Route[] {
  const canary = { prefix: "/", headers: [{ name: LANE_HEADER, string_match: { exact: "canary" } }] };
  return [{ ...routeTo(clusterOf("canary")), match: canary }, routeTo(clusterOf("stable"))];
}

/** The cluster of the subset that has the lane's version. */
function clusterOf(lane: LaneName): string {
  return bookinfoClusterName("reviews", WORKLOADS[LANES[lane]].version);
}
