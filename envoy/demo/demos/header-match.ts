/** A route by a header, as in Istio's own Bookinfo. */
import type { Demo, Stage } from "../demo.ts";

const TRIES = 10;

export const headerMatch: Demo = {
  name: "header-match",
  capability: "Routes by a header: end-user jason to v2",
  by: "Envoy",
  async run(stage) {
    stage.check("jason gets", await podsOf(stage, { "end-user": "jason" }), ["reviews-v2"]);
    stage.check("anna gets", await podsOf(stage, { "end-user": "anna" }), ["reviews-v1"]);
    stage.check("nobody gets", await podsOf(stage, {}), ["reviews-v1"]);
    stage.say("A value is matched as a whole, and with its case:");
    stage.check("jasonX gets", await podsOf(stage, { "end-user": "jasonX" }), ["reviews-v1"]);
    stage.check("Jason gets", await podsOf(stage, { "end-user": "Jason" }), ["reviews-v1"]);
  },
};

/** The pods that answered some requests, each once. */
async function podsOf(stage: Stage, headers: Record<string, string>): Promise<(string | undefined)[]> {
  const replies = await Promise.all(Array.from({ length: TRIES }, () => stage.send("productpage", { headers })));
  return [...new Set(replies.map(({ pod }) => pod))];
}
