/** Paths that pods know, for paths that clients know. */
import type { Demo, Stage } from "../demo.ts";
import { headerAtPod } from "../helpers.ts";

export const rewrite: Demo = {
  name: "rewrite",
  capability: "URL rewrite: prefix and host by Envoy, regular expressions and templates by header-router",
  by: "both",
  async run(stage) {
    stage.say("A prefix and the host, by Envoy:");
    await arrives(stage, "/api/v1/reviews/7", "reviews.internal/reviews/7");
    await arrives(stage, "/api/v1/reviews/7?lang=en", "reviews.internal/reviews/7?lang=en");
    await arrives(stage, "/api/v1", "reviews.internal/");
    // Another segment, though it begins like the prefix.
    await arrives(stage, "/api/v10/reviews/7", "reviews:9080/api/v10/reviews/7");

    stage.say("A regular expression, by header-router:");
    await arrives(stage, "/books/7/reviews?page=2", "reviews:9080/reviews/7?page=2");
    await arrives(stage, "/books/seven/reviews", "reviews:9080/books/seven/reviews");

    stage.say("Both: header-router takes the shop out of the path, and Envoy routes and rewrites what is left.");
    await arrives(stage, "/shops/leipzig/reviews/7", "reviews.internal/reviews/7");
    const reply = await stage.send("productpage", { path: "/shops/leipzig/reviews/7" });
    stage.check("with x-shop", headerAtPod(reply, "x-shop"), "leipzig");
  },
};

/** Sends a request for a path, which must arrive with this host and path. */
async function arrives(stage: Stage, sent: string, expected: string): Promise<void> {
  const { id } = await stage.send("productpage", { path: sent });
  const { path = "nowhere", headers = [] } = stage.bookinfo.seen(id)?.request ?? {};
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  stage.check(`${sent} arrives as`, host + path, expected);
}
