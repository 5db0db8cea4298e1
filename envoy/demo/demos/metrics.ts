/** Requests counted by what they ask for, by lane and by caller. */
import { setTimeout as pause } from "node:timers/promises";
import { CALLERS } from "../../bookinfo/index.ts";
import { ISTIO_LABELS } from "../../config/istio-labels.ts";
import { parsePrometheusText } from "../../local/metrics/prometheus-text.ts";
import type { Demo, DemoRequest, Stage } from "../demo.ts";

const TIMEOUT = 5_000;

/** The labels that tell these requests apart. */
const LABELS = ["source_principal", "operation", "lane", "response_code"] as const;

export const metrics: Demo = {
  name: "metrics",
  capability: "Metrics by operation, lane and the caller's identity; refused requests too",
  by: "Waypost",
  // deploy/manifests/waypoint/gateway.yaml has the same.
  bookinfo: { extraStatTags: [...ISTIO_LABELS, "operation", "lane"] },
  async run(stage) {
    const send = async (times: number, from: "productpage" | "sleep", request?: DemoRequest) => {
      for (let sent = 0; sent < times; sent += 1) await stage.send(from, request);
    };
    stage.say("5 GET and 3 DELETE by productpage; 4 GET by sleep for the canary; 2 GET of something else by sleep.");
    await send(5, "productpage");
    await send(3, "productpage", { method: "DELETE" });
    await send(4, "sleep", { headers: { "x-canary": "true" } });
    await send(2, "sleep", { path: "/favicon.ico" });

    const counts = await requestsTotal(stage, 14);
    const { productpage, sleep } = CALLERS;
    stage.say(`waypost_requests_total by ${LABELS.join(", ")}:`);
    for (const [labels, count] of [
      [[productpage, "get_review", "unknown", "200"], 5],
      [[productpage, "delete_review", "unknown", "403"], 3],
      [[sleep, "get_review", "canary", "200"], 4],
      [[sleep, "unknown", "unknown", "200"], 2],
    ] as const) {
      stage.check(labels.join(", "), counts.get(labels.join()), count);
    }
    stage.check("others", counts.size - 4, 0);
  },
};

/** The counter by values of LABELS, with commas, as soon as it has counted so many requests. */
async function requestsTotal(stage: Stage, expected: number): Promise<Map<string, number>> {
  for (const deadline = Date.now() + TIMEOUT; ; await pause(20)) {
    const counts = new Map<string, number>();
    for (const { name, labels, value } of parsePrometheusText(await stage.metrics())) {
      if (name !== "waypost_requests_total") continue;
      // The pod that answered is a label, too.
      const key = LABELS.map((label) => labels.get(label)).join();
      counts.set(key, (counts.get(key) ?? 0) + value);
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (total >= expected || Date.now() > deadline) return counts;
  }
}
