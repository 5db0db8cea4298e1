import { AuthzRoot } from "../filters/authz/filter";
import { HeaderRouterRoot } from "../filters/header-router/filter";
import { JwtAuthRoot } from "../filters/jwt-auth/filter";
import { L7MetricsRoot } from "../filters/l7-metrics/filter";
import { WaypointRoot } from "../filters/waypoint/filter";
import { registerFilter } from "../sdk";

// The first one is what a plugin without a root_id gets.
registerFilter("waypoint", () => new WaypointRoot());
registerFilter("jwt-auth", () => new JwtAuthRoot());
registerFilter("authz", () => new AuthzRoot());
registerFilter("header-router", () => new HeaderRouterRoot());
registerFilter("l7-metrics", () => new L7MetricsRoot());

export * from "../abi/callbacks/required";
export {
  proxy_on_http_call_response,
  proxy_on_log,
  proxy_on_request_headers,
  proxy_on_response_headers,
  proxy_on_tick,
} from "../abi/callbacks";
