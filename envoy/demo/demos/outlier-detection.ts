/** A pod that fails again and again is left alone, and gets another chance. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Demo, Reply, Stage } from "../demo.ts";

const LIMIT = 3;
/** Of three pods each gets a third: that the one is not among so many requests happens once in 10^17 times. */
const MANY = 100;
/** Milliseconds until it must be ejected, and until it must be back. */
const PATIENCE = 20_000;
/** Envoy's gauges of how many pods are ejected, one for each cluster. */
const EJECTED = String.raw`\.outlier_detection\.ejections_active$`;

export const outlierDetection: Demo = {
  name: "outlier-detection",
  capability: "Outlier detection: a pod that fails is ejected, and comes back",
  by: "Envoy",
  bookinfo: { envoy: { workers: 1 } },
  async run(stage) {
    const [v1] = stage.bookinfo.pods["reviews-v1"];
    if (v1 === undefined) throw new Error("reviews-v1 has no pod");

    stage.say("v1 answers 503 from now on.");
    v1.fault = { status: 503 };
    const errors = await untilErrors(stage, LIMIT);
    stage.check(
      "errors that clients see, all of v1",
      errors.map(({ pod }) => pod),
      ["reviews-v1", "reviews-v1", "reviews-v1"],
    );

    stage.check("pods that are ejected", await ejected(stage), 1);
    const replies = await Promise.all(Array.from({ length: MANY }, () => stage.send("productpage")));
    stage.check("who answers", [...new Set(replies.map(({ status, pod }) => `${status} ${pod}`))].sort(), [
      "200 reviews-v2",
      "200 reviews-v3",
    ]);

    stage.say("v1 recovers, and its time is over.");
    v1.fault = {};
    stage.check("it answers again", await comesBack(stage), "200 reviews-v1");
  },
};

/** Sends requests until so many have failed. */
async function untilErrors(stage: Stage, count: number): Promise<Reply[]> {
  const errors: Reply[] = [];
  for (let sent = 0; errors.length < count && sent < MANY; sent += 1) {
    const reply = await stage.send("productpage");
    if (reply.status !== 200) errors.push(reply);
  }
  return errors;
}

/** How many pods are ejected, as soon as one is: Envoy's main thread does that, when the client has got its answer from a worker. */
async function ejected(stage: Stage): Promise<number> {
  for (const deadline = Date.now() + PATIENCE; ; await sleep(20)) {
    const gauges = await stage.bookinfo.waypoint.admin.gauges(EJECTED);
    const count = [...gauges.values()].reduce((sum, ofCluster) => sum + ofCluster, 0);
    if (count > 0 || Date.now() > deadline) return count;
  }
}

/** Sends requests until v1 gets one. */
async function comesBack(stage: Stage): Promise<string> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(100)) {
    const { status, pod } = await stage.send("productpage");
    if (pod === "reviews-v1") return `${status} ${pod}`;
  }
  return "never";
}
