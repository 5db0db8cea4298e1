/** A pod is not buried in requests that it cannot answer. */
import type { ServiceName } from "../../bookinfo/index.ts";
import type { Demo, Reply, Stage } from "../demo.ts";

const AT_ONCE = 10;
const DELAY = 1_500;

export const circuitBreaking: Demo = {
  name: "circuit-breaking",
  capability: "Circuit breaking: 503 at once for requests beyond the limits",
  by: "Envoy",
  bookinfo: { envoy: { workers: 1 } },
  async run(stage) {
    const first = await stage.send("productpage", { service: "ratings" });
    stage.check("in good health, and the connection is open", first.status, 200);
    stage.say(`${AT_ONCE} requests at once to ratings, which takes ${DELAY} ms for one.`);
    const replies = await atOnce(stage, "ratings");
    const answered = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 503);
    stage.check("answered: one, and one that waited", answered.length, 2);
    const last = Math.max(...answered.map(({ milliseconds }) => milliseconds));
    stage.checkThat("the one that waited came after the other", last >= 2 * DELAY, `after ${last.toFixed()} ms`);
    stage.check("refused with 503", refused.length, AT_ONCE - 2);
    const slowest = Math.max(...refused.map(({ milliseconds }) => milliseconds));
    stage.checkThat("before the pod could answer", slowest < DELAY, `after ${slowest.toFixed()} ms at most`);
    const flags = await Promise.all(refused.map(async (reply) => (await stage.accessLog(reply))["flags"]));
    stage.check("flag in the access log: upstream overflow", [...new Set(flags)], ["UO"]);

    const later = await stage.send("productpage", { service: "ratings" });
    stage.check("later requests are answered", later.status, 200);
    stage.say("reviews has no such limits.");
    const reviews = await atOnce(stage, "reviews");
    stage.check("all are answered", reviews.filter(({ status }) => status === 200).length, AT_ONCE);
  },
};

function atOnce(stage: Stage, service: ServiceName): Promise<Reply[]> {
  const headers = { "x-fault-delay": String(DELAY) };
  return Promise.all(Array.from({ length: AT_ONCE }, () => stage.send("productpage", { service, headers })));
}
