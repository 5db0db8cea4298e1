import { expect, it } from "vitest";
import { type FiltersByPlace, PLACES, waypointHttpFilters } from "./index.ts";

/** `pilot/pkg/networking/core/listener_waypoint.go`, `buildWaypointHTTPFilters`: before and behind what every connection manager has. */
it("a waypoint's filters stand in Istio's order, however their places are written", () => {
  const placed: FiltersByPlace = {};
  for (const place of [...PLACES].reverse()) placed[place] = [{ name: place, typed_config: { "@type": place } }];
  const names = waypointHttpFilters(placed).map(({ name }) => name.replace("envoy.filters.http.", ""));
  expect(names).toEqual([
    ...["AUTHN", "JWT_AUTHN", "AUTHZ", "RBAC"],
    ...["grpc_stats", "fault", "cors"],
    ...["STATS", "UNSPECIFIED"],
    "router",
  ]);
});
