/** A canary whose users stay its users, and that nobody can choose for himself. */
import { binomialBounds } from "../chance.ts";
import type { Demo, Stage } from "../demo.ts";
import { bearer, manifestText } from "../helpers.ts";

const USERS = Array.from({ length: 150 }, (_, index) => `user-${index}`);
const TRIES = 2;
const FORGED = { "x-waypost-lane": "canary" };

export const stickyCanary: Demo = {
  name: "sticky-canary",
  capability: "Canary by user: a share of the users, always the same ones",
  by: "both",
  async run(stage) {
    stage.say(`${USERS.length} users with their tokens, ${TRIES} requests each; a fifth of the users for v2.`);
    const pods = await Promise.all(USERS.map((user) => podsOf(stage, user)));
    const moved = pods.filter((own) => own.length > 1);
    stage.check("users who met both versions", moved.length, 0);
    const canary = USERS.filter((_, index) => pods[index]?.[0] === "reviews-v2");
    const { least, most } = binomialBounds(USERS.length, 0.2);
    const isFifth = least <= canary.length && canary.length <= most;
    stage.checkThat(`users of v2, by their hashes between ${least} and ${most}`, isFifth, String(canary.length));

    const stable = USERS.find((user) => !canary.includes(user)) ?? "";
    stage.say(`${stable}, a user of v1, asks for the canary's lane in a header of his own.`);
    stage.check("gets", await podsOf(stage, stable, FORGED), ["reviews-v1"]);
    const anonymous = await stage.send("productpage", { headers: FORGED });
    stage.check("without a token, too", anonymous.pod, "reviews-v1");

    stage.say("The canary grows to half of the users.");
    const grown = (await manifestText("sticky-canary"))
      .replace("weight: 80", "weight: 50")
      .replace("weight: 20", "weight: 50");
    await stage.apply(grown);
    const after = await Promise.all(USERS.map((user) => podsOf(stage, user)));
    const left = canary.filter((user) => after[USERS.indexOf(user)]?.[0] !== "reviews-v2");
    stage.check("users whom it lost", left, []);
    const now = after.filter(([pod]) => pod === "reviews-v2").length;
    stage.checkThat("users of v2, more than before", now > canary.length, String(now));
  },
};

/** The pods that answer a user, each once. */
async function podsOf(
  stage: Stage,
  sub: string,
  headers: Record<string, string> = {},
): Promise<(string | undefined)[]> {
  const token = await stage.issuer.mint({ claims: { sub, aud: "bookinfo" } });
  const request = { headers: { ...bearer(token), ...headers } };
  const replies = await Promise.all(Array.from({ length: TRIES }, () => stage.send("productpage", request)));
  return [...new Set(replies.map(({ pod }) => pod))];
}
