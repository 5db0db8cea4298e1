/** A user's requests go to one pod, by a header that header-router makes of the verified token. */
import type { Demo, Reply, Stage } from "../demo.ts";
import { bearer, headerAtPod } from "../helpers.ts";

const USERS = Array.from({ length: 40 }, (_, index) => `user-${index}`);
const REQUESTS_EACH = 3;

export const consistentHash: Demo = {
  name: "consistent-hash",
  capability: "Consistent hashing by user, whom no client can make up",
  by: "both",
  async run(stage) {
    stage.say(`${USERS.length} users with their tokens, ${REQUESTS_EACH} requests each, three pods.`);
    const podOf = new Map<string, string | undefined>();
    let wandering = 0;
    for (const user of USERS) {
      const replies = await asUser(stage, user);
      podOf.set(user, replies[0]?.pod);
      if (podsOf(replies).length > 1) wandering += 1;
    }
    stage.check("users whose requests went to more than one pod", wandering, 0);
    stage.check("pods that have users", new Set(podOf.values()).size, 3);

    const [mallory = "", ...others] = USERS;
    const victim = others.find((user) => podOf.get(user) !== podOf.get(mallory)) ?? "";
    stage.say(`${mallory} says to be ${victim}, whose pod is another one.`);
    const forged = await asUser(stage, mallory, { "x-user": victim });
    stage.check("pods that answer: that of the token", podsOf(forged), [podOf.get(mallory)]);
    const names = forged.map((reply) => headerAtPod(reply, "x-user"));
    stage.check("x-user at the pod", [...new Set(names)], [mallory]);
    const anonymous = await stage.send("productpage", { headers: { "x-user": victim } });
    stage.check("x-user at the pod without a token", headerAtPod(anonymous, "x-user"), undefined);
  },
};

/** Requests with a user's token. */
async function asUser(stage: Stage, sub: string, headers: Record<string, string> = {}): Promise<Reply[]> {
  const token = await stage.issuer.mint({ claims: { sub, aud: "bookinfo" } });
  const replies = [];
  for (let sent = 0; sent < REQUESTS_EACH; sent += 1) {
    replies.push(await stage.send("productpage", { headers: { ...bearer(token), ...headers } }));
  }
  return replies;
}

/** Each once. */
function podsOf(replies: readonly Reply[]): (string | undefined)[] {
  return [...new Set(replies.map(({ pod }) => pod))];
}
