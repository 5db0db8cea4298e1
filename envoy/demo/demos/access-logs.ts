/** What Waypost's filters decided, in Envoy's access log. */
import { CALLERS } from "../../bookinfo/index.ts";
import type { Demo, Reply, Stage } from "../demo.ts";
import { bearer } from "../helpers.ts";

export const accessLogs: Demo = {
  name: "access-logs",
  capability: "Access logs as JSON, with decision, reason, route, lane and operation",
  by: "both",
  async run(stage) {
    stage.say("A request that nobody refused:");
    const passed = await stage.send("sleep");
    stage.check("the line", await lineOf(stage, passed), {
      ...NOTHING,
      code: 200,
      details: "via_upstream",
      principal: CALLERS.sleep,
      operation: "get_review",
    });

    stage.say("One that authz refused:");
    const refused = await stage.send("productpage", { method: "DELETE" });
    stage.check("the line", await lineOf(stage, refused), {
      ...NOTHING,
      method: "DELETE",
      code: 403,
      details: "rbac_access_denied_matched_policy[ns[bookinfo]-policy[nobody-deletes]-rule[0]]",
      operation: "delete_review",
      authz: "denied",
      authz_rule: "ns[bookinfo]-policy[nobody-deletes]-rule[0]",
    });

    stage.say("One that header-router gave a lane, because of a claim:");
    const token = await stage.issuer.mint({ claims: { aud: "bookinfo", groups: ["beta"] } });
    const routed = await stage.send("productpage", { headers: bearer(token) });
    const routedLine = await lineOf(stage, routed);
    stage.check("the line", routedLine, {
      ...NOTHING,
      code: 200,
      details: "via_upstream",
      operation: "get_review",
      route: "beta-users",
      lane: "beta",
    });

    stage.say("One with an expired token, in the query:");
    const expired = await stage.issuer.mint({ claims: { aud: "bookinfo" }, lifetime: -600 });
    const invalid = await stage.send("productpage", { path: `/reviews/1?access_token=${expired}` });
    const invalidLine = await lineOf(stage, invalid);
    stage.check("the line", invalidLine, {
      ...NOTHING,
      code: 401,
      details: "jwt_authn_access_denied{Jwt_is_expired}",
      operation: "get_review",
      jwt_reason: "expired",
    });
    const written = JSON.stringify([routedLine, invalidLine]);
    const parts = [token, expired].flatMap((one) => one.split(".")).filter((part) => written.includes(part));
    stage.check("parts of the tokens that are in the lines", parts, []);
  },
};

/** A GET by productpage about which the filters had nothing to say. */
const NOTHING = {
  method: "GET",
  path: "/reviews/1",
  flags: "-",
  principal: CALLERS.productpage,
  route: null,
  lane: null,
  authz: null,
  authz_rule: null,
  jwt_reason: null,
  jwt_shadow: null,
};

/** Members that no two runs have alike. */
const UNIQUE = ["time", "duration", "request_id"];

/** A request's line, without those. */
async function lineOf(stage: Stage, reply: Reply): Promise<Record<string, unknown>> {
  const entries = Object.entries(await stage.accessLog(reply));
  return Object.fromEntries(entries.filter(([name]) => !UNIQUE.includes(name)));
}
