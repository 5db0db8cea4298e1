/** A plugin that is configured again and again: what a configuration took is given back. */
import { expect, it } from "vitest";
import { RouterHost } from "./router-host.ts";

const UPDATES = 60;
const ROUTES = 64;

/** Long, so that names that are not given back show. */
const LONG = "x".repeat(200);

/** Each kind of thing that a configuration keeps. */
function configuration(version: number): object {
  const routes = Array.from({ length: ROUTES }, (_, index) => ({
    name: `r${version % 2}-${index}`,
    match: [
      {
        uri: { regex: `/${version}/${index}/(?P<id>[a-z0-9]+)` },
        headers: { "x-user": { in: [`a${index}`, `b${version}`] }, "x-b": { not: { regex: "a*b" } } },
        claims: { "a.b": { prefix: "x" }, [`${LONG}${index}`]: { exact: `${LONG}${version}` } },
        queryParams: { [`${LONG}${index}-${version}`]: { prefix: "x" } },
        source: { principals: [`cluster.local/ns/a${index}/sa/*`], serviceAccounts: ["a/b"] },
      },
      { uri: { template: `/t/${index}/{id}` }, cookies: { [`${LONG}${version}-${index}`]: { suffix: "z" } } },
    ],
    headers: {
      request: { set: { "x-id": "<{id}> {claims.sub}" }, remove: ["x-c"] },
      response: { add: { "x-d": "{query.d}" } },
    },
    ...(index % 2 === 0
      ? { rewrite: { uriRegexRewrite: { match: `a${version}`, rewrite: "\\0b" } } }
      : { directResponse: { status: 200, body: { string: "x".repeat(1000) } } }),
  }));
  return { routes };
}

it("leaves nothing behind", () => {
  const router = new RouterHost(configuration(0));
  const bytesAfter = (from: number, to: number) => {
    for (let version = from; version < to; version++) router.filter.reconfigure(JSON.stringify(configuration(version)));
    return router.filter.memoryBytes();
  };
  const warm = bytesAfter(1, UPDATES / 2);
  // A block more or less that the heap cannot use again; a configuration has more than 200 KiB.
  expect(bytesAfter(UPDATES / 2, UPDATES) - warm).toBeLessThan(512 * 1024);
});
