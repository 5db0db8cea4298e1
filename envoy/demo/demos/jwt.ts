/** Tokens: none passes, a wrong one does not, and policies and applications use the claims of a valid one. */
import type { ServiceName } from "../../bookinfo/index.ts";
import type { Demo, Reply, Stage } from "../demo.ts";
import { bearer, headerAtPod } from "../helpers.ts";

const MODERATOR = { sub: "alice", aud: "bookinfo", groups: ["readers", "moderators"] };
const READER = { sub: "bob", aud: "bookinfo", groups: ["readers"] };

export const jwt: Demo = {
  name: "jwt",
  capability: "JWT: none passes, an invalid one is refused, claims for policies and applications",
  by: "both",
  async run(stage) {
    const { issuer } = stage;
    const [alice, bob, expired, foreign] = await Promise.all([
      issuer.mint({ claims: MODERATOR }),
      issuer.mint({ claims: READER }),
      issuer.mint({ claims: MODERATOR, lifetime: -600 }),
      issuer.mint({ claims: { ...MODERATOR, aud: "shop" } }),
    ]);
    // What bob would make of his own: her claims, and the signature of his.
    const forged = [...alice.split(".").slice(0, 2), bob.split(".")[2]].join(".");
    stage.say("reviews has jwt-auth and authz of Waypost; ratings has RequestAuthentication and AuthorizationPolicy.");
    stage.say("Each request says that it comes from mallory: x-user.");
    for (const service of ["reviews", "ratings"] as const) {
      const send = (method: string, token?: string) => sendTo(stage, service, method, token);
      const answer = async (...how: Parameters<typeof send>) => answerOf(await send(...how));
      stage.check(`${service}: GET without a token`, await answer("GET"), "200");
      stage.check(`${service}: GET, expired`, await answer("GET", expired), "401 Jwt is expired");
      stage.check(`${service}: GET, forged`, await answer("GET", forged), "401 Jwt verification fails");
      const wrong = await answer("GET", foreign);
      stage.check(`${service}: GET, for another audience`, wrong, "403 Audiences in Jwt are not allowed");
      stage.check(`${service}: DELETE without a token`, await answer("DELETE"), "403 RBAC: access denied");
      stage.check(`${service}: DELETE as bob, a reader`, await answer("DELETE", bob), "403 RBAC: access denied");
      const deleted = await send("DELETE", alice);
      stage.check(`${service}: DELETE as alice, a moderator`, answerOf(deleted), "200");
      stage.check(`${service}: x-user at the pod`, headerAtPod(deleted, "x-user"), "alice");
      stage.check(`${service}: authorization at the pod`, headerAtPod(deleted, "authorization"), undefined);
      const anonymous = await send("GET");
      stage.check(`${service}: x-user at the pod without a token`, headerAtPod(anonymous, "x-user"), undefined);
    }
  },
};

/** Each request has a forged x-user. */
function sendTo(stage: Stage, service: ServiceName, method: string, token?: string): Promise<Reply> {
  const headers = { "x-user": "mallory", ...(token !== undefined && bearer(token)) };
  return stage.send("productpage", { service, method, headers });
}

/** The status, and what the waypoint says when no pod answers. */
function answerOf({ status, body, pod }: Reply): string {
  return pod === undefined ? `${status} ${body}` : String(status);
}
