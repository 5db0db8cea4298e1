/** A release to a tenth of all requests. */
import { binomialBounds } from "../chance.ts";
import type { Demo } from "../demo.ts";

const REQUESTS = 1_000;
const SHARE_OF_V2 = 0.1;

export const canaryWeights: Demo = {
  name: "canary-weights",
  capability: "Canary by weights: a tenth of the requests to v2",
  by: "Envoy",
  async run(stage) {
    stage.say(`${REQUESTS} requests. Envoy draws a lot for each: no two runs are the same.`);
    const replies = await Promise.all(Array.from({ length: REQUESTS }, () => stage.send("productpage")));
    const count = (name: string) => replies.filter(({ pod }) => pod === name).length;
    const [v1, v2] = [count("reviews-v1"), count("reviews-v2")];
    stage.check("answered by v1 or v2", v1 + v2, REQUESTS);
    // Outside of them once in a million runs, if the share is a tenth.
    const { least, most } = binomialBounds(REQUESTS, SHARE_OF_V2);
    stage.checkThat(`of them by v2 between ${least} and ${most}`, least <= v2 && v2 <= most, String(v2));

    stage.say("A user is not held to a version: sticky-canary does that.");
    const asJason = { headers: { "end-user": "jason" } };
    const jason = await Promise.all(Array.from({ length: 200 }, () => stage.send("productpage", asJason)));
    stage.check("versions that jason met", [...new Set(jason.map(({ pod }) => pod))].sort(), [
      "reviews-v1",
      "reviews-v2",
    ]);
  },
};
