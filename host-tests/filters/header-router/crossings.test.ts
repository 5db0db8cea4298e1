/** What a request costs at the border of the VM: only what a route asks for is read, and only what changes is written. */
import { describe, expect, it } from "vitest";
import { RouterHost, type RouterRequest } from "./router-host.ts";

const HEADERS = "proxy_get_header_map_pairs";
const GET_PROPERTY = "proxy_get_property";
const SET_PROPERTY = "proxy_set_property";
const SET = "proxy_replace_header_map_value";
const REMOVE = "proxy_remove_header_map_value";
const COUNT = "proxy_increment_metric";

/** What every request that a route matches costs. */
const LEAST = [HEADERS, SET_PROPERTY, COUNT];

const REQUEST: RouterRequest = {
  path: "/a",
  principal: "spiffe://cluster.local/ns/shop/sa/cart",
  publishedClaims: '{"sub":"s"}',
  headers: [["x-set", "same"]],
};

function crossings(route: object, request: RouterRequest = REQUEST): string[] {
  const router = new RouterHost({ routes: [{ name: "a", ...route }] }, { trace: true });
  router.request(request);
  return router.crossings(request);
}

describe("hostcalls of a request and its response", () => {
  it.each<[string, object, string[]]>([
    [
      "nothing but headers",
      { match: [{ uri: { prefix: "/" }, method: { exact: "GET" }, headers: { "x-set": {} } }] },
      LEAST,
    ],
    ["no match", { match: [{ uri: { prefix: "/b" } }] }, [HEADERS, COUNT]],
    [
      "the caller",
      { match: [{ source: { namespaces: ["shop"], principals: ["*"] } }] },
      [HEADERS, GET_PROPERTY, ...LEAST.slice(1)],
    ],
    [
      "claims",
      { match: [{ claims: { sub: {}, "a.b": {} } }, { claims: { sub: {} } }] },
      [HEADERS, GET_PROPERTY, ...LEAST.slice(1)],
    ],
    ["a header that changes", { headers: { request: { set: { "x-set": "other" } } } }, [...LEAST, SET]],
    [
      "a header that is as it should be",
      { headers: { request: { set: { "x-set": "same" }, remove: ["x-none"] } } },
      LEAST,
    ],
    ["a rewrite", { rewrite: { uri: "/b", authority: "b.example" } }, [...LEAST, SET, SET, SET]],
    ["a header of the response", { headers: { response: { set: { "x-a": "{path}" } } } }, [...LEAST, SET]],
  ])("%s", (_, route, expected) => {
    expect(crossings(route)).toEqual(expected);
  });

  it("what is removed from clients is looked for in the headers that are there already", () => {
    const route = { headers: { request: { set: { "x-user": "{claims.sub}" } } } };
    expect(crossings(route)).toEqual([...LEAST, GET_PROPERTY, SET]);
    const forged: RouterRequest = { ...REQUEST, headers: [["x-user", "root"]] };
    expect(crossings(route, forged)).toEqual([HEADERS, REMOVE, SET_PROPERTY, COUNT, GET_PROPERTY, SET]);
  });

  it("of a hundred routes by path and caller none asks for the caller when no path fits", () => {
    const routes = Array.from({ length: 100 }, (_, index) => ({
      name: `${index}`,
      match: [{ uri: { exact: `/only/${index}` }, source: { namespaces: ["shop"] } }],
    }));
    const router = new RouterHost({ routes }, { trace: true });
    expect(router.crossings(REQUEST)).not.toContain(GET_PROPERTY);
  });
});
