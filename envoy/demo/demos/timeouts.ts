/** A service that is slow does not make its callers slow. */
import type { Demo } from "../demo.ts";

const SLOW = 10_000;
const SLOWISH = 1_000;

export const timeouts: Demo = {
  name: "timeouts",
  capability: "Time-outs: 504 in place of a late answer",
  by: "Envoy",
  async run(stage) {
    stage.check("in good health", (await stage.send("productpage")).status, 200);

    stage.say(`A pod takes ${SLOW} ms, and reviews has 2000.`);
    const late = await stage.send("productpage", { headers: { "x-fault-delay": String(SLOW) } });
    stage.check("the waypoint answers", `${late.status} ${late.body}`, "504 upstream request timeout");
    stage.checkThat("before the pod does", late.milliseconds < SLOW, `after ${late.milliseconds.toFixed()} ms`);

    stage.say(`ratings has no time-out of its own, and takes ${SLOWISH} ms.`);
    const headers = { "x-fault-delay": String(SLOWISH) };
    const ratings = await stage.send("productpage", { service: "ratings", headers });
    stage.check("its answer comes", `${ratings.status} ${ratings.pod}`, "200 ratings-v1");
    stage.checkThat("late", ratings.milliseconds >= SLOWISH, `after ${ratings.milliseconds.toFixed()} ms`);
  },
};
