/** More connections at once than one tunnel connection carries. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Bookinfo } from "../bookinfo/index.ts";
import { requestOverHttp1 } from "../client/http1.ts";

/** One HTTP/2 connection carries 100 tunnels. */
const AT_ONCE = 250;

let bookinfo: Bookinfo;

beforeAll(async () => {
  // Each worker has connections of its own.
  bookinfo = await Bookinfo.start({ envoy: { workers: 1 } });
});

afterAll(() => bookinfo.stop());

it("finds room for all in tunnels that nobody has opened yet", async () => {
  const request = {
    method: "GET",
    path: "/reviews/1",
    authority: "reviews",
    headers: [["x-fault-delay", "500"] as const],
  };
  const port = bookinfo.port("productpage", "reviews");
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => requestOverHttp1(port, request)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});
