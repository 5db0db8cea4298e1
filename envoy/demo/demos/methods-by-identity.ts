/** One caller may GET and do nothing else, another may nothing: Istio's AuthorizationPolicy and our authz say the same. */
import type { CallerName, ServiceName } from "../../bookinfo/index.ts";
import type { Demo, Stage } from "../demo.ts";

const REFUSED = "403 RBAC: access denied";

export const methodsByIdentity: Demo = {
  name: "methods-by-identity",
  capability: "Methods by the caller's identity: GET for one, nothing for another",
  by: "both",
  async run(stage) {
    stage.say("reviews has an AuthorizationPolicy, which is Envoy's RBAC; ratings has the same rules in our authz.");
    for (const service of ["reviews", "ratings"] as const) {
      const answer = (from: CallerName, method: string) => ask(stage, service, from, method);
      stage.check(`${service}: productpage, GET`, await answer("productpage", "GET"), "200");
      stage.check(`${service}: productpage, POST`, await answer("productpage", "POST"), REFUSED);
      stage.check(`${service}: productpage, DELETE`, await answer("productpage", "DELETE"), REFUSED);
      stage.check(`${service}: sleep, GET`, await answer("sleep", "GET"), REFUSED);
      stage.check(`${service}: sleep, DELETE`, await answer("sleep", "DELETE"), REFUSED);
    }
    stage.say("details has no policy.");
    stage.check("details: sleep, DELETE", await ask(stage, "details", "sleep", "DELETE"), "200");
  },
};

/** The status, and what the waypoint says when no pod answers. */
async function ask(stage: Stage, service: ServiceName, from: CallerName, method: string): Promise<string> {
  const { status, body, pod } = await stage.send(from, { service, method });
  return pod === undefined ? `${status} ${body}` : String(status);
}
