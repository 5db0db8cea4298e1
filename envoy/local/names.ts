/** What configuration, tokens and requests of the demonstration agree on; the same from run to run, whatever the ports. */
export const ISSUER_AUTHORITY = "issuer.waypost.test";
export const ISSUER_CLUSTER = "issuer";
export const AUDIENCE = "bookinfo";

/** The service behind the waypoint, as istiod writes it into the metadata of clusters. */
export const REVIEWS = { host: "reviews.default.svc.cluster.local", name: "reviews", namespace: "default" };

/** A path for everybody, and one for a team. */
export const REVIEW_PATH = "/reviews/1";
export const ADMIN_PATH = "/admin/users";
export const ADMIN_TEAM = "platform";

/** header-router writes the lane into it. */
export const LANE_HEADER = "x-waypost-lane";
/** Testers ask for a lane in it. */
export const TEST_LANE_HEADER = "x-test-lane";
