/** Counters by route and lane, of which there are so many at most. */
import { expect, it } from "vitest";
import { RouterHost } from "./router-host.ts";

const PREFIX = "wasm_filter.header_router.";
const REQUESTS = "waypost_router_requests_total";

it("counts by route and lane", () => {
  const split = { by: { header: "x-user" }, lanes: [{ name: "v1.2", weight: 1 }] };
  const router = new RouterHost({ routes: [{ name: "a/b c", split }] });
  router.request({ headers: [["x-user", "alice"]] });
  router.request();
  expect(router.host.counter(`${PREFIX}tag.a/b_c;.component.v1_2.${REQUESTS}`)).toBe(1);
  expect(router.host.counter(`${PREFIX}tag.a/b_c;.${REQUESTS}`)).toBe(1);
});

it("counts what is beyond a thousand series together", () => {
  const routes = Array.from({ length: 1010 }, (_, index) => ({
    name: `r${index}`,
    match: [{ uri: { exact: `/${index}` } }],
  }));
  const router = new RouterHost({ routes });
  for (let index = 995; index < 1010; index++) router.request({ path: `/${index}` });
  expect(router.host.counter(`${PREFIX}tag.r999;.${REQUESTS}`)).toBe(1);
  expect(router.host.counter(`${PREFIX}tag.r1000;.${REQUESTS}`)).toBe(0);
  expect(router.host.counter(`${PREFIX}tag.other;.${REQUESTS}`)).toBe(10);
});
