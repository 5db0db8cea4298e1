/** First nobody may do anything; then a policy opens what is needed. */
import type { Demo, DemoRequest } from "../demo.ts";
import { manifestText } from "../helpers.ts";

export const denyAll: Demo = {
  name: "deny-all",
  capability: "Deny all, then allow: by caller, method and path",
  by: "Envoy",
  async run(stage) {
    const status = async (from: "productpage" | "sleep", request: DemoRequest = {}) =>
      (await stage.send(from, request)).status;

    stage.say("deny-all alone:");
    stage.check("productpage, GET /reviews/1", await status("productpage"), 403);
    stage.check("sleep, GET /reviews/1", await status("sleep"), 403);
    stage.check("productpage, GET /ratings/1", await status("productpage", { service: "ratings" }), 403);

    await stage.apply(await manifestText("deny-all.allow"));
    stage.say("and with what productpage needs:");
    stage.check("productpage, GET /reviews/1", await status("productpage"), 200);
    stage.check("productpage, POST /reviews/1", await status("productpage", { method: "POST" }), 200);
    stage.check("productpage, DELETE /reviews/1", await status("productpage", { method: "DELETE" }), 403);
    stage.check("productpage, GET /admin", await status("productpage", { path: "/admin" }), 403);
    stage.check("sleep, GET /reviews/1", await status("sleep"), 403);
    stage.check("productpage, GET /ratings/1", await status("productpage", { service: "ratings" }), 403);
  },
};
