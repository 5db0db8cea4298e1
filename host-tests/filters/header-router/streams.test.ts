/** What streams remember from their requests to their responses: each its own, and none for ever. */
import { expect, it } from "vitest";
import { RouterHost } from "./router-host.ts";

const ROUTES = {
  routes: [
    {
      name: "users",
      match: [{ uri: { template: "/users/{id}" } }],
      headers: {
        response: {
          set: { "x-user": "{id}", "x-none": "{query.none}", "x-same": "same" },
          add: { "x-copy": "{query.v}" },
        },
      },
    },
    { name: "other", match: [{ uri: { exact: "/other" } }], headers: { response: { set: { "x-other": "yes" } } } },
  ],
};

it("streams that are open at the same time keep their own values, and a stream's object keeps none for the next", () => {
  const router = new RouterHost(ROUTES, {
    upstream: ({ path }) => ({ body: "hello", delayMs: path.includes("slow") ? 20 : 5 }),
  });
  const paths = Array.from(
    { length: 40 },
    (_, index) => `/users/${index}?v=${"x".repeat(index * 50)}${index % 2 ? "slow" : ""}`,
  );
  const exchanges = paths.map((path) => router.request({ path }));
  router.host.advance(10);
  expect(exchanges.filter(({ response }) => response !== undefined)).toHaveLength(exchanges.length / 2);
  router.host.advance(10);
  for (const [index, exchange] of exchanges.entries()) {
    const headers = exchange.response?.headers;
    expect(headers?.get("x-user")).toBe(`${index}`);
    expect(headers?.get("x-same")).toBe("same");
    expect(headers?.get("x-none")).toBeUndefined();
  }
  const other = router.request({ path: "/other" });
  router.host.advance(10);
  expect(other.response?.headers.get("x-other")).toBe("yes");
  expect(other.response?.headers.get("x-user")).toBeUndefined();
});

it("memory stays as it is", () => {
  const router = new RouterHost(ROUTES);
  const send = (count: number) => {
    for (let i = 0; i < count; i++) router.request({ path: `/users/${i}?v=${"x".repeat(i % 3000)}` });
    return router.filter.memoryPages();
  };
  const warm = send(3000);
  expect(send(12_000)).toBe(warm);
});
