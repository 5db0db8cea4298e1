/** What configuration, tokens and requests of the demonstration agree on; the same from run to run, whatever the ports. */
import type { WorkloadName } from "../bookinfo/topology.ts";

export const ISSUER_AUTHORITY = "issuer.waypost.test";
export const ISSUER_CLUSTER = "issuer";
export const AUDIENCE = "bookinfo";

/** `<namespace>.<name>` of the WasmPlugin. */
export const PLUGIN = "bookinfo.waypost";

/** A path for everybody, and one for a team. */
export const REVIEW_PATH = "/reviews/1";
export const ADMIN_PATH = "/admin/users";
export const ADMIN_TEAM = "platform";

export type LaneName = "stable" | "canary";

/** Which version of reviews a lane leads to. */
export const LANES: Readonly<Record<LaneName, WorkloadName>> = { stable: "reviews-v1", canary: "reviews-v2" };

/** header-router writes the lane into it. */
export const LANE_HEADER = "x-waypost-lane";
/** Testers ask for a lane in it. */
export const TEST_LANE_HEADER = "x-test-lane";
